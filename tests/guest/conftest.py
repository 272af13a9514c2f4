# SPDX-License-Identifier: Apache-2.0
"""What the tests on a guest machine share: the guest itself, and the command line that reaches it as it reaches any host."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

sys.path[:0] = [str(Path(__file__).parent)]

from image import TOOLS, NoImageError, image, locked  # noqa: E402 - found by the line above
from machine import AUTOMATION, restored  # noqa: E402 - the same
from system import need, need_root  # noqa: E402 - the same

ROOT = Path(__file__).resolve().parents[2]
# Automation comes as a user without a password, and in no group of people.
ALLOWED = {
    "reason": "Automation",
    "approver": "General manager",
    "compensating_control": "The key lies in a safe",
    "bank_filing": "letter",
    "subjects": ["guest"],
    "from": "2026-01-01",
    "until": "2096-12-31",
}
EXCEPTIONS = (
    {"id": "EX-1", "control": "sudo_needs_password", "parameters": {"automation_accounts": [AUTOMATION]}, **ALLOWED},
    {"id": "EX-2", "control": "sshd_users_limited", **ALLOWED},
)

# The controls that decide about USB devices and can be made true: modules first, then USBGuard.
USB = (
    *("usb_storage_blocked", "usb_storage_not_loaded", "optical_drive_absent"),
    *("usbguard_running", "usbguard_default_block", "usbguard_rules_narrow", "usb_phone_blocked"),
)


class Site:
    """A site with one host, the guest."""

    def __init__(self, guest, folder: Path):
        self.guest, self.folder = guest, folder
        self.inventory = folder / "inventory"
        self.inventory.mkdir(exist_ok=True)
        self.known_hosts = folder / "known_hosts"
        host_key = guest.run("cat /etc/ssh/ssh_host_ed25519_key.pub")
        self.known_hosts.write_text(f"[127.0.0.1]:{guest.port} {host_key}", encoding="utf-8")
        self.describe()

    def describe(self, parameters=None, exceptions=(), **variables) -> None:
        """Write the inventory; parameters are control -> parameter -> value, exceptions are added to those of automation."""
        host = {
            "ansible_host": "127.0.0.1",
            "ansible_port": self.guest.port,
            "ansible_user": AUTOMATION,
            "ansible_become": True,
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(self.guest.key),
            "ansible_ssh_common_args": f"-F none -o UserKnownHostsFile={self.known_hosts} -o IdentitiesOnly=yes",
            "menshen_ssh_known_hosts": str(self.known_hosts),
            "menshen_kind": "linux",
            "menshen_baselines": ["agent_pc"],
            "menshen_parameters": parameters or {},
            **variables,
        }
        self._write("hosts.yml", {"all": {"hosts": {"guest": host}}})
        self._write("exceptions.yml", {"exceptions": [*EXCEPTIONS, *exceptions]})

    def _write(self, name: str, content) -> None:
        (self.inventory / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        """Give a command line of Menshen about this site."""
        return [sys.executable, "-m", "menshen", *arguments, "--inventory", str(self.inventory), "--json"]

    def environment(self, *, fast: bool = True) -> dict[str, str]:
        """Give its environment; `fast` runs Ansible's modules in one lasting process of the guest (mitogen)."""
        given = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "cp"),
            "ANSIBLE_TIMEOUT": "40",
        }
        if fast:
            import ansible_mitogen  # noqa: PLC0415 - it patches Ansible where it is imported

            given["ANSIBLE_STRATEGY"] = "mitogen_linear"
            given["ANSIBLE_STRATEGY_PLUGINS"] = str(Path(ansible_mitogen.__file__).parent / "plugins" / "strategy")
        return given

    def menshen(self, *arguments: str, code: int, fast: bool = False):
        """Run the command line; demand its exit code, give its JSON."""
        done = self._ran(*arguments, fast=fast)
        assert code == done.returncode, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(done.stdout)

    def _ran(self, *arguments: str, fast: bool):
        return subprocess.run(
            self.command(*arguments), env=self.environment(fast=fast), cwd=ROOT, capture_output=True, text=True, timeout=900,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def plan(self, *controls: str, code: int, **options):
        """Plan, limited to controls where any are named; give the guest's part."""
        return self._play("plan", controls, code, options)

    def apply(self, *controls: str, code: int, guard: int = 120, **options):
        """Apply, limited to controls where any are named; give the guest's part."""
        return self._play("apply", controls, code, options, "--yes", "--guard", str(guard))

    def _play(self, verb, controls, code, options, *more):
        chosen = [part for one in controls for part in ("--control", one)]
        return self.menshen(verb, "--limit", "guest", *chosen, *more, code=code, **options)["hosts"]["guest"]

    def audit(self, *controls: str) -> dict[str, str]:
        """Audit over SSH, as a fleet is, limited to controls where any are named; give control -> verdict."""
        chosen = [part for one in controls for part in ("--control", one)]
        for _ in range(6):
            done = self._ran("audit", "--limit", "guest", *chosen, fast=False)
            assert done.returncode in {0, 1, 3}, done.stdout[-3000:] + done.stderr[-3000:]
            verdicts = {one["control"]: one["verdict"] for one in json.loads(done.stdout)["findings"]}
            # Emulated, and beside other tests, a guest may need longer for a table than an audit waits: that is no verdict.
            if not {"error", "unknown"} & set(verdicts.values()):
                break
        return verdicts


@pytest.fixture(scope="session")
def machine_image():
    """Give the guest's image, made where it is not there yet."""
    if not os.environ.get("MENSHEN_GUEST"):
        pytest.skip("this machine is not asked for a guest, which takes it long: set MENSHEN_GUEST=1")
    need_root()
    for tool in TOOLS:
        need(tool)
    try:
        return image()
    except NoImageError as error:
        pytest.skip(f"this machine cannot make the guest: {error}")


@pytest.fixture(scope="session")
def awake(machine_image, tmp_path_factory):
    """Give a context that wakes a guest as it was installed, with a folder for it; one guest runs at a time."""

    @contextmanager
    def started():
        folder = tmp_path_factory.mktemp("guest")
        with locked("qemu"):
            woken = restored(machine_image, folder / "run", machine_image / "gold")
            try:
                yield woken.wait(), folder
            finally:
                woken.stop()

    return started


@pytest.fixture
def site(awake):
    """Give a site with a guest for one test."""
    with awake() as (guest, folder):
        yield Site(guest, folder)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Give a function that observes something costly once for all parallel workers: what it gives is JSON."""

    def observed(name, make):
        if not os.environ.get("PYTEST_XDIST_WORKER"):
            return make()
        kept = tmp_path_factory.getbasetemp().parent / f"{name}.json"
        with locked(f"once-{name}"):
            if not kept.exists():
                kept.write_text(json.dumps(make()), encoding="utf-8")
        return json.loads(kept.read_text(encoding="utf-8"))

    return observed
