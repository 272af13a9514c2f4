# SPDX-License-Identifier: Apache-2.0
"""Write UTC times of the ledger as local times of the report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Clock:
    """A fixed offset, in minutes east of UTC."""

    offset: int

    @property
    def name(self) -> str:
        """Give the offset as `+08:00`."""
        sign = "-" if self.offset < 0 else "+"
        hours, minutes = divmod(abs(self.offset), _MINUTE)
        return f"{sign}{hours:02d}:{minutes:02d}"

    def moment(self, utc: str) -> datetime:
        """Read a UTC time, ISO 8601 with a `Z`, as local time."""
        return datetime.fromisoformat(utc).astimezone(timezone(timedelta(minutes=self.offset)))

    def short(self, utc: str | None) -> str:
        """Give `2026-11-22 06:40`, or "" for None."""
        return self.moment(utc).strftime("%Y-%m-%d %H:%M") if utc else ""

    def full(self, utc: str) -> str:
        """Give `2026-11-22 06:40 +08:00`."""
        return f"{self.short(utc)} {self.name}"

    def day(self, utc: object) -> date | None:
        """Give the local date of a UTC time from evidence, None where it is no time at all."""
        try:
            return self.moment(str(utc)).date()
        except ValueError:
            return None
