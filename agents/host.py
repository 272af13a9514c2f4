# SPDX-License-Identifier: Apache-2.0
"""A Linux host as its tables see it: files below a root, and a few commands from a constant list."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

# One package a line: name, version, release, epoch, architecture, install time, size, vendor.
RPM_FIELDS: Final = "%{NAME}\\t%{VERSION}\\t%{RELEASE}\\t%{EPOCH}\\t%{ARCH}\\t%{INSTALLTIME}\\t%{SIZE}\\t%{VENDOR}\\n"
# Everything a table may ever execute, word for word: a query cannot add an argument.
COMMANDS: Final[frozenset[tuple[str, ...]]] = frozenset(
    {
        ("apt-config", "dump"),
        ("nft", "-j", "list", "ruleset"),
        ("rpm", "-qa", "--queryformat", RPM_FIELDS),
        ("sshd", "-T"),
        ("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", "--full"),
        ("systemctl", "list-unit-files", "--plain", "--no-legend", "--no-pager", "--full"),
    }
)
COMMAND_SECONDS: Final = 10
COMMAND_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# A text file that a table reads whole; longer ones are refused rather than cut (a log is read by other means).
TEXT_LIMIT: Final = 16 * 1024 * 1024
# The kernel makes room for as much as is asked of a file of /proc/sys, and refuses 16 MiB.
PIECE: Final = 128 * 1024


@dataclass(frozen=True, slots=True)
class Host:
    """The machine the process runs on, or a folder that holds another one's files (`root`, for tests and images)."""

    root: Path = Path("/")

    @property
    def live(self) -> bool:
        """Tell whether this is the running machine, so that commands may be asked."""
        return self.root == Path("/")

    def path(self, absolute: str) -> Path:
        """Give the place of an absolute path of the host."""
        return self.root / absolute.lstrip("/")

    def text(self, absolute: str) -> str | None:
        """Read a text file, undecodable bytes replaced; None where there is no such file.

        Raises:
            NotObservedError: it exists and cannot be read, or is longer than `TEXT_LIMIT`.
        """
        content = self.data(absolute)
        return None if content is None else content.decode("utf-8", "replace")

    def data(self, absolute: str) -> bytes | None:
        """Read a file; None where there is no such file. Raises as `text`."""
        place = self.path(absolute)
        try:
            with place.open("rb") as stream:
                content = bytearray()
                while len(content) <= TEXT_LIMIT and (piece := stream.read(PIECE)):
                    content += piece
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except PermissionError as error:
            raise NotObservedError(needs_root(absolute)) from error
        except OSError as error:
            message = f"cannot read {absolute}: {error.strerror}"
            raise NotObservedError(message) from error
        if len(content) > TEXT_LIMIT:
            message = f"{absolute} is larger than {TEXT_LIMIT} bytes"
            raise NotObservedError(message)
        return bytes(content)

    def lines(self, absolute: str) -> Iterator[tuple[int, str]]:
        """Give the lines of a text file with their numbers from 1, without line ends; none where there is no file."""
        for number, line in enumerate((self.text(absolute) or "").split("\n"), 1):
            yield number, line.removesuffix("\r")

    def names(self, absolute: str) -> list[str]:
        """List a folder, sorted; empty where there is no such folder.

        Raises:
            NotObservedError: it exists and cannot be listed.
        """
        try:
            return sorted(os.listdir(self.path(absolute)))  # noqa: PTH208 - names, not paths
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError as error:
            raise NotObservedError(needs_root(absolute)) from error

    def run(self, *command: str) -> str:
        """Run one of `COMMANDS` and give its standard output.

        Raises:
            NotObservedError: the host is not live, the tool is absent, or it failed (its first line of complaint is given).
        """
        if command not in COMMANDS:
            message = f"not in the list of commands a table may run: {' '.join(command)}"
            raise ValueError(message)
        found = shutil.which(command[0], path=COMMAND_PATH) if self.live else None
        if found is None:
            message = f"{command[0]} is not on this host"
            raise NotObservedError(message)
        return _output([found, *command[1:]])


def needs_root(what: str) -> str:
    """Say that only root may read `what`."""
    return f"{what} can be read by root only: run as root to observe it"


def _output(command: list[str]) -> str:
    environment = {"PATH": COMMAND_PATH, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{command[0]} did not answer: {error}"
        raise NotObservedError(message) from error
    if done.returncode:
        complaint = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        message = f"{' '.join(command)} failed ({done.returncode}): {complaint or 'no message'}"
        raise NotObservedError(message)
    return done.stdout.decode("utf-8", "replace")
