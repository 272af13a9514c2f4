# SPDX-License-Identifier: Apache-2.0
"""What the tests of the roles share: a throw-away host, the command line at the other end of its wire, an audit inside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parent)]

from system import need, need_root  # noqa: E402 - found by the line above
from target import ADDRESS, OPERATOR, ROOT, started  # noqa: E402 - the same

HOSTS = """
all:
  hosts:
    box:
      ansible_host: {address}
      ansible_user: {operator}
      ansible_python_interpreter: /usr/bin/python3
      ansible_ssh_private_key_file: {folder}/key
      ansible_ssh_common_args: -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes
      menshen_kind: linux
      menshen_baselines: [agent_pc]
      menshen_parameters: {parameters}
"""
# Automation comes as a user without a password, and in no group of people.
EXCEPTIONS = """
exceptions:
  - id: EX-1
    control: sudo_needs_password
    subjects: [box]
    reason: Automation
    approver: General manager
    compensating_control: The key lies in a safe
    bank_filing: letter
    from: 2026-01-01
    until: 2096-12-31
    parameters: {automation_accounts: [operator]}
  - id: EX-2
    control: sshd_users_limited
    subjects: [box]
    reason: Automation
    approver: General manager
    compensating_control: The key lies in a safe
    bank_filing: letter
    from: 2026-01-01
    until: 2096-12-31
"""
AUDIT = """
import json, sys
from dataclasses import replace
from pathlib import Path
from menshen import clock, connect
from menshen.audit import Audit
from menshen.inventory import grants, read
from policies.catalogue import load
catalogue, inventory = load(), Path(sys.argv[1])
subject = replace(read(inventory)[0], connection="local", target=None)
audit = Audit(catalogue, grants(inventory, catalogue), connect.Evidence(at=clock.now()), clock.now())
print(json.dumps({one.control: str(one.verdict) for one in audit.subject(subject)}))
"""


class Box:
    """The throw-away host as its owner uses it."""

    def __init__(self, target):
        self.target = target
        self.inventory = target.inventory
        self.parameters = {}

    def describe(self, **parameters):
        """Write the inventory; parameters are control -> parameter -> value."""
        text = HOSTS.format(address=ADDRESS, operator=OPERATOR, folder=self.target.folder, parameters=json.dumps(parameters))
        (self.inventory / "hosts.yml").write_text(text, encoding="utf-8")
        (self.inventory / "exceptions.yml").write_text(EXCEPTIONS, encoding="utf-8")

    def menshen(self, *arguments, code):
        """Run the command line at the control end; demand its exit code, give its JSON."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ANSIBLE_LOCAL_TEMP": str(self.target.folder / "local"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.target.folder / "cp"),
        }
        command = [sys.executable, "-m", "menshen", *arguments, "--inventory", str(self.inventory), "--json"]
        done = self.target.run(*command, environment=environment, cwd=ROOT)
        assert code == done.returncode, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(done.stdout)["hosts"]["box"]

    def audit(self):
        """Judge the host from inside, by what its kernel and files say; give control -> verdict."""
        script = ["env", f"PYTHONPATH={ROOT}", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-c", AUDIT, str(self.inventory)]
        return json.loads(self.target.inside(*script))


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """Give a started host."""
    need_root()
    for tool in ("ip", "unshare", "sshd", "ssh-keygen", "systemctl", "nft", "sudo"):
        need(tool)
    if subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine may not make namespaces")
    folder = tmp_path_factory.mktemp("box")
    with started(folder, f"m{os.getpid() % 100000}", prepare=lambda target: Box(target).describe()) as target:
        yield Box(target)
