# SPDX-License-Identifier: Apache-2.0
"""Read and write durations as ISO 8601 has them, and nothing else: no `1m` that one reads as a minute and one as a month."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from datetime import datetime

_SHAPE: Final = re.compile(
    r"P(?=[0-9T])(?:(?P<years>[0-9]{1,2})Y)?(?:(?P<months>[0-9]{1,3})M)?(?:(?P<weeks>[0-9]{1,4})W)?(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,8})S)?)?",
    re.ASCII,
)
MONTHS: Final = 12
HINT_EN: Final = "write an ISO 8601 duration, such as P90D (days), P6M (months) or P1Y"
HINT_ZH: Final = "请写成 ISO 8601 期限，如 P90D（天）、P6M（月）或 P1Y（年）"


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of the calendar (`months`) and of the clock (`seconds`): a month is as long as the one it begins in."""

    months: int
    seconds: int

    def after(self, moment: datetime) -> datetime:
        """Give the moment this long after `moment`; the 31st of a shorter month is its last day."""
        number = moment.year * MONTHS + moment.month - 1 + self.months
        year, month = divmod(number, MONTHS)
        day = min(moment.day, calendar.monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + timedelta(seconds=self.seconds)


def read(text: str) -> Duration:
    """Read a duration: `P1Y2M10DT2H30M`, `P2W`.

    Raises:
        TroubleError: it is none, or is shorter than a day: an inspection never means `PT1M`, which is one minute.
    """
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise TroubleError(say(f"not a duration: {text!r}; {HINT_EN}", f"无法识别的期限：{text!r}；{HINT_ZH}"))
    part = {name: int(value or 0) for name, value in found.groupdict().items()}
    days = part["weeks"] * 7 + part["days"]
    seconds = days * 86400 + part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]
    months = part["years"] * MONTHS + part["months"]
    if not months and seconds < 24 * 3600:
        raise TroubleError(say(f"{text} is shorter than a day; {HINT_EN}", f"{text} 不足一天；{HINT_ZH}"))
    return Duration(months, seconds)


def of_days(days: int) -> str:
    """Write a number of days."""
    return f"P{days}D"
