# SPDX-License-Identifier: Apache-2.0
"""The guest's disk, kernel and saved state, made once for each recipe and kept outside the repository."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from machine import KERNEL, QEMU, Guest, overlay

RECIPE: Final = Path(__file__).with_name("recipe.sh")
CACHE: Final = Path("/var/cache/menshen/guest")
TOOLS: Final = ("qemu-system-x86_64", "qemu-img", "mmdebstrap", "zstd", "mke2fs", "ssh", "ssh-keygen")
BUILD_SECONDS: Final = 900


class NoImageError(Exception):
    """The guest's packages could not be had; the message says why."""


@contextmanager
def locked(name: str):
    """Hold a lock of this machine: one guest runs at a time, and one image is made at a time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def image() -> Path:
    """Give the folder with base.qcow2, vmlinuz, initrd.img, key and the saved first boot (gold/); make it where it is not.

    Raises:
        NoImageError: no network to take packages from, or no room.
    """
    folder = CACHE / _key()
    with locked("image"):
        if not (folder / "gold" / "state").exists():
            _make(folder)
    return folder


def _key() -> str:
    # A saved state belongs to one QEMU and one command line.
    version = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True, check=True).stdout
    return hashlib.sha256("\n".join([RECIPE.read_text(encoding="utf-8"), QEMU, KERNEL, version]).encode()).hexdigest()[:16]


def _make(folder: Path) -> None:
    for old in CACHE.iterdir():
        # Other recipes' images are never used again, and a half-made one is no image.
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="new-") as name:
        made = Path(name)
        done = subprocess.run(
            ["sh", str(RECIPE), name], capture_output=True, text=True, timeout=BUILD_SECONDS, check=False, env=_environment()
        )
        if done.returncode:
            raise NoImageError(f"the guest's disk could not be made: {(done.stderr or done.stdout)[-500:]}")
        (made / "gold").mkdir()
        guest = Guest(made, made / "run", overlay(made / "base.qcow2", made / "gold" / "disk.qcow2"))
        try:
            guest.wait()
            guest.save(made / "gold" / "state")
        finally:
            guest.stop()
        # Names below one folder, so that it can be renamed whole.
        rebased = [
            "qemu-img",
            "rebase",
            "-u",
            "-f",
            "qcow2",
            "-F",
            "qcow2",
            "-b",
            "../base.qcow2",
            str(made / "gold" / "disk.qcow2"),
        ]
        subprocess.run(rebased, check=True)
        shutil.rmtree(made / "run")
        made.rename(folder)
        made.mkdir()


def _environment() -> dict[str, str]:
    return {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
