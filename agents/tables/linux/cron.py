# SPDX-License-Identifier: Apache-2.0
"""What cron runs (crontab(5))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.tables.linux import text_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

MAIN: Final = "/etc/crontab"
FOLDERS: Final = ("/etc/cron.d", "/var/spool/cron/crontabs", "/var/spool/cron")
VARIABLE: Final = re.compile(r"\w+\s*=")
TIMES: Final = ("minute", "hour", "day_of_month", "month", "day_of_week")


def crontab(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the entries of the system's and the users' tables; `event` is @reboot and its like.

    As in osquery, `command` of a system table begins with the account it runs as.

    Raises:
        NotObservedError: a table cannot be read (users' tables by root only).
    """
    del ask
    for path in (MAIN, *(f"{folder}/{name}" for folder in FOLDERS for name in host.names(folder))):
        for _, line in text_files.lines(host, path):
            text = line.strip()
            if text and not text.startswith("#") and not VARIABLE.match(text):
                yield {**entry(text), "path": path}


def entry(text: str) -> dict[str, str]:
    """Read one entry; what is missing is empty."""
    if text.startswith("@"):
        event, _, command = text.partition(" ")
        return {"event": event, "command": command.strip()}
    *times, command = [*text.split(None, 5), *[""] * 6][:6]
    return {"event": "", **dict(zip(TIMES, times, strict=True)), "command": command}
