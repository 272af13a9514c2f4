# SPDX-License-Identifier: Apache-2.0
"""A UPS that NUT's upsd serves."""

from __future__ import annotations

import time
from typing import Protocol

from agents.devices import nut_reading
from agents.devices.sample import Seen


class Line(Protocol):
    """What a device needs of its line; `agents.connections.nut_line` is one."""

    async def variables(self) -> dict[str, str]:
        """Give the variables of the UPS."""
        ...


class NutDevice:
    """One UPS. NUT gives no uptime: upsd itself says when its data are stale, so they have no pulse, only wear."""

    kind = "ups"

    def __init__(self, name: str, line: Line, *, serves: str = "") -> None:
        self.name = name
        self._line = line
        self._serves = serves

    async def look(self) -> Seen:
        """Ask upsd once.

        Raises:
            NotObservedError: it does not answer, or has no fresh data.
        """
        reading = nut_reading.reading(self.name, await self._line.variables(), now=time.time(), serves=self._serves)
        drained = (reading.charge_percent, reading.runtime_minutes, reading.seconds_on_battery)
        return Seen(ups=reading, wear=None if all(one is None for one in drained) else drained)

    def forget(self) -> None:
        """Nothing is kept between looks."""
