# SPDX-License-Identifier: Apache-2.0
"""Five settings changed by hand on three hosts: drift names exactly these, with their times, and apply heals them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import sshd
from commandline import ROOT

pytestmark = [pytest.mark.system, pytest.mark.slow]
CONTROLS = ("kernel_network_hardening", "ip_forwarding_off")
BY_HAND = {
    "host-00": {"kernel_network_hardening": "net.ipv4.tcp_syncookies=0", "ip_forwarding_off": "net.ipv4.ip_forward=1"},
    "host-01": {"kernel_network_hardening": "net.ipv4.icmp_echo_ignore_broadcasts=0", "ip_forwarding_off": "net.ipv4.ip_forward=1"},
    "host-02": {"kernel_network_hardening": "net.ipv4.tcp_syncookies=0"},
}
PAIRS = sorted((control, host) for host, settings in BY_HAND.items() for control in settings)


class Fleet:
    """Three hosts on one wire, and the command line at its other end."""

    def __init__(self, site):
        self.site = site
        common = {
            "menshen_kind": "linux",
            "menshen_baselines": ["linux_server"],
            "menshen_ssh_known_hosts": str(site.known_hosts),
            "ansible_user": "root",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(site.key),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={site.known_hosts} -o IdentitiesOnly=yes",
        }
        hosts = {name: {"ansible_host": address} for name, address in site.hosts}
        document = json.dumps({"all": {"hosts": hosts, "vars": common}})
        (site.folder / "hosts.yml").write_text(f"# SPDX-License-Identifier: Apache-2.0\n{document}", encoding="utf-8")

    def inside(self, host, script):
        """Run a script on a host, as somebody at its keyboard."""
        number = [name for name, _ in self.site.hosts].index(host)
        target = ["nsenter", "-t", str(self.site.pids[number]), "-m", "-n", "-u", "-p"]
        subprocess.run([*target, "sh", "-c", script], check=True, stdin=subprocess.DEVNULL)

    def menshen(self, *arguments, codes):
        """Run the command line on the wire; demand its exit code, give its JSON."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ANSIBLE_LOCAL_TEMP": str(self.site.folder / "local"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.site.folder / "cp"),
        }
        command = [
            *self.site.inside,
            sys.executable,
            "-m",
            "menshen",
            *arguments,
            "--ledger",
            str(self.site.folder / "l.db"),
            "--json",
        ]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in codes, done.stdout[-2000:] + done.stderr[-2000:]
        return json.loads(done.stdout)

    def audit(self):
        """Look at the two controls of all hosts."""
        chosen = [word for control in CONTROLS for word in ("--control", control)]
        return self.menshen("audit", "-i", str(self.site.folder), *chosen, codes=(0, 1))

    def apply(self):
        """Make the two controls true on all hosts; give what changed on each."""
        chosen = [word for control in CONTROLS for word in ("--control", control)]
        done = self.menshen("apply", "--limit", "all", "--yes", "-i", str(self.site.folder), *chosen, codes=(0,))
        return {name: [one["setting"] for one in host["changes"]] for name, host in done["hosts"].items()}


def test_five_settings_on_three_hosts():
    """Drift names the five with first_failed and last_good, apply changes these alone, and drift then says all are better."""
    with sshd.site(3) as site:
        fleet = Fleet(site)
        for host in BY_HAND:
            # The hosts share this machine's files, read-only: what apply writes into must be each one's own.
            fleet.inside(host, "mkdir -p /tmp/former; mount -t tmpfs tmpfs /etc/sysctl.d; mount -t tmpfs tmpfs /var/lib")
        fleet.apply()
        good = fleet.audit()
        for host, settings in BY_HAND.items():
            for setting in settings.values():
                fleet.inside(host, f"sysctl -q -w {setting}")
        bad = fleet.audit()
        drift = fleet.menshen("drift", codes=(1,))["moves"]
        healed = fleet.apply()
        fleet.audit()
        after = fleet.menshen("drift", codes=(0,))["moves"]

    looked = {run["findings"][0]["checked_at"] for run in (good, bad)}
    assert {"pass"} == {one["verdict"] for one in good["findings"]}
    assert PAIRS == sorted((one["control"], one["subject"]) for one in drift)
    assert {"worse"} == {one["direction"] for one in drift}
    assert {(max(looked), min(looked))} == {(one["first_failed"], one["last_good"]) for one in drift}
    wanted = {host: sorted(one.split("=")[0] for one in settings.values()) for host, settings in BY_HAND.items()}
    # Switching forwarding on also resets settings that hang on it; those are put right too.
    assert {
        host: set(names) <= {one.removeprefix("kernel ") for one in healed[host]} for host, names in wanted.items()
    } == dict.fromkeys(BY_HAND, True)
    assert PAIRS == sorted((one["control"], one["subject"]) for one in after)
    assert {"better"} == {one["direction"] for one in after}
