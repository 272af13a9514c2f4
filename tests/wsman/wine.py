# SPDX-License-Identifier: Apache-2.0
"""PCs whose registry is real: Wine's, one prefix a PC, copied from a template that is made once a machine."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Final

import system

from wsman.machine import PRETENDED, Done, Machine

CACHE: Final = Path("/var/cache/menshen/wine")
BUILTIN: Final = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
SECONDS: Final = 240
# One letter after a percent sign is the variable of a for loop: a file of commands wants the sign twice.
_LOOP_VARIABLE: Final = re.compile(r"%(~?[fdpnxsatz]*[a-zA-Z])(?![A-Za-z0-9_]*%)")


def environment(prefix: Path) -> dict[str, str]:
    """Give what Wine needs to know to work in a prefix without a screen and without words of its own."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(prefix),
        "LC_ALL": "C.UTF-8",
        "WINEPREFIX": str(prefix),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
    }


def _quiet(prefix: Path, *command: str) -> int:
    """Run something whose children stay: they must not hold our pipes."""
    nothing = subprocess.DEVNULL
    return subprocess.run(
        command, env=environment(prefix), stdin=nothing, stdout=nothing, stderr=nothing, check=False, timeout=120
    ).returncode


def template() -> Path:
    """Give the prefix that all are copied from; made at the first call on a machine (10 s), cached by Wine's version."""
    system.need("wine")
    version = subprocess.run(["wine", "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.split()[0]
    folder = CACHE if os.access(CACHE.parent.parent, os.W_OK) else Path(tempfile.gettempdir()) / "menshen-wine"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{version}-2"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            fresh = Path(tempfile.mkdtemp(dir=folder))
            _make(fresh)
            fresh.rename(made)
    return made


def _make(prefix: Path) -> None:
    _quiet(prefix, "wineboot", "-i")
    _quiet(prefix, "wineserver", "-w")
    for key, value, data in (
        (r"HKCU\Software\Wine", "Version", "win10"),
        (r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "ProductName", "Windows 10 Pro"),
    ):
        _quiet(prefix, "wine", "reg", "add", key, "/v", value, "/d", data, "/f")
    _quiet(prefix, "wineserver", "-k")
    _quiet(prefix, "wineserver", "-w")
    windows = prefix / "drive_c/windows"
    for part in ("winsxs", "resources", "syswow64"):
        shutil.rmtree(windows / part, ignore_errors=True)
    for file in (windows / "system32").iterdir():
        if file.stem.lower() in PRETENDED:
            # What is not there cannot pretend.
            file.unlink() if file.is_file() else shutil.rmtree(file)
        elif file.is_file() and (BUILTIN / file.name).exists():
            # 660 MB of copies become links.
            file.unlink()
            file.symlink_to(BUILTIN / file.name)


@dataclass
class WinePc(Machine):
    """A PC in a Wine prefix; use `booted` to make one."""

    prefix: Path = field(default=Path("/nonexistent"))
    environment: dict[str, str] = field(
        default_factory=lambda: {
            "TEMP": r"C:\Temp",
            "SYSTEMROOT": r"C:\windows",
            "WINDIR": r"C:\windows",
            "COMPUTERNAME": "WINE",
            "PROGRAMDATA": r"C:\ProgramData",
        }
    )
    _one: threading.Lock = field(default_factory=threading.Lock)

    def native(self, text: str) -> Done:
        """Run a line in Wine's cmd.exe, from a file so that no quote is lost on the way."""
        file = self.prefix / f"drive_c/ws{uuid.uuid4().hex}.cmd"
        sets = "".join(f"@set {variable}={value}\r\n" for variable, value in self.environment.items())
        # Only a loop has a lone letter after the sign; in any other text it may be data.
        body = _LOOP_VARIABLE.sub(r"%%\1", text) if "for " in text else text
        file.write_bytes(f"@echo off\r\n{sets}{body}\r\n@exit %ERRORLEVEL%\r\n".encode())
        try:
            done = subprocess.run(
                ["wine", "cmd", "/c", f"C:\\{file.name}"],
                env=environment(self.prefix),
                cwd=self.prefix / "drive_c",
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        finally:
            file.unlink()
        return Done(done.returncode, done.stdout, done.stderr)

    def read(self, path: str) -> bytes:
        """Give a file's content."""
        return self.path(path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def remove(self, path: str) -> None:
        """Remove a file or a folder."""
        place = self.path(path)
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)

    def listed(self, folder: str) -> list[str]:
        """List the files of a folder."""
        place = self.path(folder)
        return sorted(file.name for file in place.iterdir()) if place.is_dir() else []

    def path(self, path: str) -> Path:
        """Give the place of a Windows path below drive_c; upper and lower case are one."""
        place = self.prefix / "drive_c"
        for part in PureWindowsPath(self.expand(path)).parts[1:]:
            near = {one.name.lower(): one for one in place.iterdir()} if place.is_dir() else {}
            place = near.get(part.lower(), place / part)
        return place

    def export(self, key: str) -> str:
        """Export a key as text; "" where it does not exist."""
        file = rf"C:\export-{uuid.uuid4().hex}.reg"
        done = self.native(f'reg export "{key}" {file} /y')
        text = self.read(file).decode("utf-16") if done.code == 0 else ""
        self.remove(file)
        return text

    def load(self, text: str) -> None:
        """Import the text of a .reg file."""
        file = rf"C:\import-{uuid.uuid4().hex}.reg"
        self.write(file, text.encode("utf-16"))
        done = self.native(f"reg import {file}")
        self.remove(file)
        assert done.code == 0, done


@contextmanager
def booted(folder: Path, name: str = "pc"):
    """Copy the template and start it; gives the WinePc, which ends with the block."""
    prefix = folder / name
    subprocess.run(["cp", "-a", str(template()), str(prefix)], check=True, timeout=120)
    _quiet(prefix, "wineserver", "-p")
    try:
        _quiet(prefix, "wine", "cmd", "/c", "mkdir", r"C:\Temp")
        yield WinePc(prefix=prefix)
    finally:
        _quiet(prefix, "wineserver", "-k")
        shutil.rmtree(prefix, ignore_errors=True)
