# SPDX-License-Identifier: Apache-2.0
"""Thousands of simulated hosts on one hub: `python tests/bench/hub.py [HOSTS [SECONDS]]` (10000 300 is the full run).

Each host keeps one connection: distributed read every 60 s (and write when asked), a status line every 60 s, configuration
every 300 s; all controls of the baseline hourly, staggered. Hub, settler and hosts share this machine. Figures only.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

TICK = os.sysconf("SC_CLK_TCK")
SAMPLE = 200


class Figures:
    """Latencies in milliseconds by call, and what did not come back as it should."""

    def __init__(self):
        self.calls, self.bad, self.controls = {}, {}, 0

    async def timed(self, line, call, body):
        from hub_load import LostError  # noqa: PLC0415 - the path is set above

        began = time.perf_counter()
        try:
            status, found = await line.post(call, body)
        except LostError:
            status, found = 0, {}
        self.calls.setdefault(call, []).append((time.perf_counter() - began) * 1000)
        if status != 200:
            self.bad[call, status] = self.bad.get((call, status), 0) + 1
        return status, found

    def show(self, seconds):
        for call, found in sorted(self.calls.items()):
            cuts = quantiles(found, n=100) if len(found) > 1 else found * 99
            rate = len(found) / seconds
            tail = f"p50 {cuts[49]:7.1f} ms  p99 {cuts[98]:7.1f} ms  max {max(found):7.0f} ms"
            print(f"{call:18} {len(found):8} requests  {rate:7.1f}/s  {tail}")
        print("not 200:", {f"{call} {status}": count for (call, status), count in self.bad.items()} or "none")


def answered(queries):
    """Answer questions as a PC in good order does, one in fifty not."""
    rows = {name: [{"menshen_applies": "1", "menshen_seen": "1", "ok": "0" if random.random() < 0.02 else "1"}] for name in queries}  # noqa: S311
    return {"queries": rows, "statuses": dict.fromkeys(queries, 0), "messages": dict.fromkeys(queries, "")}


class Host:
    """One simulated host."""

    def __init__(self, number, line, secret, figures):
        self.name, self.line, self.secret, self.figures = f"pc-{number}", line, secret, figures
        self.key = ""

    async def live(self, start, until):
        from hub_load import enrolled  # noqa: PLC0415 - as above

        await asyncio.sleep(start)
        self.key = await enrolled(self.line, self.secret, self.name)
        due = {
            "config": time.monotonic(),
            "distributed/read": time.monotonic() + random.random() * 60,  # noqa: S311 - no secret
            "log": time.monotonic() + random.random() * 60,  # noqa: S311 - as above
        }
        every = {"config": 300, "distributed/read": 60, "log": 60}
        while True:
            call = min(due, key=due.get)
            if due[call] > until:
                return
            await asyncio.sleep(max(0.0, due[call] - time.monotonic()))
            due[call] += every[call]
            await self.one(call)

    async def one(self, call):
        body = {"node_key": self.key}
        if call == "log":
            line = {"severity": "0", "filename": "x.cpp", "line": "1", "message": "scheduled", "unixTime": str(time.time_ns())}
            body |= {"log_type": "status", "data": [line]}
        _, found = await self.figures.timed(self.line, call, body)
        if call == "distributed/read" and found.get("queries"):
            self.figures.controls += len(found["queries"])
            await self.figures.timed(self.line, "distributed/write", {"node_key": self.key, **answered(found["queries"])})


def used(pid):
    """Give (seconds of processor, MiB resident) of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    rss = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return (int(fields[11]) + int(fields[12])) / TICK, rss / 2**20


def children(pid):
    """Give the processes that a process started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


async def drive(hosts, ramp, seconds):
    """Let the hosts live; the figures count from the end of the ramp on."""
    until = time.monotonic() + ramp + seconds
    tasks = [asyncio.create_task(host.live(ramp * number / len(hosts), until)) for number, host in enumerate(hosts)]
    await asyncio.sleep(ramp)
    figures = hosts[0].figures
    figures.calls.clear()
    figures.bad.clear()
    figures.controls = 0
    await asyncio.gather(*tasks)
    for host in hosts:
        host.line.close()


async def again(hosts):
    """Let some hosts answer everything once more."""
    for host in hosts:
        await host.one("distributed/read")
        host.line.close()


def main():
    """Run."""
    from hub_load import Line  # noqa: PLC0415 - as above
    from hub_site import Site, inventory  # noqa: PLC0415 - as above

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    ramp = max(10.0, count / 100)
    with tempfile.TemporaryDirectory() as name:
        site = Site(Path(name))
        pc = {"menshen_kind": "windows", "menshen_baselines": ["agent_pc"]}
        inventory(site.inventory, {f"pc-{number}": pc for number in range(count)})
        secret = site.secret()
        figures = Figures()
        with site.serving("--every", "10", "--spread", "3600", tls="--tls" in sys.argv) as (address, process):
            context = site.trust if "--tls" in sys.argv else None
            hosts = [Host(number, Line([address], context), secret, figures) for number in range(count)]
            before, _ = used(process.pid)
            began = time.monotonic()
            asyncio.run(drive(hosts, ramp, seconds))
            took = time.monotonic() - began
            processor, memory = used(process.pid)
            settlers = [used(pid) for pid in children(process.pid)]
            way = "TLS" if context else "plain HTTP"
            print(f"{count} hosts, {seconds:.0f} s after a ramp of {ramp:.0f} s, {way}")
            print(f"{os.cpu_count()} processors, shared with the hosts; load {os.getloadavg()[0]:.1f}")
            figures.show(seconds)
            print(f"hub      {(processor - before) / took * 100:5.1f} % of one processor, {memory:6.0f} MiB")
            for spent, resident in settlers:
                share = spent / took * 100
                print(f"settler  {share:5.1f} % of one processor, {resident:6.0f} MiB (with reading the inventory)")
        grown(site, hosts[:SAMPLE], Line)


def grown(site, hosts, line):
    """Say what one more full answer adds to the ledger: at first everything is new, later only what changed and one run."""
    sizes = []
    for turn in range(3):
        with site.serving("--interval", "1", tls=False) as (address, _):
            for host in hosts:
                host.line = line([address])
            if turn:
                asyncio.run(again(hosts))
        site.settle()
        ledger = Path(site.ledger)
        sizes.append(sum(path.stat().st_size for path in ledger.parent.glob("ledger.db*")))
    per_host = (sizes[2] - sizes[1]) / len(hosts)
    first = (sizes[1] - sizes[0]) / len(hosts)
    print(f"ledger   {first:,.0f} bytes for a host's first answers, {per_host:,.0f} for each later round")
    print(f"         10,000 hosts hourly: {per_host * 10_000 * 24 / 1e9:.2f} GB a day, 2 % of the answers changing at random")


if __name__ == "__main__":
    print(json.dumps(sys.argv[1:]))
    main()
