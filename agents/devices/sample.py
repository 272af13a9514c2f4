# SPDX-License-Identifier: Apache-2.0
"""What one poll of a device gave: its readings, or why there are none, and whether they can be fresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agents.devices.reading import ClimateReading, UpsReading


class Remark(StrEnum):
    """What a poll noticed beside the readings."""

    ENGINE_ID_CHANGED = "engine_id_changed"  # the SNMPv3 card was swapped or reset
    RESTARTED = "restarted"  # the card's uptime went backwards
    SERIAL_CHANGED = "serial_changed"  # another device answers at this address


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a device, as its line gives it.

    `pulse` is what moves while a device lives (its uptime), `wear` what moves while a battery is drained; None where the
    device has no such thing. `engine` is the SNMPv3 engine ID in hexadecimal, "" elsewhere.
    """

    ups: UpsReading | None = None
    climate: tuple[ClimateReading, ...] = ()
    pulse: int | None = None
    wear: tuple[float | None, ...] | None = None
    engine: str = ""


class Device(Protocol):
    """A device that can be looked at."""

    @property
    def name(self) -> str:
        """Give the subject's name in the inventory."""
        ...

    @property
    def kind(self) -> str:
        """Give `ups` or `sensor`."""
        ...

    async def look(self) -> Seen:
        """Ask the device once.

        Raises:
            NotObservedError: it does not answer, refuses, or says what no such device says.
        """
        ...

    def forget(self) -> None:
        """Drop what may have kept the device from answering: its name's address, its SNMPv3 engine."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """What one poll gave, at `at` seconds of the monotonic clock.

    `seen` is None exactly where the device did not answer; `trouble` says why. An answer that is `stale` holds the
    readings of `unchanged_seconds` ago: nothing in it moved that had to move, and `trouble` says what.
    """

    name: str
    at: float
    seen: Seen | None = None
    trouble: str = ""
    stale: bool = False
    unchanged_seconds: float = 0.0
    remarks: tuple[Remark, ...] = field(default_factory=tuple)

    @property
    def answered(self) -> bool:
        """Tell whether the device answered."""
        return self.seen is not None

    @property
    def ups(self) -> UpsReading | None:
        """Give the reading of a UPS that answered."""
        return self.seen.ups if self.seen else None

    @property
    def climate(self) -> tuple[ClimateReading, ...]:
        """Give the readings of the probes that answered."""
        return self.seen.climate if self.seen else ()
