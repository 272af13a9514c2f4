# SPDX-License-Identifier: Apache-2.0
"""The single place that talks to one device: polls it within a deadline, and tells a fresh answer from a repeated one."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from agents.devices.reading import Status
from agents.devices.sample import Remark, Sample
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from agents.devices.sample import Device, Seen

# A poll that takes longer is given up: a card of 2 s time-outs must not eat the next poll.
DEADLINE_SECONDS: Final = 8.0
# How often a watcher polls: faster while a battery is drained (NUT's POLLFREQALERT).
MAINS_SECONDS: Final = 10.0
BATTERY_SECONDS: Final = 2.0
# An agent whose uptime stands still for so long serves a frozen copy; a battery that is drained moves within minutes.
PULSE_SECONDS: Final = 30.0
WEAR_SECONDS: Final = 180.0
# After so many polls without an answer its engine ID is asked for anew: the card may have been swapped.
SILENT_POLLS: Final = 2
# sysUpTime counts 2^32 hundredths of a second and begins again; in its last hour a smaller one is no restart.
WRAP_TICKS: Final = 2**32 - 360_000


class Coordinator:
    """Polls one device; one poll at a time, each ends within `seconds`. Times are of the monotonic clock."""

    def __init__(self, device: Device, *, seconds: float = DEADLINE_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._device = device
        self._seconds = seconds
        self._clock = clock
        self._last: Seen | None = None
        self._silent = 0
        self._moved: dict[str, tuple[object, float]] = {}

    @property
    def name(self) -> str:
        """Give the subject's name in the inventory."""
        return self._device.name

    @property
    def kind(self) -> str:
        """Give `ups` or `sensor`."""
        return self._device.kind

    @property
    def interval(self) -> float:
        """Give the seconds until the next poll is due: fewer while the battery carries the load, or last did."""
        ups = self._last.ups if self._last else None
        return BATTERY_SECONDS if ups and ups.status in {Status.ON_BATTERY, Status.TEST} else MAINS_SECONDS

    async def poll(self) -> Sample:
        """Look once; no trouble with the device leaves as an error."""
        try:
            async with asyncio.timeout(self._seconds):
                seen = await self._device.look()
        except TimeoutError:
            return self._no_answer(f"no answer within {self._seconds:g} seconds")
        except NotObservedError as error:
            return self._no_answer(str(error))
        return self._answer(seen)

    def _no_answer(self, trouble: str) -> Sample:
        self._silent += 1
        if self._silent >= SILENT_POLLS:
            self._device.forget()
        return Sample(self.name, self._clock(), trouble=trouble)

    def _answer(self, seen: Seen) -> Sample:
        now = self._clock()
        remarks = tuple(_remarks(self._last, seen))
        on_battery = seen.ups is not None and seen.ups.status is Status.ON_BATTERY
        pulse = self._standing("pulse", seen.pulse, now)
        wear = self._standing("wear", seen.wear if on_battery else None, now)
        self._last, self._silent = seen, 0
        if pulse >= PULSE_SECONDS:
            trouble = f"the device's uptime has stood still for {pulse:.0f} seconds: it serves a copy"
        elif wear >= WEAR_SECONDS:
            trouble = f"nothing of the battery has moved for {wear:.0f} seconds on battery: the readings are old"
        else:
            trouble = ""
        return Sample(self.name, now, seen, trouble, bool(trouble), max(pulse, wear), remarks)

    def _standing(self, what: str, value: object, now: float) -> float:
        """Give the seconds for which `value` has not changed; 0 where there is nothing that could."""
        former, since = self._moved.get(what, (None, now))
        if value is None or value != former:
            since = now
        self._moved[what] = value, since
        return now - since


def _remarks(former: Seen | None, seen: Seen) -> list[Remark]:
    if former is None:
        return []
    found = []
    if former.engine and seen.engine and former.engine != seen.engine:
        found.append(Remark.ENGINE_ID_CHANGED)
    if former.pulse is not None and seen.pulse is not None and seen.pulse < former.pulse < WRAP_TICKS:
        found.append(Remark.RESTARTED)
    serials = {one.ups.serial for one in (former, seen) if one.ups and one.ups.serial}
    return [*found, Remark.SERIAL_CHANGED] if len(serials) > 1 else found
