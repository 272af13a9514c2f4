# SPDX-License-Identifier: Apache-2.0
"""The system_controls table: kernel settings as they are, and as the files of sysctl.d set them at boot.

Order of the files: man 5 sysctl.d. /etc/sysctl.conf counts only where a sysctl.d folder links to it, as Debian and
Red Hat do, because systemd-sysctl reads no other.
"""

from __future__ import annotations

import fnmatch
import os
from typing import TYPE_CHECKING, Final, NamedTuple

from agents.host import needs_root
from agents.source import NotObservedError
from agents.tables.linux.plain import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Ask, Row

ROOT: Final = "/proc/sys"
# The first folder that has a file of a name hides those of the others.
FOLDERS: Final = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")
# A name is a path with dots for slashes; a dot inside one part (eth0.5) becomes a slash (man 8 sysctl).
SWAPPED: Final = str.maketrans("./", "/.")


class Configured(NamedTuple):
    """What the files set: by name, by pattern in order, and the names no pattern may set."""

    exact: Mapping[str, str]
    patterns: Mapping[str, str]
    excluded: frozenset[str]

    def value(self, name: str) -> str | None:
        """Give the value set at boot; an exact setting wins over every pattern, among patterns the last."""
        if name in self.exact or name in self.excluded:
            return self.exact.get(name)
        matching = [value for pattern, value in self.patterns.items() if fnmatch.fnmatchcase(name, pattern)]
        return matching[-1] if matching else None


def system_controls(host: Host, ask: Ask) -> Iterator[Row]:
    """Give kernel settings; current_value NULL where it may not be read, config_value NULL where no file sets it."""
    configured = configuration(host) if ask.wants("config_value") else Configured({}, {}, frozenset())
    for name in _names(host, ask):
        yield {
            "name": name,
            "oid": "",
            "subsystem": name.partition(".")[0],
            "current_value": attribute(host, f"{ROOT}/{name.translate(SWAPPED)}") if ask.wants("current_value") else None,
            "config_value": configured.value(name),
            "type": "string",
        }


def _names(host: Host, ask: Ask) -> Iterator[str]:
    if named := ask.values("name"):
        for name in named:
            path = name.translate(SWAPPED)
            # Only a name that stays below the root, and that the walk would have given, too.
            if {"", ".", ".."}.isdisjoint(path.split("/")) and "\0" not in path and _is_file(host, path):
                yield name
        return
    for subsystem in ask.values("subsystem") or host.names(ROOT):
        if "/" not in subsystem and subsystem not in {".", ".."}:
            yield from _below(host, subsystem)


def _below(host: Host, folder: str) -> Iterator[str]:
    try:
        with os.scandir(host.place(f"{ROOT}/{folder}")) as entries:
            found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except (FileNotFoundError, NotADirectoryError):
        return  # the settings of an interface that went away, or no subsystem at all
    except PermissionError as error:
        raise NotObservedError(needs_root(f"{ROOT}/{folder}")) from error
    for name, is_folder in found:
        if is_folder:
            yield from _below(host, f"{folder}/{name}")
        else:
            yield f"{folder}/{name}".translate(SWAPPED)


def _is_file(host: Host, path: str) -> bool:
    return os.path.isfile(host.place(f"{ROOT}/{path}"))  # noqa: PTH113 - a Path costs more than the call


def configuration(host: Host) -> Configured:
    """Read the files of sysctl.d.

    Raises:
        NotObservedError: one of them cannot be read.
    """
    exact: dict[str, str] = {}
    patterns: dict[str, str] = {}
    excluded: set[str] = set()
    for _number, line in _lines(host):
        key, equals, value = (part.strip() for part in line.partition("="))
        # A leading minus: an error is no matter; without a value: no pattern sets this name.
        name = _name(key.removeprefix("-").strip())
        if not equals:
            excluded |= {name} if key.startswith("-") else set()
        elif any(sign in name for sign in "*?["):
            patterns.pop(name, None)
            patterns[name] = value
        else:
            exact[name] = value
    return Configured(exact, patterns, frozenset(excluded))


def _lines(host: Host) -> Iterator[tuple[int, str]]:
    files: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.names(folder):
            if name.endswith(".conf"):
                files.setdefault(name, f"{folder}/{name}")
    for name in sorted(files):
        for number, line in host.lines(files[name]):
            if (text := line.strip()) and text[0] not in "#;":
                yield number, text


def _name(key: str) -> str:
    """Write a key as the kernel setting is named: the first separator tells which of . and / the file uses."""
    first = next((sign for sign in key if sign in "./"), ".")
    return key if first == "." else key.translate(SWAPPED)
