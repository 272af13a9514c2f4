# SPDX-License-Identifier: Apache-2.0
"""A UPS or a sensor that speaks SNMP: learnt once by walking what it has, then asked for what its readings need."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from agents.devices import climate, merge
from agents.devices.families import FAMILIES
from agents.devices.raw import Values, text
from agents.devices.reading import nothing
from agents.devices.sample import Seen
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.devices.climate.family import SensorFamily
    from agents.devices.family import Family
    from agents.devices.raw import Raw
    from agents.devices.reading import ClimateReading, UpsReading

DESCRIPTION: Final = "1.3.6.1.2.1.1.1.0"
OBJECT_ID: Final = "1.3.6.1.2.1.1.2.0"
UPTIME: Final = "1.3.6.1.2.1.1.3.0"
# What a device has is learnt anew so often: probes are plugged in, phases and alarms appear.
RELEARN_SECONDS: Final = 600.0


class Line(Protocol):
    """What a device needs of its line; `agents.connections.snmp_line` is one."""

    @property
    def engine(self) -> str:
        """Give the SNMPv3 engine ID, "" where there is none."""
        ...

    async def get(self, oids: Sequence[str]) -> dict[str, Raw]:
        """Give what the agent has of `oids`."""
        ...

    async def present(self, roots: Sequence[str]) -> dict[str, str]:
        """Tell below which of `roots` the agent has anything."""
        ...

    async def walk(self, root: str) -> dict[str, Raw]:
        """Give everything below `root`."""
        ...

    def forget(self) -> None:
        """Drop what the line knows of the agent."""
        ...


class SnmpDevice:
    """One device; one look at a time."""

    def __init__(self, name: str, kind: str, line: Line, *, serves: str = "", place: str = "") -> None:
        self.name = name
        self.kind = kind
        self._line = line
        self._serves = serves
        self._place = place
        self._values: dict[str, Raw] = {}
        self._touched: list[str] = []
        self._families: list[Family] = []
        self._sensors: list[tuple[SensorFamily, str]] = []
        self._learnt: float | None = None
        self._walked: dict[str, Raw] = {}
        self._to_walk: list[str] = []

    async def look(self) -> Seen:
        """Ask the device once.

        Raises:
            NotObservedError: it does not answer or refuses; its card has lost the UPS; a sensor speaks nothing known here.
        """
        due = self._learnt is None or time.monotonic() - self._learnt > RELEARN_SECONDS
        if due or not await self._refresh():
            await self._learn()
        uptime = self._values.get(UPTIME)
        pulse = uptime if isinstance(uptime, int) else None
        values = Values(self._values)
        seen = self._ups(values, pulse) if self.kind == "ups" else self._climate(values, pulse)
        self._touched = sorted(values.touched)
        return seen

    def forget(self) -> None:
        """Ask for the device's SNMPv3 engine anew. What it has is kept: it is learnt again if it answers with something else.

        Learning costs thirty polls: were every silence followed by it, a busy network would never find back.
        """
        self._line.forget()

    async def _learn(self) -> None:
        """Learn what the device has; what a look that was cut short has learnt is kept for the next one."""
        self._learnt = None
        if not self._to_walk:
            values = await self._line.get((DESCRIPTION, OBJECT_ID, UPTIME))
            own = text(values.get(OBJECT_ID)).lstrip(".")
            walks = await (self._find_ups(own) if self.kind == "ups" else self._find_sensors(own))
            self._walked, self._to_walk = values, walks
        await self._walk()
        if self.kind != "ups" and not self._rows(Values(self._walked)):
            self._sensors.append((climate.GENERIC, ""))
            self._to_walk = list(climate.GENERIC.walks)
            await self._walk()
        self._values, self._learnt = self._walked, time.monotonic()

    async def _walk(self) -> None:
        while self._to_walk:
            self._walked |= await self._line.walk(self._to_walk[0])
            del self._to_walk[0]

    async def _find_ups(self, own: str) -> list[str]:
        there = await self._line.present([one.root for one in FAMILIES])
        found = [one for one in FAMILIES if one.root in there]
        # The MIB of the card's own maker first; the others keep their order.
        self._families = sorted(
            found, key=lambda one: (one.lags, not (one.enterprise and f"{own}.".startswith(f"{one.enterprise}.")))
        )
        return [walk for one in self._families for walk in one.walks]

    async def _find_sensors(self, own: str) -> list[str]:
        there = await self._line.present([one.root for one in climate.FAMILIES])
        self._sensors = [(one, one.product(own) or one.product(there[one.root])) for one in climate.FAMILIES if one.root in there]
        return [walk for one, product in self._sensors for walk in one.subtrees(product)]

    async def _refresh(self) -> bool:
        """Ask for what the last reading was made of; tell whether the device is still the one that was learnt."""
        if not self._touched:
            return False
        answers = await self._line.get([UPTIME, *self._touched])
        before, now = self._values.get(UPTIME), answers.get(UPTIME)
        if isinstance(before, int) and isinstance(now, int) and now < before:
            return False  # it has started anew, and may be another card
        # What a device no longer has is unknown now, not as it was.
        for oid in (UPTIME, *self._touched):
            self._values.pop(oid, None)
        self._values |= answers
        return any(oid in answers for oid in self._touched)

    def _ups(self, values: Values, pulse: int | None) -> Seen:
        reading = self._reading(values, pulse)
        drained = (reading.charge_percent, reading.runtime_minutes, reading.seconds_on_battery)
        wear = None if all(one is None for one in drained) else drained
        return Seen(ups=reading, pulse=pulse, wear=wear, engine=self._line.engine)

    def _reading(self, values: Values, pulse: int | None) -> UpsReading:
        now = time.time()
        if not self._families:
            return nothing(self.name, self._unknown_device(), serves=self._serves, read_at=int(now))
        if merge.lost(values):
            raise NotObservedError("the card answers, but has lost the UPS it sits in: what it serves is old")
        return merge.reading(self.name, self._families, values, now=now, uptime=pulse, serves=self._serves)

    def _climate(self, values: Values, pulse: int | None) -> Seen:
        rows = self._rows(values)
        if not rows:
            raise NotObservedError(self._unknown_device())
        return Seen(climate=tuple(rows), pulse=pulse, engine=self._line.engine)

    def _rows(self, values: Values) -> list[ClimateReading]:
        read_at = int(time.time())
        rows = [row for one, product in self._sensors for row in one.rows(product, self.name, values, read_at)]
        return [row if row.place or not self._place else replace(row, place=self._place) for row in rows]

    def _unknown_device(self) -> str:
        own, description = text(self._values.get(OBJECT_ID)), text(self._values.get(DESCRIPTION))
        kind = "UPS" if self.kind == "ups" else "sensor"
        return f"the device speaks no {kind} MIB known here (sysObjectID {own or 'not given'}, {description or 'no description'})"
