# SPDX-License-Identifier: Apache-2.0
"""The firmware playbook, end to end by the command line, against the kernel's tree of three makers (FUSE)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from commandline import ROOT
from firmware_tree import restart
from system import need, need_root

OLD, NEW, FOREIGN = "Old-Secret-2025", "MARKED-secret-2026", "somebody-else"
USB = {"value": "Enabled", "possible": ["Disabled", "Enabled"]}
LENOVO = {"BluetoothAccess": {"value": "Enable", "possible": ["Disable", "Enable"]}, "BootOrder": {"value": "NVMe0"}}
DELL = {"BluetoothDevice": USB, "WirelessLan": {"value": "Disabled", "possible": ["Disabled", "Enabled"]}}
HP = {"Embedded Bluetooth Device Power": {"value": "Enable", "possible": ["Enable", "Disable"]}}
DMI = {"dell": ("Dell Inc.", "OptiPlex 7090"), "hp": ("HP", "HP ProDesk 400"), "lenovo": ("LENOVO", "ThinkPad T14")}
MACHINES = {
    "dell-fresh": {"maker": "dell", "settings": DELL},
    "dell-old": {"maker": "dell", "settings": DELL, "password": OLD},
    "dell-foreign": {"maker": "dell", "settings": DELL, "password": FOREIGN},
    "dell-gone": {"maker": "dell", "settings": DELL, "password": OLD, "vanished": True},
    "dell-odd": {"maker": "dell", "settings": {"BluetoothDevice": {"value": "On", "possible": ["On", "Off"]}}},
    "dell-stubborn": {"maker": "dell", "settings": {"BluetoothDevice": {**USB, "stubborn": True}}},
    "hp-fresh": {"maker": "hp", "settings": HP},
    "hp-spm": {"maker": "hp", "settings": HP, "certificate": True},
    "hp-deaf": {"maker": "hp", "settings": {}, "deaf": True},
    "lenovo-first": {"maker": "lenovo", "settings": LENOVO},
    "lenovo-old": {"maker": "lenovo", "settings": LENOVO, "password": OLD},
    "lenovo-cert": {"maker": "lenovo", "settings": LENOVO, "password": OLD, "certificate": True},
}
CUT = {
    "cut-after": {"maker": "dell", "settings": {}, "password": OLD, "kill": "after"},
    "cut-before": {"maker": "dell", "settings": {}, "password": OLD, "kill": "before"},
    "cut-first": {"maker": "dell", "settings": {}, "kill": "after"},
}


class Site:
    """Some machines, each with a mounted tree and a folder for what its host remembers."""

    def __init__(self, folder: Path, machines: dict[str, dict]) -> None:
        self.folder, self.mounts, self.servers = folder, [], []
        hosts = {}
        for name, state in machines.items():
            root = folder / name
            tree, dmi = root / "sys/class/firmware-attributes", root / "sys/class/dmi/id"
            tree.mkdir(parents=True)
            dmi.mkdir(parents=True)
            vendor, model = DMI[state["maker"]]
            (dmi / "bios_vendor").write_text(f"{vendor}\n")
            (dmi / "product_version" if state["maker"] == "lenovo" else dmi / "product_name").write_text(f"{model}\n")
            (dmi / "product_uuid").write_text(f"uuid-of-{name}\n")
            self.state(name).write_text(json.dumps(state))
            self._mount(tree, self.state(name))
            hosts[name] = {
                "menshen_kind": "linux",
                "menshen_baselines": ["agent_pc"],
                "ansible_connection": "local",
                "ansible_become": False,
                "ansible_python_interpreter": sys.executable,
                "firmware_root": str(root),
            }
        (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}))
        secrets = {"menshen_firmware_password_version": "2026a", "menshen_firmware_passwords": {"2025": OLD, "2026a": NEW}}
        (folder / "group_vars").mkdir()
        plain = folder / "plain.yml"
        plain.write_text(json.dumps(secrets))
        (folder / "vault-password").write_text("of the vault\n")
        command = [Path(sys.executable).with_name("ansible-vault"), "encrypt", "--vault-password-file", folder / "vault-password"]
        subprocess.run([*command, "--output", folder / "group_vars/all.yml", plain], check=True, capture_output=True)
        plain.unlink()

    def state(self, name: str) -> Path:
        """Give the file of a machine's firmware."""
        return self.folder / f"{name}.json"

    def holds(self, name: str) -> dict:
        """Give what a machine's firmware holds."""
        return json.loads(self.state(name).read_text())

    def marker(self, name: str) -> dict:
        """Give what a host remembers."""
        path = self.folder / name / "var/lib/menshen/firmware/marker.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def run(self, *arguments: str, code: int | None = None, limit: str = "all") -> dict:
        """Run the command line on all machines and give its document."""
        environment = {
            **os.environ,
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.folder / "vault-password"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
            "MENSHEN_STATE": str(self.folder / "state"),
            "ANSIBLE_FORKS": "4",
        }
        command = [sys.executable, "-m", "menshen", "firmware", *arguments, "--json", "--limit", limit, "-i", str(self.folder)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=240)
        assert code is None or code == done.returncode, f"{done.returncode}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
        assert NEW not in done.stdout + done.stderr
        return json.loads(done.stdout)["hosts"]

    def _mount(self, tree: Path, state: Path) -> None:
        server = subprocess.Popen([sys.executable, Path(__file__).parents[1] / "firmware_mount.py", tree, state])
        self.servers.append(server)
        self.mounts.append(tree)
        end = time.monotonic() + 20
        while not os.path.ismount(tree):
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)

    def close(self) -> None:
        """Unmount, and end the servers."""
        for tree in self.mounts:
            subprocess.run(["umount", "-l", tree], check=False)
        for server in self.servers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=5)
            server.kill()
            server.wait()


