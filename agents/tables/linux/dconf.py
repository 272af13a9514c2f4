# SPDX-License-Identifier: Apache-2.0
"""Settings that dconf's system databases lay down for desktop sessions (dconf(7))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

FOLDER: Final = "/etc/dconf/db"
# GVariant's words before a number; without them the number can be compared.
NUMBER: Final = re.compile(r"(?:byte|u?int(?:16|32|64)|double|handle)\s+([-+0-9.xXa-fA-Fe]+)")


def dconf_policy(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the keys of the key files below /etc/dconf/db, with a leading slash, as the last file has them.

    `value` is the text of the key file (a string keeps its quotes), but a number stands without its type: `uint32 900`
    is 900. `locked` tells whether users cannot change the key. A lock alone makes a row with the value NULL.
    Whether a session uses a database is for /etc/dconf/profile to say, and not looked at here.

    Raises:
        NotObservedError: a database is older than its key files, so that it is not known what sessions see, or a file
            cannot be read.
    """
    del ask
    for name in host.names(FOLDER):
        folder = f"{FOLDER}/{name}"
        if name.endswith(".d") and host.path(folder).is_dir():
            database = name.removesuffix(".d")
            values, locks = _values(host, folder), _locks(host, folder)
            if values or locks:
                _check_compiled(host, database, folder)
            for key in sorted(values.keys() | locks):
                yield {"key": key, "value": values.get(key), "locked": int(_locked(key, locks)), "database": database}


def _values(host: Host, folder: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in _files(host, folder):
        group = ""
        for _, line in host.lines(path):
            text = line.strip()
            if text.startswith("[") and text.endswith("]"):
                group = text[1:-1].strip("/")
            elif group and "=" in text and not text.startswith(("#", "=")):
                key, _, value = text.partition("=")
                found[f"/{group}/{key.strip()}"] = _plain(value.strip())
    return found


def _locks(host: Host, folder: str) -> frozenset[str]:
    lines = (line.strip() for path in _files(host, f"{folder}/locks") for _, line in host.lines(path))
    return frozenset(line for line in lines if line.startswith("/"))


def _locked(key: str, locks: frozenset[str]) -> bool:
    # A lock that ends in a slash locks everything below it.
    return key in locks or any(lock.endswith("/") and key.startswith(lock) for lock in locks)


def _plain(value: str) -> str:
    number = NUMBER.fullmatch(value)
    return number[1] if number else value


def _files(host: Host, folder: str) -> list[str]:
    paths = (f"{folder}/{name}" for name in host.names(folder) if not name.startswith("."))
    return [path for path in paths if host.path(path).is_file()]


def _check_compiled(host: Host, database: str, folder: str) -> None:
    """Refuse when `dconf update` has not been run since the key files were last changed."""
    sources = [folder, *_files(host, folder), *_files(host, f"{folder}/locks")]
    sources += [f"{folder}/locks"] if host.path(f"{folder}/locks").is_dir() else []
    try:
        compiled = host.path(f"{FOLDER}/{database}").stat().st_mtime
    except FileNotFoundError:
        compiled = 0.0
    if compiled < max(host.path(source).stat().st_mtime for source in sources):
        message = f"dconf update has not been run since {folder} was changed: run it, or sessions do not see these settings"
        raise NotObservedError(message)
