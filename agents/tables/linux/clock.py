# SPDX-License-Identifier: Apache-2.0
"""Time and load of a Linux host: the clock, how long it runs, how busy it is, how much memory it has."""

from __future__ import annotations

import time as clock
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.plain import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

MEMORY: Final = {
    "memory_total": "MemTotal",
    "memory_free": "MemFree",
    "memory_available": "MemAvailable",
    "buffers": "Buffers",
    "cached": "Cached",
    "swap_cached": "SwapCached",
    "active": "Active",
    "inactive": "Inactive",
    "swap_total": "SwapTotal",
    "swap_free": "SwapFree",
}
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the time of the machine that asks, in UTC as osquery does; names are English whatever the language."""
    del host, ask
    now = int(clock.time())
    utc = clock.gmtime(now)
    iso = clock.strftime("%Y-%m-%dT%H:%M:%SZ", utc)
    day, month = DAYS[utc.tm_wday], MONTHS[utc.tm_mon - 1]
    yield {
        "weekday": day,
        "year": utc.tm_year,
        "month": utc.tm_mon,
        "day": utc.tm_mday,
        "hour": utc.tm_hour,
        "minutes": utc.tm_min,
        "seconds": utc.tm_sec,
        "timezone": "UTC",
        "local_timezone": clock.localtime(now).tm_zone,
        "unix_time": now,
        "timestamp": f"{day[:3]} {month} {utc.tm_mday:2} {clock.strftime('%H:%M:%S %Y', utc)} UTC",
        "datetime": iso,
        "iso_8601": iso,
    }


def uptime(host: Host, ask: Ask) -> Iterator[Row]:
    """Give how long the host runs: total_seconds, and the same as days, hours, minutes and seconds."""
    del ask
    total = int(float(_first(host, "/proc/uptime")[0]))
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    yield {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, "total_seconds": total}


def load_average(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the mean number of processes that ran or waited, over 1, 5 and 15 minutes."""
    del ask
    for period, average in zip(("1m", "5m", "15m"), _first(host, "/proc/loadavg"), strict=False):
        yield {"period": period, "average": average}


def memory_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the memory of the host, in bytes."""
    del ask
    fields = (line.split() for _number, line in host.lines("/proc/meminfo"))
    found = {words[0].rstrip(":"): whole(words[1]) for words in fields if len(words) > 1}
    if found:
        yield {column: None if (kib := found.get(key)) is None else kib * 1024 for column, key in MEMORY.items()}


def _first(host: Host, path: str) -> list[str]:
    words = (host.text(path) or "").split()
    if not words:
        raise NotObservedError(f"{path} is not there: the host has no proc file system, or hides it")
    return words
