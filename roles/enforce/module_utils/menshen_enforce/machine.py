# SPDX-License-Identifier: GPL-3.0-or-later
"""The host as the mechanisms see it: its files, and what its commands answer."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SECONDS = 600


class EnforceError(Exception):
    """Something could not be made true; the message is fit for people."""


class Machine:
    """The running host."""

    def text(self, path: str) -> str | None:
        """Read a text file; None where there is none."""
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as stream:
                return stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def mode(self, path: str) -> str | None:
        """Give the permission bits of a file or folder as text (`0644`); None where there is none."""
        try:
            return f"{os.stat(path).st_mode & 0o7777:04o}"
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, folder: str) -> list[str]:
        """List a folder, sorted; empty where there is none."""
        try:
            return sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def found(self, pattern: str) -> list[str]:
        """List the paths that match a shell pattern, sorted."""
        return sorted(glob.glob(pattern))

    def has(self, tool: str) -> bool:
        """Tell whether a command is here."""
        return shutil.which(tool, path=PATH) is not None

    @property
    def systemd(self) -> bool:
        """Tell whether systemd runs this host (sd_booted(3))."""
        return os.path.isdir("/run/systemd/system")

    def ask(self, *command: str, stdin: str | None = None) -> tuple[int, str, str]:
        """Run a command that changes nothing; give its exit code, output and complaint. 127 where it is not here."""
        return run(command, stdin)


def run(command, stdin: str | None = None) -> tuple[int, str, str]:
    """Run a command without a shell, in the C locale."""
    environment = {"PATH": PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "HOME": "/root"}
    given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    try:
        done = subprocess.run(
            list(command), env=environment, capture_output=True, timeout=SECONDS, check=False, encoding="utf-8", errors="replace", **given
        )
    except FileNotFoundError:
        return 127, "", f"{command[0]} is not on this host"
    except subprocess.TimeoutExpired:
        return 124, "", f"{command[0]} did not end within {SECONDS} s"
    return done.returncode, done.stdout, done.stderr
