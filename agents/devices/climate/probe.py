# SPDX-License-Identifier: Apache-2.0
"""A table of probes as data, and how its rows become readings. A scalar is a table whose only index is 0."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.devices.point import NO_NUMBER
from agents.devices.raw import number, text
from agents.devices.reading import ClimateReading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.devices.raw import Raw, Values

TEMPERATURE: Final = "temperature"
HUMIDITY: Final = "humidity"
PRESSURE: Final = "pressure"
DEW_POINT: Final = "dew_point"
DEW_POINT_DISTANCE: Final = "dew_point_distance"
# Inside a device, not in the room: no measure of the climate people asked for.
DEVICE_TEMPERATURE: Final = "device_temperature"
UNITS: Final[Mapping[str, str]] = {
    TEMPERATURE: "C",
    HUMIDITY: "%",
    PRESSURE: "hPa",
    DEW_POINT: "C",
    DEW_POINT_DISTANCE: "C",
    DEVICE_TEMPERATURE: "C",
}
# What can stand in a room; an absent probe often reads 0.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    TEMPERATURE: (-40, 85),
    HUMIDITY: (1, 100),
    PRESSURE: (300, 1200),
    DEW_POINT: (-60, 60),
    DEW_POINT_DISTANCE: (0, 80),
    DEVICE_TEMPERATURE: (-40, 125),
}
ABSENT: Final = "no probe is connected"
_FAHRENHEIT: Final = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit column means: the kind measured, and whether it is in Fahrenheit."""

    kind: str
    fahrenheit: bool = False


@dataclass(frozen=True, slots=True)
class ProbeTable:
    """One column of measurements: OIDs are columns without index.

    `kind` is what it measures, or "" where the columns `unit` says it by `units`. The raw number times `scale` is the value.
    `state` is a column that says how the probe is: `states` are its raw values that mean that it is not well, with the reason
    (`ABSENT`: nothing is plugged in). `absent` are numbers that say so too. `only` limits it to some indexes.
    `fahrenheit` is the OID of a scalar that says 2 for Fahrenheit, and "always" where nothing else is spoken.
    """

    value: str
    kind: str
    scale: float = 1.0
    name: str = ""
    place: str = ""
    unit: str = ""
    units: Mapping[Any, Unit] = field(default_factory=dict)
    state: str = ""
    states: Mapping[int, str] = field(default_factory=dict)
    absent: frozenset[float] = frozenset()
    only: frozenset[str] = frozenset()
    fahrenheit: str = ""
    label: str = ""

    def rows(self, subject: str, values: Values, read_at: int) -> Iterator[ClimateReading]:
        """Give a reading for every row."""
        for index in values.indexes(self.value):
            if self.only and index not in self.only:
                continue
            unit = self._unit(index, values)
            if unit is not None:
                yield self._row(subject, values, index, unit, read_at)

    def _unit(self, index: str, values: Values) -> Unit | None:
        if self.unit:
            raw = values.get(f"{self.unit}.{index}")
            told = self.units.get(text(raw).lower() if isinstance(raw, bytes) else raw)
            return Unit(self.kind or told.kind, told.fahrenheit) if told else Unit(self.kind) if self.kind else None
        return Unit(self.kind, self.fahrenheit == "always" or values.get(self.fahrenheit) == _FAHRENHEIT)

    def _row(self, subject: str, values: Values, index: str, unit: Unit, read_at: int) -> ClimateReading:
        raw = values.get(f"{self.value}.{index}")
        value, reason = measured(raw, unit, scale=self.scale, absent=self.absent)
        state = values.get(f"{self.state}.{index}") if self.state else None
        if isinstance(state, int) and state in self.states:
            value, reason = None, self.states[state]
        name = text(values.peek(f"{self.name}.{index}")) if self.name else ""
        place = text(values.peek(f"{self.place}.{index}")) if self.place else ""
        return ClimateReading(
            name=subject,
            probe=name or self.label or f"{unit.kind} {index}",
            kind=unit.kind,
            value=value,
            unit=UNITS[unit.kind],
            ok_reading=value is not None,
            reason=reason,
            place=place,
            read_at=read_at,
        )


def measured(raw: Raw | None, unit: Unit, *, scale: float, absent: frozenset[float] = frozenset()) -> tuple[float | None, str]:
    """Turn a raw number into a value in the unit of its kind, or give the reason why it is none."""
    said = number(raw)
    if said is None:
        return None, f"the device gives {text(raw)!r}, no number" if text(raw) else "the device gives nothing"
    if said in absent or said == -1:
        return None, ABSENT
    if said == 0 and unit.kind in {TEMPERATURE, HUMIDITY}:
        return None, "the device gives 0, as one without a probe does"
    if said in NO_NUMBER:
        return None, f"the device gives {said:.12g}, its word for not known"
    value = said * scale
    value = round((value - 32) / 1.8 if unit.fahrenheit else value, 2)
    lowest, highest = _RANGES[unit.kind]
    if not lowest <= value <= highest:
        return None, f"the device gives {value:g} {UNITS[unit.kind]}, which is outside {lowest:g} to {highest:g}"
    return value, ""
