# SPDX-License-Identifier: Apache-2.0
"""Real servers that stand for UPSes and sensors, on the loopback: snmpsim with recordings, snmpd as a UPS, NUT's upsd."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import system

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"
START_SECONDS = 40
USER, AUTH_KEY, PRIV_KEY = "mon", "authpass123", "privpass123"
UPS_MIB = "1.3.6.1.2.1.33.1"
# A UPS on mains: OID below UPS-MIB -> type and value as snmpd's `override` writes them.
ON_MAINS = {
    "1.1.0": 'octet_str "TEST"',
    "1.2.0": 'octet_str "Scripted 3000"',
    "2.1.0": "integer 2",
    "2.2.0": "integer 0",
    "2.3.0": "integer 150",
    "2.4.0": "integer 100",
    "2.7.0": "integer 24",
    "3.3.1.3.1": "integer 230",
    "4.1.0": "integer 3",
    "4.4.1.5.1": "integer 31",
    "6.1.0": "gauge 0",
    "7.3.0": "integer 6",
}


def recordings(kind):
    """List the recordings of a kind: ups, env or nut; skip where they are not beside the clone."""
    import pytest  # noqa: PLC0415 - benches use this module too

    if not RECORDINGS.is_dir():
        pytest.skip(f"this machine has no recordings at {RECORDINGS}")
    return sorted(RECORDINGS.glob(f"{kind}/*.expected.json"))


def expected(path):
    """Read what is expected of a recording."""
    return json.loads(path.read_text(encoding="utf-8"))


def free_port(kind=socket.SOCK_DGRAM):
    """Give a port of the loopback that nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def free_ports(count):
    """Give as many ports at once, no one twice."""
    with ExitStack() as held:
        found = [held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


@contextmanager
def running(command, environment=None, log=None):
    """Run a server for a block, and end it by its pid."""
    output = log.open("wb") if log else subprocess.DEVNULL
    server = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=output, stderr=output)
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            server.send_signal(signal.SIGCONT)
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)
        if log:
            output.close()


def wait_for(question, what, server=None):
    """Ask until the answer is yes."""
    end = time.monotonic() + START_SECONDS
    while not question():
        assert server is None or server.poll() is None, f"{what} ended with {server.returncode}"
        assert time.monotonic() < end, f"{what} does not answer"
        time.sleep(0.2)


