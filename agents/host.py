# SPDX-License-Identifier: Apache-2.0
"""A Linux host as its tables see it: files below a root, and a few commands from a constant list."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
# As many links on one path as Linux follows.
LINKS: Final = 40
NULL_DEVICE: Final = os.makedev(1, 3)


@dataclass(frozen=True, slots=True)
class Host:
    """The machine the process runs on, or a folder that holds another one's files (`root`, for tests and images)."""

    root: str | os.PathLike[str] = "/"
    # What leads every path of the host, "" on the running machine: text, since a Path costs more than most reads.
    prefix: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the prefix."""
        object.__setattr__(self, "prefix", os.fspath(self.root).rstrip("/"))

    @property
    def live(self) -> bool:
        """Tell whether this is the running machine, so that commands may be asked."""
        return not self.prefix

    def place(self, absolute: str, *, follow: bool = False) -> str:
        """Give where an absolute path of the host stands; links on the way (`follow`: the last one, too) stay below the root.

        Raises:
            OSError: the links of a host that is not live go round in circles.
        """
        return _below(self.prefix, absolute, follow=follow) if self.prefix else absolute

    def path(self, absolute: str) -> Path:
        """Give the place of an absolute path of the host, as `place` with `follow`."""
        from pathlib import Path  # noqa: PLC0415 - see `run`

        return Path(self.place(f"/{absolute.lstrip('/')}", follow=True))

    def text(self, absolute: str) -> str | None:
        """Read a text file, undecodable bytes replaced; None where there is no such file.

        Raises:
            NotObservedError: it exists and cannot be read, is no regular file, or is longer than `TEXT_LIMIT`.
        """
        content = self.data(absolute)
        return None if content is None else content.decode("utf-8", "replace")

    def data(self, absolute: str) -> bytes | None:
        """Read a file; None where there is no such file, or a folder. Raises as `text`."""
        content = self._content(absolute, TEXT_LIMIT + 1)
        if content is not None and len(content) > TEXT_LIMIT:
            message = f"{absolute} is larger than {TEXT_LIMIT} bytes"
            raise NotObservedError(message)
        return content

    def head(self, absolute: str, length: int) -> bytes:
        """Read at most `length` first bytes of a file of any size; none where there is no such file. Raises as `text`."""
        return (self._content(absolute, length) or b"")[:length]

    def _content(self, absolute: str, enough: int) -> bytes | None:
        try:
            content = _read(self.place(absolute, follow=True), enough)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except PermissionError as error:
            raise NotObservedError(needs_root(absolute)) from error
        except OSError as error:
            message = f"cannot read {absolute}: {error.strerror}"
            raise NotObservedError(message) from error
        if content is None:
            message = f"{absolute} is no regular file"
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
        return [entry.name for entry in self.entries(absolute)]

    def entries(self, absolute: str) -> list[os.DirEntry[str]]:
        """List a folder as `names` does, with what the file system says of each name; a link's end is not to be asked of it."""
        try:
            with os.scandir(self.place(absolute, follow=True)) as found:
                return sorted(found, key=_name)
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError):
            return []
        except PermissionError as error:
            raise NotObservedError(needs_root(absolute)) from error
        except OSError as error:
            message = f"cannot list {absolute}: {error.strerror}"
            raise NotObservedError(message) from error

    def run(self, *command: str) -> str:
        """Run one of `COMMANDS` and give its standard output.

        Raises:
            NotObservedError: the host is not live, the tool is absent, or it failed (its first line of complaint is given).
        """
        if command not in COMMANDS:
            message = f"not in the list of commands a table may run: {' '.join(command)}"
            raise ValueError(message)
        import shutil  # noqa: PLC0415 - a tenth of a far side's start is such imports, and most looks run no command

        found = shutil.which(command[0], path=COMMAND_PATH) if self.live else None
        if found is None:
            message = f"{command[0]} is not on this host"
            raise NotObservedError(message)
        return _output([found, *command[1:]])


def needs_root(what: str) -> str:
    """Say that only root may read `what`."""
    return f"{what} can be read by root only: run as root to observe it"


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _read(place: str, enough: int) -> bytearray | None:
    """Read until there are `enough` bytes, or the file ends; None for what is no regular file: a pipe would never end."""
    found = os.stat(place)  # noqa: PTH116 - a Path costs more than the call
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), place)
    if not stat.S_ISREG(found.st_mode):
        # A link to /dev/null is how many a file is said to be empty.
        return bytearray() if stat.S_ISCHR(found.st_mode) and found.st_rdev == NULL_DEVICE else None
    # Without O_NONBLOCK, a pipe put in the file's place meanwhile would hold the table for ever.
    descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        content = bytearray()
        while len(content) < enough and (piece := os.read(descriptor, min(PIECE, enough - len(content)))):
            content += piece
        return content
    finally:
        os.close(descriptor)


def _below(root: str, absolute: str, *, follow: bool) -> str:
    """Resolve the links of a path as though `root` were /: one that begins with / or climbs with .. cannot leave it."""
    done: list[str] = []
    left = absolute.split("/")[::-1]
    links = 0
    while left:
        part = left.pop()
        if part == "..":
            del done[-1:]
        elif part not in {"", "."}:
            target = _link("/".join([root, *done, part])) if left or follow else None
            links += target is not None
            if links > LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), absolute)
            done = [] if target and target.startswith("/") else done
            left += target.split("/")[::-1] if target else ()
            done += () if target else (part,)
    return "/".join([root, *done]) + ("/" if absolute.endswith("/") else "")


def _link(place: str) -> str | None:
    try:
        return os.readlink(place)  # noqa: PTH115 - the text of the link, not a path to follow
    except OSError:
        return None


def _output(command: list[str]) -> str:
    import subprocess  # noqa: PLC0415 - see `Host.run`

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
