# SPDX-License-Identifier: Apache-2.0
"""A marked password goes through every path of the firmware playbook, and is found nowhere afterwards."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from commandline import ROOT
from firmware_tree import restart
from test_firmware import NEW, OLD, made

from menshen.firmware import ALPHABET, LENGTH, Wanted, derive
from menshen.trouble import TroubleError

SECRET = "0123456789abcdef0123456789abcdef"
MACHINES = {
    "dell-old": {"maker": "dell", "settings": {"BluetoothDevice": {"value": "Enabled", "possible": ["Disabled", "Enabled"]}}, "password": OLD},
    "hp-fresh": {"maker": "hp", "settings": {}},
    "lenovo-old": {"maker": "lenovo", "settings": {}, "password": OLD},
    "dell-foreign": {"maker": "dell", "settings": {}, "password": "somebody-else"},
}


class Watcher(threading.Thread):
    """Reads the command line and environment of every process as long as it runs, and keeps those that hold a word."""

    def __init__(self, words: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.words, self.found, self.looks, self.over = words, set(), 0, False

    def run(self) -> None:
        """Look, again and again."""
        while not self.over:
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        content = (process / name).read_bytes()
                        if any(word in content for word in self.words):
                            self.found.add((name, content[:200]))
            self.looks += 1


def holding(folder: Path, words: list[bytes], spared: set[Path]) -> list[str]:
    """List the files below a folder that hold one of the words."""
    # The mounted trees are the firmware itself.
    files = [path for path in folder.rglob("*") if "firmware-attributes" not in path.parts and path.is_file() and path not in spared]
    return [str(path) for path in files if any(word in path.read_bytes() for word in words)]


def test_a_marked_password_is_found_nowhere(tmp_path):
    """At -vvv with --diff, in files of host and control node, in arguments and environments of all processes: never."""
    words = [NEW.encode(), OLD.encode()]
    site = made(tmp_path, MACHINES)
    watcher = Watcher(words)
    environment = {
        **os.environ,
        "ANSIBLE_VAULT_PASSWORD_FILE": str(site.folder / "vault-password"),
        "ANSIBLE_LOCAL_TEMP": str(site.folder / "local"),
        "ANSIBLE_REMOTE_TEMP": str(site.folder / "remote"),
        "ANSIBLE_LOG_PATH": str(site.folder / "ansible.log"),
    }
    playbook = [str(Path(sys.executable).with_name("ansible-playbook")), "-vvv", "--diff", "-i", str(site.folder / "hosts.yml")]
    try:
        watcher.start()
        said = ""
        for more in (["--check"], [], []):
            done = subprocess.run(
                [*playbook, *more, str(ROOT / "playbooks" / "firmware.yml")],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=240,
            )
            said += done.stdout + done.stderr
            restart(site.state("lenovo-old"))
        watcher.over = True
        watcher.join()
        # The firmware of the tests holds its password as any firmware does; the vault is encrypted.
        spared = {site.state(name) for name in MACHINES}
        assert {"dell-old": NEW, "hp-fresh": NEW, "lenovo-old": NEW, "dell-foreign": "somebody-else"} == {
            name: site.holds(name)["password"] for name in MACHINES
        }
        assert [] == [word for word in (NEW, OLD) if word in said]
        assert [] == holding(site.folder, words, spared)
        assert set() == watcher.found
        assert watcher.looks > 3
    finally:
        watcher.over = True
        site.close()


def test_the_watch_would_have_seen_it(tmp_path):
    """A process that does hold a marked word in its arguments is found: the empty set above means something."""
    watcher = Watcher([b"MARKED-in-arguments"])
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "MARKED-in-arguments"])
    try:
        watcher.start()
        end = time.monotonic() + 30
        while not watcher.found and time.monotonic() < end:
            time.sleep(0.05)
    finally:
        watcher.over = True
        process.kill()
        process.wait()
    (tmp_path / "leak").write_bytes(b"a MARKED word")

    assert watcher.found
    assert [str(tmp_path / "leak")] == holding(tmp_path, [b"MARKED"], set())


@pytest.mark.parametrize(("machine", "version", "password"), [("pc-101", "2026a", "ydxrm68463eqgrvx"), ("pc-102", "2026a", "ra8v6vdsmy433tty"), ("pc-101", "2026b", "yyzm7fbfwvjhnpfj")])
def test_the_derivation_is_the_documented_one(machine, version, password):
    """Fixed vectors: whoever holds the site's secret can compute the passwords again with other tools."""
    assert password == derive(SECRET, machine, version)


def test_derived_passwords_use_letters_of_every_keyboard():
    """Sixteen of the alphabet, all of it used, and different for each machine."""
    found = {derive(SECRET, f"pc-{number}", "1") for number in range(300)}

    assert 300 == len(found)
    assert {LENGTH} == {len(one) for one in found}
    assert set(ALPHABET) == set("".join(found))


def test_what_is_shown_of_a_wanted_state_holds_no_password():
    """Nobody who prints it leaks it."""
    assert NEW not in repr(Wanted((), "2026a", {"2026a": NEW}))


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"menshen_firmware_passwords": [NEW]}, "must be a mapping"),
        ({"menshen_firmware_passwords": {"2026a": 7}}, "must be a mapping"),
        ({"menshen_firmware_site_secret": "short-MARKED"}, "at least 32 characters"),
        ({}, "the vault has no such password"),
    ],
)
def test_a_wrong_vault_is_refused_without_its_content(variables, word):
    """The message names the variable, never what it holds."""
    from menshen.firmware import of_host

    given = {"menshen_kind": "linux", "menshen_baselines": ["agent_pc"], "menshen_firmware_password_version": "2026a", **variables}
    with pytest.raises(TroubleError) as caught:
        of_host("pc-1", given)

    assert word in str(caught.value)
    assert "MARKED" not in str(caught.value)
