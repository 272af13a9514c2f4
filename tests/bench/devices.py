# SPDX-License-Identifier: Apache-2.0
"""Poll 200 SNMP devices every 10 seconds on one core, one of them hung: `python tests/bench/devices.py [--seconds 300]`.

Prints missed deadlines and CPU share, beside net-snmp's command line (a process a poll) and easysnmp where it is installed,
asking the same variables in the same run. A deadline is missed when a poll has not ended when the next one is due.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import devices  # noqa: E402 - found by the line above
import system  # noqa: E402 - the same

from agents.connections import snmp_engine  # noqa: E402 - the same
from agents.connections.snmp_line import SnmpLine  # noqa: E402 - the same
from agents.connections.snmp_target import Auth, Priv, SnmpTarget, Version  # noqa: E402 - the same
from agents.devices.coordinator import Coordinator  # noqa: E402 - the same
from agents.devices.snmp_device import SnmpDevice  # noqa: E402 - the same

OIDS = [f"{devices.UPS_MIB}.{oid}" for oid in devices.ON_MAINS]


def target(port, version):
    if version is Version.V3:
        keys = {
            "user": devices.USER,
            "auth": Auth.SHA,
            "auth_key": devices.AUTH_KEY,
            "priv": Priv.AES,
            "priv_key": devices.PRIV_KEY,
        }
        return SnmpTarget("127.0.0.1", port, version, **keys)
    return SnmpTarget("127.0.0.1", port, version)


async def polled(coordinator, phase, every, end, took):
    """Poll one device at its times; gives missed deadlines and polls that failed."""
    due, missed, failed = time.monotonic() + phase, 0, 0
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        sample = await coordinator.poll()
        took.append(time.monotonic() - due)
        missed += time.monotonic() > due + every
        failed += not sample.answered
        due += every
    return missed, failed


async def bench(ports, hung, version, every, seconds):
    """Learn all devices, then poll them for a while."""
    made = [Coordinator(SnmpDevice(f"ups_{port}", "ups", SnmpLine(target(port, version)))) for port in ports]
    for one in made:
        await one.poll()
    dead = Coordinator(SnmpDevice("hung", "ups", SnmpLine(target(hung, version))))
    took, dead_took = [], []
    wall, cpu = time.monotonic(), time.process_time()
    end = wall + seconds
    work = [polled(one, number * every / len(made), every, end, took) for number, one in enumerate(made)]
    *results, _ = await asyncio.gather(*work, polled(dead, 0.0, every, end, dead_took))
    share = (time.process_time() - cpu) / (time.monotonic() - wall)
    snmp_engine.close()
    missed, failed = (sum(column) for column in zip(*results, strict=True))
    print(
        f"menshen {version.value:>2}: {len(took)} polls of {len(ports)} devices, missed deadlines {missed}, failed {failed}, "
        f"CPU {share:.1%} of a core = {share * seconds / len(took) * 1000:.1f} ms a poll, "
        f"late by median {statistics.median(took) * 1000:.0f} ms, greatest {max(took) * 1000:.0f} ms"
    )


def command_line(ports, polls):
    """Ask the same with net-snmp's snmpget, a process a poll."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for number in range(polls):
        command = [system.need("snmpget"), "-v2c", "-c", "public", "-On", f"127.0.0.1:{ports[number % len(ports)]}", *OIDS]
        subprocess.run(command, check=True, capture_output=True)
    after, took = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - started
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"snmpget   : {polls} polls, {used / polls * 1000:.1f} ms CPU a poll, {polls / took:.0f} polls a second")


def easy(ports, polls):
    """Ask the same with easysnmp."""
    try:
        import easysnmp  # noqa: PLC0415 - a peer that may not be here
    except ImportError:
        print("easysnmp  : not installed (pip install easysnmp needs net-snmp's headers)")
        return
    sessions = [easysnmp.Session(hostname="127.0.0.1", remote_port=port, community="public", version=2) for port in ports]
    cpu, started = time.process_time(), time.monotonic()
    for number in range(polls):
        sessions[number % len(sessions)].get(OIDS)
    took, used = time.monotonic() - started, (time.process_time() - cpu) / polls * 1000
    print(f"easysnmp  : {polls} polls, {used:.1f} ms CPU a poll, {polls / took:.0f} polls a second")


def main():
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--v3", action="store_true", help="SNMPv3 authPriv instead of v2c")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        devices.snmpd(Path(folder), ports=chosen.devices) as agent,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hung,
    ):
        hung.bind(("127.0.0.1", 0))
        core = min(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {core})
        version = Version.V3 if chosen.v3 else Version.V2C
        asyncio.run(bench(agent.ports, hung.getsockname()[1], version, chosen.every, chosen.seconds))
        command_line(agent.ports, 200)
        easy(agent.ports, 2000)


if __name__ == "__main__":
    main()
