# SPDX-License-Identifier: Apache-2.0
"""Which files a query's `path = ...` or `path LIKE ...` speaks of, by osquery's rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask

# A symbolic link is never followed downwards, so this only bounds what a mounted, hostile tree can cost.
DEPTH_LIMIT: Final = 64


def asked(host: Host, ask: Ask, column: str = "path") -> Iterator[str]:
    """Give the absolute paths `column` is asked for, each once: the text after `=` as written, `LIKE` expanded.

    Raises:
        NotObservedError: the column is compared by neither, or a folder on the way cannot be listed.
    """
    given = ask.constraints.get(column, ())
    if given and not any(one.operator in {"=", "LIKE"} for one in given):
        message = f"{column} must be compared with = or LIKE, so that it is known which files to read"
        raise NotObservedError(message)
    seen: set[str] = set()
    literal = ask.values(column)
    for path in (*literal, *(found for pattern in ask.values(column, "LIKE") for found in expand(host, pattern))):
        if path not in seen and "\0" not in path:
            seen.add(path)
            yield path


def expand(host: Host, pattern: str) -> Iterator[str]:
    """Give the existing paths a LIKE pattern names: `%` stands within one level, `%%` at the end for all below.

    `_` is taken as itself: SQLite compares every row again. Names that begin with a dot are found too. Upper and lower
    case count, as they do on the file system. A pattern without `%` is given back unseen.
    """
    if "%" not in pattern:
        yield pattern
        return
    if not pattern.startswith("/") or "\0" in pattern:
        return
    below = pattern.endswith("%%")
    *folders, last = pattern.rstrip("%").split("/") if below else pattern.split("/")
    levels = [*folders[1:], f"{last}%" if below else last]
    for path in _match(host, "", levels):
        yield path
        if below:
            yield from _below(host, path, DEPTH_LIMIT)


def _match(host: Host, folder: str, levels: list[str]) -> Iterator[str]:
    level, *rest = levels
    if "%" not in level:
        if rest:
            yield from _match(host, f"{folder}/{level}", rest)
        elif _there(host, f"{folder}/{level}"):
            yield f"{folder}/{level}"
        return
    form = re.compile(".*".join(map(re.escape, re.split("%+", level))), re.DOTALL)
    for name in _names(host, folder or "/"):
        if form.fullmatch(name):
            path = f"{folder}/{name}"
            yield from _match(host, path, rest) if rest else (path,)


def _below(host: Host, folder: str, depth: int) -> Iterator[str]:
    place = host.path(folder)
    if not depth or place.is_symlink() or not place.is_dir():
        return
    for name in _names(host, folder):
        yield f"{folder}/{name}"
        yield from _below(host, f"{folder}/{name}", depth - 1)


def _there(host: Host, path: str) -> bool:
    try:
        host.path(path).lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        message = f"cannot look at {path}: {error.strerror}"
        raise NotObservedError(message) from error
    return True


def _names(host: Host, folder: str) -> list[str]:
    try:
        return host.names(folder)
    except OSError as error:
        message = f"cannot list {folder}: {error.strerror}"
        raise NotObservedError(message) from error
