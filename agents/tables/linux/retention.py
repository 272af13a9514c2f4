# SPDX-License-Identifier: Apache-2.0
"""How long a host keeps its logs: what is configured, and what is there."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.logrotate import rotated
from agents.tables.linux.modprobe import config_files

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

JOURNALS: Final = ("/var/log/journal", "/run/log/journal")
JOURNALD: Final = ("/etc/systemd/journald.conf", "/usr/lib/systemd/journald.conf")
DROP_INS: Final = tuple(f"{folder}/systemd/journald.conf.d" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib"))
# The head of a journal file: its sign, and the time of the first and last record in microseconds (systemd.io, JOURNAL_FILE_FORMAT).
SIGN: Final = b"LPKSHHRH"
FIRST, LAST, HEAD = 184, 192, 200
SPAN: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Zµ]*)")
SECONDS: Final = {
    "": 1, "s": 1, "sec": 1, "second": 1, "seconds": 1, "m": 60, "min": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400,
    "w": 604800, "week": 604800, "weeks": 604800, "M": 2629800, "month": 2629800, "months": 2629800,
    "y": 31557600, "year": 31557600, "years": 31557600,
}  # fmt: skip
DAY: Final = 86400
AUDIT: Final = "/var/log/audit"
AUDIT_TIME: Final = re.compile(rb"msg=audit\(([0-9]{9,11})\.")


def retention(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the host's logs, all of category `log`: the journal, each log that logrotate keeps, and the audit log.

    `configured_days` is NULL where time does not decide (rotated by size, or no limit set). `oldest` is the first record of
    the journal or audit log; of another log it is the time of its oldest old file, by which that file's last record was
    written, so records reach back further; NULL where nothing was rotated yet. `bytes` counts all files of a log.

    Raises:
        NotObservedError: a configuration or log folder cannot be read (the audit log by root only).
    """
    del ask
    yield from _journal(host)
    for pattern, kept in rotated(host):
        yield from _logs(host, pattern, kept.days)
    yield from _audit(host)


def _journal(host: Host) -> Iterator[Row]:
    folder = next((place for place in JOURNALS if host.path(place).is_dir()), None)
    if folder is None:
        return
    first, last, size = [], [], 0
    for machine in host.names(folder):
        for name in host.names(f"{folder}/{machine}"):
            path = f"{folder}/{machine}/{name}"
            content = host.head(path, HEAD)
            if content.startswith(SIGN) and len(content) == HEAD:
                size += _stat(host, path).st_size
                first.append(int.from_bytes(content[FIRST:LAST], "little") // 1_000_000)
                last.append(int.from_bytes(content[LAST:HEAD], "little") // 1_000_000)
    yield {
        "name": "journal",
        "category": "log",
        "path": folder,
        "configured_days": _journal_days(host),
        # A file without a record yet has zeros.
        "oldest": min(filter(None, first), default=None),
        "newest": max(filter(None, last), default=None),
        "bytes": size,
    }


def _journal_days(host: Host) -> int | None:
    main = next((path for path in JOURNALD if host.path(path).exists()), None)
    value = ""
    for path in filter(None, (main, *config_files(host, DROP_INS))):
        for _, line in host.lines(path):
            key, _, text = line.strip().partition("=")
            if key.strip() == "MaxRetentionSec":
                value = text.strip()
    return int(timespan(value) / DAY) or None


def timespan(text: str) -> float:
    """Read a time span of systemd (systemd.time(7)) in seconds; 0 for what is none."""
    parts = SPAN.findall(text)
    if not SPAN.sub("", text).strip() and all(unit in SECONDS for _, unit in parts):
        return sum(float(number) * SECONDS[unit] for number, unit in parts)
    return 0


def _logs(host: Host, pattern: str, days: int | None) -> Iterator[Row]:
    folder, _, form = pattern.rpartition("/")
    # A wildcard in a folder is for programs with many; such logs are not looked for.
    present = host.names(folder) if "*" not in folder else []
    for name in [name for name in present if fnmatchcase(name, form)] or ([] if "*" in form else [form]):
        old = [other for other in present if re.fullmatch(rf"{re.escape(name)}[.-][0-9]{{1,8}}(?:[.-].*)?", other)]
        states = [_stat(host, f"{folder}/{other}") for other in old]
        current = [_stat(host, f"{folder}/{name}")] if name in present else []
        times = [int(state.st_mtime) for state in (*states, *current)]
        yield {
            "name": name,
            "category": "log",
            "path": f"{folder}/{name}",
            "configured_days": days,
            "oldest": min((int(state.st_mtime) for state in states), default=None),
            "newest": max(times, default=None),
            "bytes": sum(state.st_size for state in (*states, *current)),
        }


def _audit(host: Host) -> Iterator[Row]:
    names = [name for name in host.names(AUDIT) if re.fullmatch(r"audit\.log(?:\.\d+)?", name)]
    if not names:
        return
    states = {name: _stat(host, f"{AUDIT}/{name}") for name in names}
    found = [int(one[1]) for name in names if (one := AUDIT_TIME.search(host.head(f"{AUDIT}/{name}", 4096)))]
    yield {
        "name": "audit.log",
        "category": "log",
        "path": f"{AUDIT}/audit.log",
        "oldest": min(found, default=None),
        "newest": max(int(state.st_mtime) for state in states.values()),
        "bytes": sum(state.st_size for state in states.values()),
    }


def _stat(host: Host, path: str) -> os.stat_result:
    try:
        return host.path(path).stat()
    except OSError as error:
        message = f"cannot look at {path}: {error.strerror}"
        raise NotObservedError(message) from error