def made(folder: Path, machines: dict[str, dict]) -> Site:
    """Make a site, or skip where nothing may be mounted."""
    need_root()
    need("fusermount3")
    if not Path("/dev/fuse").exists():
        pytest.skip("this machine has no /dev/fuse")
    return Site(folder, machines)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Give a site whose machines were planned, then changed once, restarted by hand, and changed again."""
    found = made(tmp_path_factory.mktemp("site"), MACHINES)
    try:
        before = {name: found.holds(name) for name in MACHINES}
        found.planned = found.run("plan", code=1)
        found.untouched = before == {name: found.holds(name) for name in MACHINES}
        found.first = found.run("apply", "--yes", code=1)
        found.after = {name: found.holds(name) for name in MACHINES}
        found.second = found.run("apply", "--yes", code=1)
        for name in MACHINES:
            restart(found.state(name))
        found.third = found.run("apply", "--yes", code=1)
        yield found
    finally:
        found.close()


def changed(host: dict) -> dict:
    """Give setting -> (before, after)."""
    return {one["setting"]: (one["before"], one["after"]) for one in host["changes"]}


def why(host: dict, setting: str = "administrator password") -> str:
    """Give why a setting was left open, "" where it was not."""
    return next((one["why"] for one in host["open"] if one["setting"] in {setting, "firmware"}), "")


PASSWORD = ("not set", "version 2026a")


def test_a_plan_changes_nothing_and_tries_no_password(site):
    """It names settings and versions alone."""
    assert site.untouched
    assert {"BluetoothDevice": ("Enabled", "Disabled"), "administrator password": PASSWORD} == changed(site.planned["dell-fresh"])


@pytest.mark.parametrize("name", ["dell-fresh", "hp-fresh"])
def test_a_first_password_and_settings_are_set(site, name):
    """Settings come first, then the password; both are read back, and the marker names the version."""
    assert PASSWORD == changed(site.first[name])["administrator password"]
    assert (NEW, "") == (site.after[name]["password"], site.after[name]["session"] if name.startswith("dell") else "")
    assert ("set", "2026a", f"uuid-of-{name}") == tuple(site.marker(name)[key] for key in ("state", "version", "machine"))
    assert not set(changed(site.first[name])) & set(changed(site.second[name]))


def test_a_known_older_password_is_replaced(site):
    """The vault's older version opens the machine; settings need it too."""
    assert ("unknown version", "version 2026a") == changed(site.first["dell-old"])["administrator password"]
    assert NEW == site.after["dell-old"]["password"]
    assert {} == changed(site.second["dell-old"])


