# SPDX-License-Identifier: Apache-2.0
"""A real guest machine: its own kernel, USB host controller and disk, in QEMU without hardware help (facts: KVM may be a trap)."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from qmp import Qmp, QmpError

if TYPE_CHECKING:
    from pathlib import Path

AUTOMATION = "automation"
BOOT_SECONDS, SSH_SECONDS = 240, 240
# Present at power-on, as on anybody's desk: a keyboard, and a mouse behind a hub.
QEMU = (
    "qemu-system-x86_64 -M q35 -accel tcg,thread=multi,tb-size=512 -cpu Nehalem -smp 2 -m 768 -display none -nodefaults "
    "-device virtio-rng-pci -device qemu-xhci,id=xhci,p2=8,p3=8 -device usb-kbd,id=keyboard,bus=xhci.0,port=1 "
    "-device usb-hub,id=hub,bus=xhci.0,port=2 -device usb-mouse,id=mouse,bus=xhci.0,port=2.1"
)
# On a busy machine the emulated timer may be late at the very moment the kernel tests it: it would give up.
KERNEL = "root=/dev/vda rw console=ttyS0 quiet mitigations=off audit=1 no_timer_check"


class Guest:
    """A running guest, reached by ssh through a forwarded port of the loopback."""

    def __init__(self, image: Path, folder: Path, disk: Path, *more: str):
        self.image, self.folder, self.disk = image, folder, disk
        folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self.key = folder / "key"
        shutil.copyfile(image / "key", self.key)
        self.key.chmod(0o600)
        self.log = folder / "console"
        self.process = self._started(more)
        self.qmp = Qmp(folder / "qmp", 60)

    def _started(self, more) -> subprocess.Popen:
        command = [
            *QEMU.split(), "-serial", f"file:{self.log}", "-qmp", f"unix:{self.folder}/qmp,server=on,wait=off",
            "-kernel", str(self.image / "vmlinuz"), "-initrd", str(self.image / "initrd.img"), "-append", KERNEL,
            "-drive", f"file={self.disk},if=none,id=d0,cache=unsafe", "-device", "virtio-blk-pci,drive=d0",
            "-netdev", f"user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:22",
            "-device", "virtio-net-pci,netdev=n0,romfile=", *more,
        ]  # fmt: skip
        with (self.folder / "qemu").open("wb") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def stop(self) -> None:
        """End the process of this guest."""
        self.hang_up()
        with contextlib.suppress(OSError, QmpError):
            self.qmp.ask("quit")
        self.qmp.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    # the wire

    def options(self, *, kept: bool = True) -> list[str]:
        """Give ssh's options: no file of the user's, and one connection kept open unless a new one is asked for."""
        said = [
            "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "IdentitiesOnly=yes", "BatchMode=yes",
            "ConnectTimeout=20", f"ControlPath={self.folder}/ssh" if kept else "ControlPath=none",
            *(("ControlMaster=auto", "ControlPersist=600") if kept else ()),
        ]  # fmt: skip
        return ["-F", "none", "-p", str(self.port), "-i", str(self.key), *(part for one in said for part in ("-o", one))]

    def ssh(self, script: str, *, user: str = "root", kept: bool = True, stdin: str = "", seconds: float = 120):
        """Run a shell script as a user; give the finished process."""
        command = ["ssh", *self.options(kept=kept and user == "root"), f"{user}@127.0.0.1", script]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=seconds, check=False)

    def run(self, script: str, **options) -> str:
        """Run a shell script, demand that it succeeds, and give its output."""
        done = self.ssh(script, **options)
        assert done.returncode == 0, f"{script}: {done.returncode} {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, script: str) -> subprocess.Popen:
        """Start a shell script and leave it running; its output is a pipe."""
        command = ["ssh", *self.options(), "root@127.0.0.1", script]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def hang_up(self) -> None:
        """Close the connection that is kept open."""
        if (self.folder / "ssh").exists():
            subprocess.run(["ssh", *self.options(), "-O", "exit", "127.0.0.1"], capture_output=True, check=False)

    def wait(self, seconds: float = BOOT_SECONDS) -> Guest:
        """Wait until the guest answers by ssh; fail at once where QEMU has ended."""
        until = time.monotonic() + seconds
        self.hang_up()
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"QEMU ended: {(self.folder / 'qemu').read_text(encoding='utf-8', errors='replace')}")
            if self._greets() and self.ssh("true", kept=False).returncode == 0:
                # A restored guest has the clock of the day it was saved.
                self.run(f"date -s @{int(time.time())}")
                return self
            if time.monotonic() > until:
                raise TimeoutError(f"no ssh: {self.log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
            time.sleep(0.3)

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 3) as wire:
                return wire.recv(4) == b"SSH-"
        except OSError:
            return False

    def reset(self) -> None:
        """Cut the power and give it back: nothing is flushed, nobody is told."""
        self.hang_up()
        self.qmp.ask("system_reset")

    # what is plugged in

    def plug(self, name: str, serial: str, media: Path) -> None:
        """Plug in a USB stick (usb-storage) with a serial number."""
        self.qmp.ask("blockdev-add", **_block(name, media))
        self.qmp.ask(
            "device_add", driver="usb-storage", id=name, bus="xhci.0", drive=f"{name}-media", removable=True, serial=serial
        )

    def plug_scsi(self, name: str, bridge: str, drive: str, media: Path) -> None:
        """Plug in a USB disk or optical drive: a bridge (usb-uas, usb-bot) with a SCSI device (scsi-hd, scsi-cd) behind it."""
        self.qmp.ask("blockdev-add", **_block(name, media))
        self.qmp.ask("device_add", driver=bridge, id=name, bus="xhci.0")
        self.qmp.ask("device_add", driver=drive, id=f"{name}-drive", bus=f"{name}.0", drive=f"{name}-media")
        # Plugged in only now, with its drive inside.
        self.qmp.ask("qom-set", path=f"/machine/peripheral/{name}", property="attached", value=True)

    def plug_other(self, driver: str, name: str, **options) -> None:
        """Plug in another USB device: usb-kbd, usb-mtp (`rootdir`)."""
        self.qmp.ask("device_add", driver=driver, id=name, bus="xhci.0", **options)

    def unplug(self, name: str) -> None:
        """Pull a device out, and close its media."""
        self.qmp.ask("device_del", id=name)
        if not any(one["node-name"] == f"{name}-media" for one in self.qmp.ask("query-named-block-nodes")):
            return
        for left in reversed(range(100)):
            try:
                self.qmp.ask("blockdev-del", node_name=f"{name}-media")
            except QmpError:
                if not left:
                    raise
                time.sleep(0.2)
            else:
                return

    # saved states

    def save(self, state: Path) -> None:
        """Save the running machine into a file; the guest ends with it."""
        self.run("udevadm settle; sync")
        self.hang_up()
        self.qmp.ask("stop")
        self.qmp.ask("migrate-set-parameters", max_bandwidth=10**10)
        self.qmp.ask("migrate", uri=f"exec:zstd -q -1 -f -o {state}")
        done = self.qmp.wait("query-migrate", lambda one: one.get("status") in {"completed", "failed"})
        assert done["status"] == "completed", done
        self.stop()


def overlay(below: Path, place: Path) -> Path:
    """Make a disk that holds only what differs from the one below it."""
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(below.resolve()), "-F", "qcow2", str(place)]
    subprocess.run(command, check=True)
    return place


def restored(image: Path, folder: Path, saved: Path) -> Guest:
    """Wake the machine that `saved` (a folder with disk.qcow2 and state) holds, on a disk of its own; it does not answer yet."""
    folder.mkdir(parents=True, exist_ok=True)
    disk = overlay(saved / "disk.qcow2", folder / "disk.qcow2")
    guest = Guest(image, folder, disk, "-incoming", f"exec:zstd -q -dc {saved / 'state'}")
    guest.qmp.wait("query-status", lambda one: one["status"] != "inmigrate", SSH_SECONDS)
    guest.qmp.ask("cont")
    return guest


def _block(name: str, media: Path) -> dict:
    inner = {"driver": "file", "filename": str(media)}
    return {"driver": "raw", "node_name": f"{name}-media", "read_only": False, "file": inner}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
