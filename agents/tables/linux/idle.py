# SPDX-License-Identifier: Apache-2.0
"""How long a shell waits for input before it ends (TMOUT of bash(1))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

FIRST: Final = ("/etc/profile",)
FOLDER: Final = "/etc/profile.d"
LAST: Final = ("/etc/bash.bashrc", "/etc/bashrc")
COMMAND: Final = re.compile(r"^\s*(?P<word>readonly|export|declare|typeset|unset)\s+(?P<rest>.*)$")
READONLY_OPTION: Final = re.compile(r"(?:^|\s)-[a-zA-Z]*r")
NAME: Final = re.compile(r"(?:^|\s)TMOUT(?:=(?P<value>\"[^\"]*\"|'[^']*'|\S*))?(?=\s|$)")


def idle_sessions(host: Host, ask: Ask) -> Iterator[Row]:
    """Give each place that sets TMOUT, in the order a log-on shell reads them; unset or empty is 0 seconds.

    `readonly` is 1 where that place, or a later one before the next setting, makes it read-only. `seconds` is NULL where
    the value is not a number, so that only the shell could tell.

    Raises:
        NotObservedError: a file cannot be read.
    """
    del ask
    folder = [f"{FOLDER}/{name}" for name in host.names(FOLDER) if name.endswith(".sh")]
    waiting: dict[str, str | int | None] | None = None
    for path in (*FIRST, *folder, *LAST):
        for number, line in host.lines(path):
            for seconds, readonly in _settings(line):
                if seconds == "" and waiting is not None:
                    waiting["readonly"] = int(bool(waiting["readonly"]) or readonly)
                elif seconds != "":
                    if waiting is not None:
                        yield waiting
                    waiting = {"path": path, "seconds": _number(seconds), "readonly": int(readonly), "line_number": number}
    if waiting is not None:
        yield waiting


def _settings(line: str) -> Iterator[tuple[str, bool]]:
    """Give the text TMOUT is set to (empty where it is only named) and whether it is made read-only, command by command."""
    for part in re.split(r";|&&|\|\|", re.sub(r"(?:^|\s)#.*", "", line)):
        command = COMMAND.match(part)
        word, rest = (command["word"], command["rest"]) if command else ("", part.strip())
        found = NAME.search(rest) if command else re.match(NAME, rest)
        if found is None:
            continue
        readonly = word == "readonly" or (word in {"declare", "typeset"} and bool(READONLY_OPTION.search(rest)))
        value = found["value"]
        if word == "unset":
            yield "0", False
        elif value is not None:
            yield value.strip("\"'") or "0", readonly
        elif readonly:
            yield "", True


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else None