def snmp_get(port, community, oid="1.3.6.1.2.1.1.2.0", seconds=1):
    """Ask with net-snmp's own client; True when it answered."""
    command = [system.need("snmpget"), "-v2c", "-c", community, "-t", str(seconds), "-r", "0", f"127.0.0.1:{port}", oid]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def snmpsim(data, folder, community, engine_id=None):
    """Serve a folder of .snmprec files; gives the port. The community (v3: the context) is a file's name without ending."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("snmpsim-command-responder")),
        f"--data-dir={data}",
        f"--cache-dir={folder}",
        f"--agent-udpv4-endpoint=127.0.0.1:{port}",
        f"--v3-user={USER}",
        f"--v3-auth-key={AUTH_KEY}",
        "--v3-auth-proto=SHA",
        f"--v3-priv-key={PRIV_KEY}",
        "--v3-priv-proto=AES",
        "--logging-method=null",
        *([f"--v3-engine-id={engine_id}"] if engine_id else []),
        *(["--process-user=root", "--process-group=root"] if os.geteuid() == 0 else []),
    ]
    with running(command, log=folder / "snmpsim.log") as server:
        wait_for(lambda: snmp_get(port, community), "snmpsim", server)
        yield port


@dataclass
class Agent:
    """A running snmpd that stands for UPSes, one a port; `process` may be stopped and continued."""

    ports: list
    process: subprocess.Popen
    folder: Path

    @property
    def port(self):
        """Give the first port."""
        return self.ports[0]

    def set(self, **values):
        """Change values while it runs: `_4_1_0=5` sets 4.1.0 below UPS-MIB to the integer 5."""
        for name, value in values.items():
            oid = f"{UPS_MIB}.{name.strip('_').replace('_', '.')}"
            kind = "s" if isinstance(value, str) else "i"
            command = [system.need("snmpset"), "-v2c", "-c", "priv", f"127.0.0.1:{self.port}", oid, kind, str(value)]
            subprocess.run(command, check=True, capture_output=True)


@contextmanager
def snmpd(folder, values=ON_MAINS, ports=1, engine_id=None, auth_key=AUTH_KEY):
    """Run snmpd as a UPS that answers v1, v2c (community public; priv may write) and v3 authPriv (SHA, AES)."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "rocommunity public 127.0.0.1",
        "rwcommunity priv 127.0.0.1",
        f'createUser {USER} SHA "{auth_key}" AES "{PRIV_KEY}"',
        f"rouser {USER} priv",
        *(f"override -rw {UPS_MIB}.{oid} {value}" for oid, value in values.items()),
        *([f"exactEngineID 0x{engine_id}"] if engine_id else []),
    ]
    settings = folder / "snmpd.conf"
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = free_ports(ports) if isinstance(ports, int) else list(ports)
    modules = "override,system_mib,snmp_mib,vacm_conf,usmConf,snmpEngine"
    command = [system.need("snmpd"), "-f", "-Lf", str(folder / "snmpd.log"), "-C", "-c", str(settings), "-I", modules]
    command += [f"udp:127.0.0.1:{port}" for port in chosen]
    with running(command, {"SNMP_PERSISTENT_DIR": str(folder / "persistent")}) as server:
        wait_for(lambda: snmp_get(chosen[0], "public", "1.3.6.1.2.1.1.3.0"), "snmpd", server)
        yield Agent(chosen, server, folder)


@contextmanager
def upsd(folder, upses, dead=()):
    """Run upsd with dummy-ups drivers: name -> text of a .dev or .seq file; `dead` are names whose driver is not started."""
    system.need("upsc")
    for part in ("etc", "run"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    etc, run, port = folder / "etc", folder / "run", free_port(socket.SOCK_STREAM)
    sections = [f"statepath={run}", "user=root"]
    for name, text in upses.items():
        mode = "dummy-loop" if "TIMER" in text else "dummy-once"
        file = etc / f"{name}.{'seq' if 'TIMER' in text else 'dev'}"
        file.write_text(text, encoding="utf-8")
        sections += [f"[{name}]", "driver=dummy-ups", f"mode={mode}", f"port={file}", f"desc={name}"]
    for file, text in {
        "ups.conf": "\n".join(sections),
        "upsd.conf": f"LISTEN 127.0.0.1 {port}\nSTATEPATH {run}\nMAXAGE 15\n",
        "upsd.users": "[mon]\npassword=secret\nupsmon primary\n",
    }.items():
        (etc / file).write_text(text + "\n", encoding="utf-8")
        (etc / file).chmod(0o640)
    paths = {"NUT_CONFPATH": str(etc), "NUT_STATEPATH": str(run), "NUT_ALTPIDPATH": str(run)}
    with (
        _drivers([name for name in upses if name not in dead], paths, folder) as drivers,
        running(["/lib/nut/upsd", "-u", "root", "-F"], paths, folder / "upsd.log") as server,
    ):
        for live in (name for name in upses if name not in dead):
            wait_for(lambda name=live: _upsc(port, name), f"upsd for {live}", server)
        yield port, drivers


@contextmanager
def _drivers(names, paths, folder):
    if not names:
        yield {}
        return
    command = ["/lib/nut/dummy-ups", "-a", names[0], "-u", "root", "-F"]
    with running(command, paths, folder / f"{names[0]}.log") as first, _drivers(names[1:], paths, folder) as rest:
        yield {names[0]: first, **rest}


def _upsc(port, name):
    # A driver that starts says WAIT until it has read its UPS.
    command = [system.need("upsc"), f"{name}@127.0.0.1:{port}", "ups.status"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    return said.returncode == 0 and said.stdout.strip() not in {"", "WAIT"}
