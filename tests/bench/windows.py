# SPDX-License-Identifier: Apache-2.0
"""Three hundred simulated PCs over WinRM, audited by a whole baseline: `python tests/bench/windows.py [PCS]`.

Beside it, in the same run, the same registry settings done one Ansible task each on one of the PCs, over the same server.
The peer's tasks are `raw: reg.exe add`, which need fewer requests than `win_regedit`, whose module travels with every task:
the ratio is a lower bound. The PCs answer from memory in a process of their own. Figures only, no assertion.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

PASSWORD = "Correct-Horse-7"
PEER = "peer"


def serve(count):
    """Serve PCs until standard input ends; each line on it is answered with the counts since the line before."""
    from wsman import office  # noqa: PLC0415 - the measured side does not need it
    from wsman.server import Pc, serving  # noqa: PLC0415

    office.settings()
    pcs = {f"pc-{number}": Pc(office.in_memory()) for number in range(count)}
    pcs[PEER] = Pc(office.in_memory())
    with serving(pcs) as server:
        print(server.port, flush=True)
        for _ in sys.stdin:
            total = Counter()
            for pc in pcs.values():
                total.update(pc.seen)
                pc.seen.clear()
            print(json.dumps(total), flush=True)


class Server:
    """The other process."""

    def __init__(self, count):
        command = [sys.executable, __file__, "serve", str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())

    def counts(self):
        """Give what came in and went out since the last call."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        """End it."""
        self._process.stdin.close()
        self._process.wait(30)


def inventory(folder, port, names):
    """Write the hosts."""
    common = {
        "ansible_connection": "winrm",
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "ntlm",
        "ansible_user": "admin",
        "ansible_password": PASSWORD,
        "menshen_kind": "windows",
        "menshen_baselines": "agent_pc",
    }
    hosts = {name: {"ansible_winrm_path": f"{name}/wsman"} for name in names}
    file = folder / "hosts.yml"
    file.write_text(json.dumps({"all": {"children": {"windows": {"hosts": hosts, "vars": common}}}}))
    return file


def timed(command, folder, code=(0,)):
    """Run a command; give its seconds and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, "MENSHEN_STATE": str(folder), "ANSIBLE_LOCAL_TEMP": str(folder), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in code, done.stdout[-2000:] + done.stderr[-2000:]
    return time.perf_counter() - started, done.stdout


def play(folder):
    """Write one task a setting; give how many there are."""
    from wsman import office  # noqa: PLC0415 - only here

    plain = [one for one in office.settings() if one.type_name in {"REG_DWORD", "REG_SZ"} and one.name]
    tasks = [
        {"ansible.builtin.raw": f'reg.exe add "{one.key}" /v "{one.name}" /t {one.type_name} /d "{one.value}" /f'}
        for one in plain
        if not set("$`;%&{}") & set(f"{one.key}{one.name}{one.value}")
    ]
    (folder / "play.json").write_text(json.dumps([{"hosts": PEER, "gather_facts": False, "tasks": tasks}]))
    return len(tasks)


def main(count):
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(count)
        hosts = inventory(folder, server.port, [f"pc-{number}" for number in range(count)])
        seconds, printed = timed([sys.executable, "-m", "menshen", "audit", "-i", hosts, "--json"], folder, (0, 1, 3))
        ours = server.counts()
        findings = json.loads(printed)["findings"]
        reached = {one["subject"] for one in findings if one["verdict"] == "pass"}
        print(f"{count} PCs, {len(findings) // count} controls each, {len(reached)} answered: {seconds:.1f} s")
        trips = ours["requests"] / count
        there, back = (ours[way] / count / 1000 for way in ("received", "sent"))
        print(f"a PC: {trips:.1f} requests, {there:.1f} kB to it, {back:.1f} kB from it")
        tasks = play(folder)
        hosts = inventory(folder, server.port, [PEER])
        ansible = Path(sys.executable).with_name("ansible-playbook")
        peer_seconds, _ = timed([ansible, "-i", hosts, folder / "play.json"], folder)
        peer = server.counts()
        print(f"{tasks} settings, one task each, one PC: {peer_seconds:.1f} s, {peer['requests']} requests, ", end="")
        print(f"{(peer['received'] + peer['sent']) / 1000:.0f} kB")
        print(f"{peer['requests'] / trips:.0f} times the requests, {peer_seconds / (seconds / count):.0f} times the seconds a PC")
        server.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
