# SPDX-License-Identifier: Apache-2.0
"""How long logrotate keeps logs (logrotate.conf(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host

CONFIG: Final = "/etc/logrotate.conf"
FOLDER: Final = "/etc/logrotate.d"
PERIODS: Final = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
# Names logrotate passes over in an included folder (its default taboo list, the kinds package tools leave behind).
TABOO: Final = re.compile(r".*(?:~|,v|\.(?:bak|disabled|dpkg-\w+|cfsaved|rhn-cfg-tmp-.*|rpm(?:orig|save|new)|swp|ucf-\w+))|\..*")
SCRIPTS: Final = frozenset({"prerotate", "postrotate", "firstaction", "lastaction", "preremove"})


@dataclass(frozen=True, slots=True)
class Keeping:
    """What applies to a log: `period` in days, None where size alone decides; `count` of old files; `maximum` age in days."""

    period: float | None = 7
    count: int | None = 0
    maximum: int | None = None

    @property
    def days(self) -> int | None:
        """Give the whole days a record is kept at least, None where time does not decide (rotated by size, or kept for ever)."""
        if self.maximum is not None and (self.period is None or self.count is None):
            return self.maximum
        if self.period is None or self.count is None:
            return None
        kept = int(self.period * self.count)
        return kept if self.maximum is None else min(kept, self.maximum)


def rotated(host: Host) -> Iterator[tuple[str, Keeping]]:
    """Give each log (a path, `*` and `?` as in a shell) with how it is kept.

    Raises:
        NotObservedError: a file cannot be read.
    """
    defaults = Keeping()
    found: list[tuple[str, Keeping]] = []
    for path in (CONFIG, *(f"{FOLDER}/{name}" for name in host.names(FOLDER) if not TABOO.fullmatch(name))):
        found += _file((line for _, line in host.lines(path)), defaults)
        if path == CONFIG:
            defaults = _defaults(line for _, line in host.lines(path))
    yield from found


def _defaults(lines: Iterator[str]) -> Keeping:
    kept = Keeping()
    depth = 0
    for line in lines:
        depth += line.count("{") - line.count("}")
        if depth == 0 and "}" not in line:
            kept = _with(kept, line)
    return kept


def _file(lines: Iterator[str], defaults: Keeping) -> list[tuple[str, Keeping]]:
    found: list[tuple[str, Keeping]] = []
    logs: list[str] = []
    kept, inside, script = defaults, False, False
    for line in lines:
        text = line.partition("#")[0].strip() if not script else line.strip()
        if script or text in SCRIPTS:
            script = text != "endscript"
        elif inside and text.startswith("}"):
            found += [(log, kept) for log in logs]
            logs, inside = [], False
        elif inside:
            kept = _with(kept, text)
        elif text.startswith(("/", '"/', "{")):
            names, brace, rest = text.partition("{")
            logs += [name.strip('"') for name in re.findall(r'"[^"]*"|\S+', names)]
            if brace:
                inside, kept = True, _with(defaults, rest)
        elif text:
            defaults = _with(defaults, text)
    return found


def _with(kept: Keeping, text: str) -> Keeping:
    word, _, value = text.strip().replace("=", " ").partition(" ")
    value = value.strip()
    if word in PERIODS:
        return replace(kept, period=PERIODS[word])
    if word == "size":
        return replace(kept, period=None)
    if word == "rotate" and re.fullmatch(r"-1|[0-9]{1,6}", value):
        return replace(kept, count=None if value == "-1" else int(value))
    if word == "maxage" and re.fullmatch("[0-9]{1,6}", value):
        return replace(kept, maximum=int(value))
    return kept
