# SPDX-License-Identifier: Apache-2.0
"""Settings bite: passwd refuses, PAM locks, dconf keeps its locks, idle sessions end, the kernel refuses and remembers."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest
import seen
from conftest import Site

pytestmark = [pytest.mark.system, pytest.mark.slow]
FIRST, SECOND = "Gr4nite-Wheel-71", "T4blecloth-North-9"
CONTROLS = (
    *("password_length", "password_classes", "password_history", "lockout_threshold", "lockout_duration", "screen_lock"),
    *("sshd_idle_timeout", "shell_idle_timeout", "audit_daemon_running", "audit_identity_changes", "audit_module_loading"),
    *("kernel_network_hardening", "rare_filesystems_blocked", "firewire_blocked"),
)
ONE_MINUTE = {one: {"session_idle_minutes": 1} for one in ("sshd_idle_timeout", "shell_idle_timeout")}


@pytest.fixture(scope="module")
def runs(awake, once):
    """Apply the settings once, and try each."""
    return once("settings", lambda: _tried(awake))


def _tried(awake):
    with awake() as (guest, folder):
        site = Site(guest, folder)
        found = {"volumes": _volumes(site, folder), "loadable": _loaded(guest)}
        guest.run("modprobe -r hfsplus firewire-ohci")
        site.describe(ONE_MINUTE)
        found["applied"] = site.apply(*CONTROLS, code=0, fast=True)
        found["audit"] = site.audit(*CONTROLS)
        idle, frozen = _idle(guest), _frozen(guest)
        found["refused"] = _loaded(guest)
        guest.run(f"printf 'alice:{FIRST}\\nbob:{FIRST}\\n' | chpasswd")
        found["passwords"] = _passwords(guest)
        found["desktop"] = _desktop(guest)
        found["recorded"] = _recorded(guest)
        found["kernel"] = guest.run("sysctl -n net.ipv4.conf.all.accept_redirects net.ipv4.conf.all.send_redirects").split()
        found["idle_shell"] = _ended(idle, 150)
        found["frozen_client"] = _gone(guest, frozen)
        # Last, since it moves the clock.
        found["lock"] = _lock(guest)
    return found


def _volumes(site, folder):
    guest = site.guest
    for name, serial in (("plain", "PLAIN"), ("secret", "SECRET")):
        guest.plug(name, serial, seen.media(folder, name))
    plain, secret = seen.disk_of(guest, "PLAIN"), seen.disk_of(guest, "SECRET")
    luks = "--type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file=-"
    guest.run(
        f"printf key | cryptsetup luksFormat -q {luks} {secret} && printf key | cryptsetup open --key-file=- {secret} secret &&"
        f"mkfs.ext4 -q /dev/mapper/secret && mkdir -p /plain /secret && mount {plain} /plain && mount /dev/mapper/secret /secret"
    )
    document = json.loads(site._ran("audit", "--limit", "guest", "--control", "disk_encrypted", fast=False).stdout)
    guest.run("umount /plain /secret && cryptsetup close secret")
    for name in ("plain", "secret"):
        guest.unplug(name)
    return {row["path"]: row["ok"] for row in document["findings"][0]["evidence"]}


def _loaded(guest):
    return {one: guest.ssh(f"modprobe {one}").returncode == 0 for one in ("hfsplus", "firewire-ohci")}


def _passwd(guest, old, new):
    done = guest.ssh("su -s /bin/sh alice -c passwd", stdin=f"{old}\n{new}\n{new}\n")
    return done.returncode == 0


def _passwords(guest):
    return {
        "short": _passwd(guest, FIRST, "Sh0rt-1!"),
        "simple": _passwd(guest, FIRST, "alllowercaseletters"),
        "word": _passwd(guest, FIRST, "Password-1234"),
        "own name": _passwd(guest, FIRST, "Alice-12345678"),
        "good": _passwd(guest, FIRST, SECOND),
        "reused": _passwd(guest, SECOND, FIRST),
    }


def _desktop(guest):
    key = "/org/gnome/desktop/session/idle-delay"
    tried = guest.ssh(f"su -s /bin/sh alice -c 'dconf read {key}; dconf write {key} \"uint32 0\"'")
    settings = "GSETTINGS_BACKEND=dconf gsettings"
    session = "org.gnome.desktop.session idle-delay"
    return {
        "read": tried.stdout.strip(),
        "written": tried.returncode == 0,
        "said": tried.stderr,
        "gsettings": guest.run(f"su -s /bin/sh alice -c '{settings} get {session}; {settings} writable {session}'").split("\n")[:2],
    }


def _recorded(guest):
    guest.run("useradd carol && modprobe dummy")
    time.sleep(1)
    return {
        one: int(guest.run(f"ausearch --input-logs -i -k {one} 2>/dev/null | grep -c SYSCALL || :"))
        for one in ("identity", "modules")
    }


def _idle(guest):
    """Open a login shell of alice at a terminal, and do nothing."""
    guest.run("install -d -m 700 -o alice /home/alice/.ssh && install -o alice -m 600 /root/.ssh/authorized_keys /home/alice/.ssh/")
    ended = guest.folder / "idle"
    command = ["ssh", "-tt", *guest.options(kept=False), "alice@127.0.0.1"]
    noted = ["sh", "-c", '"$@"; date +%s > "$0"', str(ended), *command]
    process = subprocess.Popen(noted, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return process, ended, time.time()


def _ended(idle, seconds):
    """Give after how many seconds the idle shell was closed; None where it stays."""
    process, ended, started = idle
    try:
        process.wait(max(1.0, started + seconds - time.time()))
    except subprocess.TimeoutExpired:
        process.kill()
        return None
    return int(ended.read_text(encoding="ascii")) - started


def _frozen(guest):
    """Let a client of bob stop answering, as one does whose network is gone."""
    guest.run("install -d -m 700 -o bob /home/bob/.ssh && install -o bob -m 600 /root/.ssh/authorized_keys /home/bob/.ssh/")
    command = ["ssh", *guest.options(kept=False), "bob@127.0.0.1", "sleep 3600"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while "sleep" not in guest.run("ps -u bob -o comm= || :") and time.monotonic() < until:
        time.sleep(0.5)
    process.send_signal(signal.SIGSTOP)
    return process


def _gone(guest, process):
    until = time.monotonic() + 180
    try:
        while "sshd" in guest.run("ps -u bob -o comm= || :"):
            if time.monotonic() > until:
                return False
            time.sleep(2)
        return True
    finally:
        process.kill()
        process.wait()


def _lock(guest):
    """Give wrong passwords for bob three times, then the right one: at once, after 29 minutes, after 31."""

    def logon(password):
        return guest.ssh("su -s /bin/sh alice -c 'su bob -c true'", stdin=f"{password}\n").returncode == 0

    found = {"before": logon(FIRST), "wrong": [logon("wrong") for _ in range(3)], "after": logon(FIRST)}
    for minutes in (29, 31):
        guest.run(f"date -s @{int(time.time()) + minutes * 60}")
        found[str(minutes)] = logon(FIRST)
    return found


def test_the_audit_passes_what_was_applied(runs):
    """What is tried here is what the audit calls met."""
    assert dict.fromkeys(CONTROLS, "pass") == runs["audit"]


def test_an_encrypted_volume_is_told_from_a_plain_one(runs):
    """A mounted LUKS volume is ok, a plain one beside it is not."""
    assert {"/secret": 1, "/plain": 0} == {one: runs["volumes"][one] for one in ("/secret", "/plain")}


def test_passwd_refuses_short_simple_and_reused_passwords(runs):
    """As a user changes their own password: weak ones are refused, a good one is taken, the former one not again."""
    refused = dict.fromkeys(("short", "simple", "word", "own name", "reused"), False)
    assert {**refused, "good": True} == runs["passwords"]


def test_the_third_wrong_password_locks_for_half_an_hour(runs):
    """The right password is refused after three wrong ones, still after 29 minutes, and taken after 31."""
    assert {"before": True, "wrong": [False] * 3, "after": False, "29": False, "31": True} == runs["lock"]


def test_nobody_can_move_the_screen_lock(runs):
    """An unprivileged user reads the site's idle time by dconf and gsettings, and can write it by neither."""
    desktop = runs["desktop"]
    seconds = int(desktop["read"].removeprefix("uint32 "))
    assert 1 <= seconds <= 900
    assert [f"uint32 {seconds}", "false"] == desktop["gsettings"]
    assert not desktop["written"]
    assert "non-writable" in desktop["said"]


def test_idle_sessions_end(runs):
    """A shell at which nobody types is closed after its minute, and a client that is gone is dropped."""
    assert runs["idle_shell"] is not None
    assert 55 <= runs["idle_shell"] <= 150
    assert runs["frozen_client"]


def test_blocked_modules_are_refused_by_the_kernel(runs):
    """What could be loaded before cannot be loaded after."""
    assert {"hfsplus": True, "firewire-ohci": True} == runs["loadable"]
    assert {"hfsplus": False, "firewire-ohci": False} == runs["refused"]


def test_the_kernel_records_and_obeys(runs):
    """Audit rules record a new account and a loaded module; sysctl settings are the kernel's own."""
    assert all(count > 0 for count in runs["recorded"].values()), runs["recorded"]
    assert ["0", "0"] == runs["kernel"]
