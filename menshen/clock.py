# SPDX-License-Identifier: Apache-2.0
"""Tell the time, and read the times people write: UTC with a Z inside, local with offset outside."""

from __future__ import annotations

from datetime import UTC, datetime

from menshen.language import say
from menshen.trouble import TroubleError
from reports.clock import Clock


def stamp(moment: datetime) -> str:
    """Write a moment as the ledger does: UTC, whole seconds, a Z."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def now() -> str:
    """Give the present moment, as `stamp` writes it."""
    return stamp(datetime.now(UTC))


def read(text: str, *, end_of_day: bool = False) -> str:
    """Read a date or a time (local where no offset is written) and give it as `stamp` does.

    A bare date means its first second, or its last with `end_of_day`.

    Raises:
        TroubleError: it is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TroubleError(
            say(
                f"not a time: {text!r}; write 2026-11-22 or 2026-11-22T06:40+08:00",
                f"无法识别的时间：{text!r}；请写成 2026-11-22 或 2026-11-22T06:40+08:00",
            )
        ) from None
    if end_of_day and len(text) == len("2026-11-22"):
        moment = moment.replace(hour=23, minute=59, second=59)
    return stamp(moment.astimezone())


def offset(text: str) -> int:
    """Give how many minutes east of UTC people here are at the moment of a stamp."""
    shift = datetime.fromisoformat(text).astimezone().utcoffset()
    return int(shift.total_seconds() // 60) if shift else 0


def local(text: str) -> str:
    """Write a stamp for people here: 2026-11-22 06:40 +08:00."""
    return Clock(offset(text)).full(text)
