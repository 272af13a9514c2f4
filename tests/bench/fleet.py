# SPDX-License-Identifier: Apache-2.0
"""Thirty hosts over SSH, against Ansible's fact gathering on the same hosts in the same run: `python tests/bench/fleet.py`.

Needs root (network namespaces). Figures only, no assertion.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

HOSTS = 30
# What `ansible -m setup` tells of a host, asked as tables.
FACTS = (
    *("arp_cache", "block_devices", "cpu_info", "dns_resolvers", "interface_addresses", "interface_details", "interface_ipv6"),
    *("kernel_info", "load_average", "memory_info", "mounts", "os_version", "platform_info", "routes", "selinux_settings"),
    *("swaps", "system_info", "time", "uptime", "users"),
)
ANSIBLE = str(Path(sys.executable).with_name("ansible"))


def gather(folder):
    """Ask every host for the facts, 32 at a time, and print how many answered and how many rows came."""
    from agents.connections import ssh  # noqa: PLC0415 - imports belong to what is timed
    from agents.engine import Engine, NotObservedError  # noqa: PLC0415
    from menshen.fleet import Fleet  # noqa: PLC0415
    from menshen.inventory import read  # noqa: PLC0415
    from menshen.looks import Looks  # noqa: PLC0415

    def look(subject):
        rows = 0
        with ssh.opened(subject.target) as source, Engine(source) as engine:
            for table in FACTS:
                try:
                    rows += len(engine.query(f"SELECT * FROM {table}").rows)
                except NotObservedError:
                    continue  # a namespace has no firmware
        return rows

    found = [rows for _, rows in Looks(read(folder), look, Fleet()).results(lambda _: 0)]
    print(len(found), sum(found))


def timed(site, command, **environment):
    """Run a command on the site's bridge; give its seconds."""
    started = time.perf_counter()
    done = subprocess.run(
        [*site.inside, *map(str, command)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1, 3}:
        sys.exit(done.stderr)
    return time.perf_counter() - started


def main():
    """Print the seconds of each way and the ratios."""
    import sshd  # noqa: PLC0415 - the inner run does not need it

    with sshd.site(HOSTS) as site:
        common = {
            "menshen_kind": "linux",
            "menshen_baselines": ["linux_server"],
            "menshen_ssh_known_hosts": str(site.known_hosts),
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(site.key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={site.known_hosts}",
        }
        hosts = {name: {"ansible_host": address} for name, address in site.hosts}
        (site.folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        setup = [ANSIBLE, "all", "-i", site.folder / "hosts.yml", "-m", "setup"]
        ours = min(timed(site, [sys.executable, __file__, site.folder]) for _ in range(2))
        plain = timed(site, setup)
        tuned = timed(site, [*setup, "--forks", "32"], ANSIBLE_PIPELINING="1")
        audit = [sys.executable, "-m", "menshen", "audit", "-i", site.folder, "--json", "--ledger", site.folder / "l.db"]
        whole = timed(site, audit)
    print(f"{HOSTS} hosts on one machine of {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"the facts of setup, by menshen over SSH      {ours:6.1f} s")
    print(f"ansible -m setup, as it comes                {plain:6.1f} s   {plain / ours:4.1f} x")
    print(f"ansible -m setup, 32 forks and pipelining    {tuned:6.1f} s   {tuned / ours:4.1f} x")
    print(f"the whole audit, every control of the host   {whole:6.1f} s")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        gather(Path(sys.argv[1]))
    else:
        main()
