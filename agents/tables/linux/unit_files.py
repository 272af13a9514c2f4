# SPDX-License-Identifier: Apache-2.0
"""What systemd's unit files and enablement links say, read without systemd (systemd.unit(5), systemctl(1))."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host

# The first folder that holds a name wins.
FOLDERS: Final = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/run/systemd/system.attached",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
LINKED: Final = ("/etc/systemd/system", "/run/systemd/system")
UNIT: Final = re.compile(r"[\w:.\\@-]+\.(?:service|socket|timer|target|path|mount|automount|swap|slice|scope|device)", re.ASCII)
INSTALL: Final = re.compile(r"^(?:WantedBy|RequiredBy|UpheldBy|Alias|DefaultInstance)[ \t]*=[ \t]*\S", re.MULTILINE)
ALSO: Final = re.compile(r"^Also[ \t]*=[ \t]*\S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class UnitFile:
    """A unit file: its state as `systemctl list-unit-files` words it; `target` is what a link points to, else empty."""

    name: str
    path: str
    state: str
    target: str
    description: str | None


def unit_files(host: Host, *, describe: bool = True) -> dict[str, UnitFile]:
    """Give the unit files of the system manager by name.

    Without `describe` the description is None where the file need not be opened for its state.

    Raises:
        NotObservedError: a folder or file of systemd cannot be read.
    """
    places: dict[str, str] = {}
    for folder in FOLDERS:
        for name in host.names(folder):
            if UNIT.fullmatch(name):
                places.setdefault(name, f"{folder}/{name}")
    linked = _enabled(host)
    return {name: _unit(host, name, path, linked, describe=describe) for name, path in sorted(places.items())}


def _enabled(host: Host) -> Mapping[str, str]:
    """Give the units that a .wants, .requires or .upholds folder, or an alias, links to, with their state."""
    found: dict[str, str] = {}
    for folder, state in zip(LINKED, ("enabled", "enabled-runtime"), strict=True):
        for place, name in _links(host, folder):
            target = _link(host, f"{place}/{name}")
            stem = target.rpartition("/")[2]
            if not target or target == "/dev/null":
                continue
            # A name in a .wants folder counts whatever it points to; beside the unit files only an alias does.
            if place != folder:
                found.setdefault(name, state)
            if UNIT.fullmatch(stem) and stem != name:
                found.setdefault(stem, state)
    # An instance that is enabled makes its template enabled.
    found.update({re.sub("@[^.]*", "@", name, count=1): state for name, state in found.items() if "@" in name})
    return found


def _links(host: Host, folder: str) -> Iterator[tuple[str, str]]:
    for name in host.names(folder):
        if name.endswith((".wants", ".requires", ".upholds")):
            for link in host.names(f"{folder}/{name}"):
                yield f"{folder}/{name}", link
        elif UNIT.fullmatch(name):
            yield folder, name


def _unit(host: Host, name: str, path: str, linked: Mapping[str, str], *, describe: bool) -> UnitFile:
    folder = path.rpartition("/")[0]
    runtime = "-runtime" if folder.startswith("/run/") else ""
    target = _link(host, path)
    if target == "/dev/null" or (not target and _empty(host, path)):
        return UnitFile(name, path, f"masked{runtime}", target, None)
    source = _absolute(folder, target) if target else path
    state = _made(folder, name, target)
    if not describe and (state or name in linked):
        return UnitFile(name, path, state or linked[name], target, None)
    text = host.text(source)
    if text is None:
        return UnitFile(name, path, state or "bad", target, None)
    state = state or linked.get(name) or _installable(text)
    if target and state in {"disabled", "indirect", "static"} and source.rpartition("/")[0] not in FOLDERS:
        state = f"linked{runtime}"
    return UnitFile(name, path, state, target, _described(text))


def _made(folder: str, name: str, target: str) -> str:
    """Give the state that place and link alone decide; empty where they do not."""
    if folder.rpartition("/")[2].startswith("generator"):
        return "generated"
    if folder.endswith("/transient"):
        return "transient"
    stem = target.rpartition("/")[2]
    return "alias" if target and stem != name and UNIT.fullmatch(stem) else ""


def _installable(text: str) -> str:
    if INSTALL.search(text):
        return "disabled"
    return "indirect" if ALSO.search(text) else "static"


def _described(text: str) -> str | None:
    found = re.search(r"^Description[ \t]*=[ \t]*(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else None


def _absolute(folder: str, target: str) -> str:
    # The target is the host's own path, so it must be joined by text: resolving it would leave a recorded tree.
    return os.path.normpath(target if target.startswith("/") else f"{folder}/{target}")


def _link(host: Host, path: str) -> str:
    try:
        return os.readlink(host.place(path))  # noqa: PTH115 - the text of the link, not a path to follow
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError:
        return ""


def _empty(host: Host, path: str) -> bool:
    try:
        return host.path(path).stat().st_size == 0
    except OSError:
        return False