def test_somebody_elses_password_is_tried_at_most_twice_ever(site):
    """Two tries over all runs and all settings; the machine is not locked, and nothing on it changed."""
    assert FOREIGN == site.holds("dell-foreign")["password"]
    assert 2 == site.after["dell-foreign"]["refused"]
    assert 0 == site.holds("dell-foreign")["refused"], "no try after the restart"
    assert "passwords were refused here" in why(site.third["dell-foreign"])
    assert {} == site.marker("dell-foreign")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dell-gone", "did an update break its interface?"),
        ("hp-spm", "certificates guard"),
        ("lenovo-cert", "certificates guard"),
        ("hp-deaf", "still says that none is set"),
        ("lenovo-first", "first supervisor password cannot be set by software"),
    ],
)
def test_what_no_software_can_do_is_left_to_hands(site, name, reason):
    """Each says why, and points to the work order where hands help; no marker claims anything."""
    assert reason in why(site.first[name])
    assert "" == site.marker(name).get("version", "")


def test_values_the_firmware_does_not_know_are_never_written(site):
    """What is outside possible_values is named before the driver could say EINVAL."""
    assert "takes only On, Off" in why(site.first["dell-odd"], "BluetoothDevice")
    assert "On" == site.holds("dell-odd")["settings"]["BluetoothDevice"]["value"]


def test_a_value_that_does_not_stick_is_found_by_reading_back(site):
    """Success without effect is a failure."""
    assert "still says Enabled" in why(site.first["dell-stubborn"], "BluetoothDevice")


def test_a_lenovo_takes_its_settings_now_and_its_password_at_the_restart(site):
    """Settings are written with the old password; until the restart no further change is tried."""
    assert {"BluetoothAccess", "administrator password"} == set(changed(site.first["lenovo-old"]))
    assert (OLD, NEW) == (site.after["lenovo-old"]["password"], site.after["lenovo-old"]["pending_password"])
    assert {} == changed(site.second["lenovo-old"])
    assert NEW == site.holds("lenovo-old")["password"]
    assert {} == changed(site.third["lenovo-old"])


def test_a_lenovo_without_password_still_gets_its_settings(site):
    """Only the first password needs hands."""
    assert {"BluetoothAccess": ("Enable", "Disable")} == changed(site.first["lenovo-first"])


def test_the_audit_sees_what_the_playbook_did(site):
    """The table reads the very trees: version, pending restart, certificates, a vanished interface."""
    from agents.connections.local import LocalSource
    from agents.engine import Engine
    from agents.host import Host

    def seen(name):
        with Engine(LocalSource(Host(site.folder / name))) as engine:
            (row,) = engine.query("SELECT admin_password_state AS state, password_version AS version FROM firmware").rows
        return row["state"], row["version"]

    assert ("set", "2026a") == seen("dell-old")
    assert "certificate" == seen("hp-spm")[0] == seen("lenovo-cert")[0]
    assert "interface_broken" == seen("dell-gone")[0]
    assert "not_set" == seen("lenovo-first")[0]


def test_a_power_cut_between_setting_and_marking_is_recognised(tmp_path):
    """The process dies at the write; the next run finds which password counts, without a wrong try where it can, and finishes."""
    site = made(tmp_path, CUT)
    try:
        half = {}
        for name in CUT:
            # A host that fails ends the run for the others: so each has its own.
            site.run("apply", "--yes", limit=name, code=3)
            half[name] = site.marker(name).get("state"), site.holds(name)["password"]
            restart(site.state(name))
        again = site.run("apply", "--yes")
        assert {"cut-after": ("changing", NEW), "cut-before": ("changing", OLD), "cut-first": ("changing", NEW)} == half
        assert dict.fromkeys(CUT, NEW) == {name: site.holds(name)["password"] for name in CUT}
        assert dict.fromkeys(CUT, "set") == {name: site.marker(name)["state"] for name in CUT}
        assert [] == [name for name in CUT if again[name]["failed"]]
    finally:
        site.close()
