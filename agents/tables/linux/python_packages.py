# SPDX-License-Identifier: Apache-2.0
"""Python packages that lie in the folders Python imports from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux import paths, text_files
from agents.tables.linux.homes import homes, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

SYSTEM: Final = (
    "/usr/lib/python3%/dist-packages",
    "/usr/lib/python3%/site-packages",
    "/usr/lib64/python3%/site-packages",
    "/usr/local/lib/python3%/dist-packages",
    "/usr/local/lib/python3%/site-packages",
)
USER: Final = "/.local/lib/python3%/site-packages"
FIELDS: Final = {"name": "name", "version": "version", "summary": "summary", "author": "author", "license": "license"}
INFORMATION: Final = (".dist-info", ".egg-info")


def python_packages(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the packages of the system's folders (uid 0) and of accounts, or of the folders `directory` names.

    A package is what has a METADATA or PKG-INFO file with a name.

    Raises:
        NotObservedError: a folder or file cannot be read (root may).
    """
    asked = ask.values("directory")
    for directory in asked or [found for pattern in SYSTEM for found in paths.expand(host, pattern)]:
        yield from _folder(host, directory, 0)
    for uid, _, home in () if asked else homes(host, ask):
        for directory in paths.expand(host, f"{home}{USER}"):
            yield from _folder(host, directory, uid)


def _folder(host: Host, directory: str, uid: int) -> Iterator[Row]:
    for entry in names(host, directory):
        if not entry.endswith(INFORMATION):
            continue
        path = f"{directory}/{entry}"
        for place in (f"{path}/METADATA", f"{path}/PKG-INFO", path):
            fields = _fields(host, place)
            if fields.get("name"):
                row = {column: fields.get(field, "") for column, field in FIELDS.items()}
                yield {**row, "uid": uid, "path": path, "directory": directory}
                break


def _fields(host: Host, path: str) -> dict[str, str]:
    """Read the headers of a metadata file up to the first empty line; a continued line is left out."""
    found: dict[str, str] = {}
    for _, line in text_files.lines(host, path):
        if not line:
            break
        name, colon, value = line.partition(":")
        if colon and not line.startswith((" ", "\t")):
            found.setdefault(name.strip().lower(), value.strip())
    return found
