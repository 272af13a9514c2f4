# SPDX-License-Identifier: Apache-2.0
"""The agent on a real systemd: installed by its playbook, confined, looking as an audit does, collected over SSH."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from target import ADDRESS, ROOT

from reports.ledger import Ledger
from reports.verify import verify

pytestmark = [pytest.mark.system, pytest.mark.slow]
SPOOL = "/var/lib/menshen-agent/spool"
# What an audit from outside the unit sees otherwise, and why.
OTHERWISE = {"patch_age", "disk_space", "time_synchronised"}


class Agent:
    """The agent's host, and the control end."""

    def __init__(self, box, folder):
        self.box, self.folder = box, folder
        self.hosts = box.inventory / "hosts.yml"

    def playbook(self, *more):
        """Run playbooks/agent.yml at the control end; give its output."""
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(self.hosts), "playbooks/agent.yml", *more]
        extra = {"menshen_agent_menshen": [sys.executable, "-m", "menshen"], "menshen_agent_when": "daily", "menshen_agent_cpu": "100%"}
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "cp"),
        }
        done = self.box.target.run(*command, "--extra-vars", json.dumps(extra), environment=environment, cwd=ROOT)
        assert 0 == done.returncode, done.stdout[-3000:] + done.stderr[-2000:]
        return done.stdout

    def look(self):
        """Let systemd run the agent once."""
        self.box.target.inside("systemctl", "start", "menshen-agent.service")

    def spool(self):
        """List what the agent keeps."""
        return [one for one in self.box.target.inside("ls", SPOOL).split() if one.endswith(".gz")]

    def collect(self, code=0):
        """Collect at the control end; give what is said of the host."""
        command = [sys.executable, "-m", "menshen", "agent", "collect", "-i", str(self.box.inventory), "--json"]
        command += ["--ledger", str(self.folder / "l.db")]
        done = self.box.target.run(*command, environment={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT)
        assert code == done.returncode, done.stdout + done.stderr
        return json.loads(done.stdout)["hosts"][0]


@pytest.fixture(scope="module")
def agent(box, tmp_path_factory):
    """Install the agent, once for all tests here."""
    folder = tmp_path_factory.mktemp("agent")
    key = (box.target.folder / "key.pub").read_text(encoding="utf-8")
    (folder / "known").write_text(f"{ADDRESS} {' '.join(key.split()[:2])}\n", encoding="utf-8")
    box.describe()
    hosts = yaml.safe_load((box.inventory / "hosts.yml").read_text("utf-8"))
    hosts["all"]["hosts"]["box"] |= {"ansible_become": True, "menshen_ssh_known_hosts": str(folder / "known")}
    (box.inventory / "hosts.yml").write_text(json.dumps(hosts), encoding="utf-8")
    one = Agent(box, folder)
    one.first = one.playbook()
    yield one


def test_a_second_run_changes_nothing(agent):
    """The playbook installs, and run again it changes nothing; check mode works too."""
    assert "changed=0" not in agent.first
    assert "changed=0" in agent.playbook()
    assert "changed=0" in agent.playbook("--check", "--diff")


def test_the_agent_sees_what_an_audit_sees(agent):
    """Confined as it is, the agent's verdicts are those of an audit as root; once collected they stand in the ledger."""
    agent.look()
    told = agent.collect()
    audit = agent.box.audit()
    with Ledger(agent.folder / "l.db") as ledger:
        found = {one.finding.control: str(one.finding.verdict) for one in ledger.standings()}
        assert () == verify(ledger.chain, None).problems
        assert next(iter(ledger.runs())).body["collector"].startswith("menshen-agent ")
    differing = {name: (verdict, audit.get(name)) for name, verdict in found.items() if verdict != audit.get(name)}

    assert ("box", 1, 0, 0, "") == tuple(told.values())
    assert [] == agent.spool()
    assert {} == {name: pair for name, pair in differing.items() if name not in OTHERWISE}
    assert len(found) > 80


def test_looks_wait_while_nobody_collects(agent):
    """Two looks are kept while the control node is away, both come, and collecting again finds none."""
    for _ in range(2):
        agent.look()
        time.sleep(1.1)

    assert 2 == len(agent.spool())
    assert 2 == agent.collect()["looks"]
    assert 0 == agent.collect()["looks"]


def test_a_killed_look_leaves_what_was_kept(agent):
    """A look killed at a random moment loses nothing that was kept before, and the next one is whole."""
    agent.look()
    kept = agent.spool()
    for seconds in (0.1, 0.5, 1.0, 1.5, 2.0):
        agent.box.target.inside("systemctl", "start", "--no-block", "menshen-agent.service")
        time.sleep(seconds)
        agent.box.target.inside("sh", "-c", "systemctl kill --signal=KILL menshen-agent.service; true")
        agent.box.target.inside("sh", "-c", "systemctl reset-failed menshen-agent.service; true")
    agent.look()

    assert set(kept) < set(agent.spool())
    assert len(agent.spool()) == agent.collect()["looks"]


def test_the_unit_is_confined(agent):
    """systemd's own measure of what the unit could do stays low, and the limits are in force."""
    text = agent.box.target.inside("sh", "-c", "systemd-analyze security --no-pager menshen-agent.service; true")
    level = float(re.search(r"Overall exposure level for menshen-agent.service: ([0-9.]+)", text)[1])
    shown = agent.box.target.inside("systemctl", "show", "menshen-agent.service", "-p", "MemoryMax,ProtectSystem,CapabilityBoundingSet")

    assert level <= 3.0
    assert "MemoryMax=536870912" in shown
    assert "ProtectSystem=strict" in shown
    assert "cap_sys_admin" not in shown
