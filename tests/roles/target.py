# SPDX-License-Identifier: Apache-2.0
"""A throw-away host for roles: this machine's files under a layer, with processes, network and systemd of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESS, CONTROL = "192.0.2.2", "192.0.2.1"
OPERATOR = "operator"
# The SHA-512 crypt of a password nobody needs: the operator comes with a key.
PASSWORD = "$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g."
# A shell prepares the mounts and becomes systemd. What reaches the real kernel is read-only, the network's settings aside.
BOOT = """
set -e
mount --make-rprivate /
mount -t overlay overlay -o lowerdir=/,upperdir={folder}/up,workdir={folder}/work {folder}/root
cd {folder}/root
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,rw proc/sys/net
for one in kernel/core_pattern fs/suid_dumpable; do
  cat proc/sys/$one > {folder}/${{one#*/}}
  mount --bind {folder}/${{one#*/}} proc/sys/$one
done
mount -t sysfs -o ro sys sys
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs var/lib/apt/lists
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
for one in {shown}; do mkdir -p .$one; mount --bind $one .$one; done
for one in null zero full random urandom tty; do touch dev/$one; mount --bind /dev/$one dev/$one; done
touch dev/console
mkdir -p {folder}/root/oldroot
pivot_root . oldroot
umount -l /oldroot
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin {init}
"""
SYSTEMD = "/sbin/init --unit=menshen-test.target --log-target=null --show-status=no"
TARGET = """[Unit]
Description=What a throw-away host needs
Requires=ssh.service systemd-journald.service systemd-user-sessions.service
After=ssh.service
AllowIsolate=yes
"""


class Target:
    """A running throw-away host, reached over its own wire by ssh as `OPERATOR`, who may become root."""

    def __init__(self, folder: Path, name: str):
        self.folder, self.name = folder, name
        self.control, self.host = f"{name}c", f"{name}h"
        self.inventory = folder / "inventory"
        self.pid = 0

    def ssh(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command over ssh."""
        return self.run("ssh", *self.ssh_options(), f"{OPERATOR}@{ADDRESS}", *command, timeout=20)

    def ssh_options(self) -> list[str]:
        """Give the options that need no file of the user's."""
        key = self.folder / "key"
        return ["-i", str(key), *(part for one in (
            "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "ConnectTimeout=3", "LogLevel=ERROR", "IdentitiesOnly=yes",
            "BatchMode=yes",
        ) for part in ("-o", one))]  # fmt: skip

    def run(self, *command: str, timeout: float = 300, environment=None, cwd=None) -> subprocess.CompletedProcess[str]:
        """Run a command at the control end of the wire."""
        return subprocess.run(
            ["ip", "netns", "exec", self.control, *command],
            capture_output=True, text=True, timeout=timeout, check=False, stdin=subprocess.DEVNULL, env=environment, cwd=cwd,
        )  # fmt: skip

    def inside(self, *command: str, stdin: str | None = None) -> str:
        """Run a command inside, past every firewall; give its output."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "--", *command],
            capture_output=True, text=True, timeout=60, check=False, input=stdin if stdin is not None else "",
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """Lay a file into the layer before the start."""
        place = self.folder / "up" / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        place.chmod(mode)


@contextmanager
def started(folder: Path, name: str, prepare=lambda _target: None):
    """Start a host with its layer in memory; `prepare` may lay files into it first."""
    with ExitStack() as ending:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512m", "tmpfs", folder], check=True)
        ending.callback(subprocess.run, ["umount", "-l", folder], check=True)
        target = Target(folder, name)
        for one in ("up", "work", "root", "inventory"):
            (folder / one).mkdir()
        _wire(target, ending)
        _furnish(target)
        prepare(target)
        _boot(target, ending)
        yield target


def _wire(target: Target, ending: ExitStack) -> None:
    for netns in (target.control, target.host):
        subprocess.run(["ip", "netns", "add", netns], check=True)
        ending.callback(subprocess.run, ["ip", "netns", "del", netns], check=True)
        subprocess.run(["ip", "-n", netns, "link", "set", "lo", "up"], check=True)
    subprocess.run(
        ["ip", "link", "add", "wire", "netns", target.control, "type", "veth", "peer", "name", "wire", "netns", target.host],
        check=True,
    )
    for netns, address in ((target.control, CONTROL), (target.host, ADDRESS)):
        subprocess.run(["ip", "-n", netns, "addr", "add", f"{address}/24", "dev", "wire"], check=True)
        subprocess.run(["ip", "-n", netns, "link", "set", "wire", "up"], check=True)


def _furnish(target: Target) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(target.folder / "key")], check=True)
    public = (target.folder / "key.pub").read_text(encoding="utf-8")
    target.write("/etc/systemd/system/menshen-test.target", TARGET)
    for name, entry in (
        ("passwd", f"{OPERATOR}:x:1234:1234::/home/{OPERATOR}:/bin/sh"),
        (
            "shadow",
            f"{OPERATOR}:{PASSWORD}:{int(time.time() // 86400)}::::::",
        ),
        ("group", f"{OPERATOR}:x:1234:"),
    ):
        text = Path("/etc", name).read_text(encoding="utf-8")
        lines = [
            f"{line},{OPERATOR}".replace(":,", ":") if name == "group" and line.startswith("sudo:") else line
            for line in text.splitlines()
        ]
        target.write(f"/etc/{name}", "\n".join([*lines, entry, ""]), 0o640 if name == "shadow" else 0o644)
    target.write("/etc/apt/sources.list", "")
    # Nobody answers for names here; asking would only cost time.
    target.write("/etc/resolv.conf", "")
    target.write("/etc/hosts", f"127.0.0.1 localhost {os.uname().nodename}\n")
    target.write(f"/etc/sudoers.d/{OPERATOR}", f"{OPERATOR} ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    target.write(f"/home/{OPERATOR}/.ssh/authorized_keys", public, 0o600)
    home = target.folder / "up" / "home" / OPERATOR
    for one in (home, home / ".ssh", home / ".ssh" / "authorized_keys"):
        os.chown(one, 1234, 1234)
    home.chmod(0o755)
    (home / ".ssh").chmod(0o700)
    (target.folder / "up" / "etc" / "ssh").mkdir(parents=True)
    shutil.copy(target.folder / "key", target.folder / "up/etc/ssh/ssh_host_ed25519_key")
    shutil.copy(target.folder / "key.pub", target.folder / "up/etc/ssh/ssh_host_ed25519_key.pub")


def _boot(target: Target, ending: ExitStack) -> None:
    shown = " ".join(map(str, (ROOT, Path(sys.prefix).resolve(), target.inventory)))
    script = BOOT.format(folder=target.folder, init=SYSTEMD, shown=shown)
    started_at = time.monotonic()
    with (target.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["ip", "netns", "exec", target.host, "unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork",
             "--kill-child", "sh", "-c", script],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    ending.callback(_stop, process)
    while time.monotonic() < started_at + 60:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        found = children.read_text(encoding="ascii").split() if children.exists() else []
        target.pid = int(found[0]) if found else 0
        if target.pid and target.ssh("true").returncode == 0:
            return
        time.sleep(0.3)
    log_text = (target.folder / "log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"the throw-away host did not start: {log_text[-2000:]} {target.ssh('true').stderr}")


def _stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.5)
