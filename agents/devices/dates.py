# SPDX-License-Identifier: Apache-2.0
"""The dates that devices write, in one form."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b")
_AMERICAN: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})\b")
_CENTURY: Final = 2000
_TICKS_A_SECOND: Final = 100


def written(text: str) -> str | None:
    """Read YYYY-MM-DD (any of - / .) or the American MM/DD/YYYY or MM/DD/YY of APC and CyberPower; None where it is neither."""
    if match := _ISO.match(text):
        return _iso(int(match[1]), int(match[2]), int(match[3]))
    if match := _AMERICAN.match(text):
        year = int(match[3])
        return _iso(year if year > _CENTURY else year + _CENTURY, int(match[1]), int(match[2]))
    return None


def ago(now: float, uptime: int, ticks: int) -> str | None:
    """Turn the uptime `ticks` at which something began into its date; None where it lies beyond the uptime."""
    if not 0 < ticks <= uptime:
        return None
    moment = datetime.fromtimestamp(now, UTC) - timedelta(seconds=(uptime - ticks) / _TICKS_A_SECOND)
    return moment.date().isoformat()


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
