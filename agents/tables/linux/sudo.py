# SPDX-License-Identifier: Apache-2.0
"""Rules of sudo (sudoers(5))."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.modprobe import joined_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

MAIN: Final = "/etc/sudoers"
INCLUDE: Final = re.compile(r'[#@](include|includedir)\s+(?:"([^"]+)"|((?:\\.|[^\\\s])+))\s*(?:#.*)?')
# The number sign begins a comment, except before a number (a user or group id), escaped or in quotes.
COMMENT: Final = re.compile(r'("(?:\\.|[^"\\])*")|(?<![\\%])#(?![0-9-]).*')
# sudo itself gives up at 128 levels; this bounds a folder of files that all include one another.
FILE_LIMIT: Final = 1024


def sudoers(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the rules of /etc/sudoers in reading order, and those of what it includes where it does so.

    As in osquery, `header` is the first word (a user, a group, Defaults, an alias kind, an include) and `rule_details` the
    rest; an include has a row of its own. A file that includes itself is not read again: sudo refuses such a file.

    Raises:
        NotObservedError: a file cannot be read (only root may).
    """
    del ask
    budget = iter(range(FILE_LIMIT))
    yield from _file(host, MAIN, (), budget)


def _file(host: Host, path: str, above: tuple[str, ...], budget: Iterator[int]) -> Iterator[Row]:
    if next(budget, None) is None:
        message = f"{MAIN} includes more than {FILE_LIMIT} files"
        raise NotObservedError(message)
    for _, line in joined_lines(host, path):
        included = INCLUDE.fullmatch(line.strip())
        if included:
            target = _target(host, path, included[2] or re.sub(r"\\(.)", r"\1", included[3]))
            yield {"source": path, "header": f"{line.strip()[0]}{included[1]}", "rule_details": target}
            for place in _places(host, included[1], target):
                if place not in {path, *above}:
                    yield from _file(host, place, (*above, path), budget)
            continue
        words = COMMENT.sub(r"\1", line).split(None, 1)
        if words:
            yield {"source": path, "header": words[0], "rule_details": words[1].strip() if words[1:] else ""}


def _target(host: Host, path: str, name: str) -> str:
    full = (host.text("/etc/hostname") or "").strip() if "%h" in name else ""
    name = name.replace("%h", full.partition(".")[0])
    return os.path.normpath(name if name.startswith("/") else f"{path.rpartition('/')[0]}/{name}")


def _places(host: Host, kind: str, target: str) -> Iterator[str]:
    if kind == "include":
        yield target
        return
    for name in host.names(target):
        # sudo passes over names with a dot and those that end in a tilde, so packages' left-overs do not count.
        if "." not in name and not name.endswith("~"):
            yield f"{target}/{name}"
