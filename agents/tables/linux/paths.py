# SPDX-License-Identifier: Apache-2.0
"""Which files a query's `path = ...` or `path LIKE ...` speaks of, by osquery's rule."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from agents.host import Host
    from agents.source import Ask

    # A path, and what its folder says of it where the folder was listed.
    Found: TypeAlias = tuple[str, os.DirEntry[str] | None]

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
    return (path for path, _ in entries(host, pattern))


def entries(host: Host, pattern: str) -> Iterator[Found]:
    """Give the paths as `expand`, with what their folders say of them: a walk by names alone need not look at each file."""
    if "%" not in pattern:
        yield pattern, None
        return
    if not pattern.startswith("/") or "\0" in pattern:
        return
    below = pattern.endswith("%%")
    *folders, last = pattern.rstrip("%").split("/") if below else pattern.split("/")
    levels = [*folders[1:], f"{last}%" if below else last]
    for found in _match(host, "", levels):
        yield found
        if below:
            yield from _below(host, found)


def _match(host: Host, folder: str, levels: list[str]) -> Iterator[Found]:
    level, *rest = levels
    if "%" not in level:
        if rest:
            yield from _match(host, f"{folder}/{level}", rest)
        elif _there(host, f"{folder}/{level}"):
            yield f"{folder}/{level}", None
        return
    form = re.compile(".*".join(map(re.escape, re.split("%+", level))), re.DOTALL)
    for entry in host.entries(folder or "/"):
        if form.fullmatch(entry.name):
            path = f"{folder}/{entry.name}"
            yield from _match(host, path, rest) if rest else ((path, entry),)


def _below(host: Host, top: Found) -> Iterator[Found]:
    """Walk down from `top`, each folder before what is in it, names sorted; no link is followed."""
    # On the stack: a folder, and what is in it and still to be told, the first last.
    stack: list[tuple[str, list[os.DirEntry[str]]]] = []
    path, entry = top
    if entry is not None and _is_folder(entry, path):
        stack.append((path, host.entries(path)[::-1]))
    while stack:
        folder, left = stack[-1]
        if not left:
            stack.pop()
            continue
        entry = left.pop()
        path = f"{folder}/{entry.name}"
        yield path, entry
        if len(stack) < DEPTH_LIMIT and _is_folder(entry, path):
            stack.append((path, host.entries(path)[::-1]))


def _is_folder(entry: os.DirEntry[str], path: str) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        message = f"cannot look at {path}: {error.strerror}"
        raise NotObservedError(message) from error


def _there(host: Host, path: str) -> bool:
    try:
        os.lstat(host.place(path))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        message = f"cannot look at {path}: {error.strerror}"
        raise NotObservedError(message) from error
    return True
