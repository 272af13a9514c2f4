# SPDX-License-Identifier: Apache-2.0
"""Rittal: CMC III keeps everything in one table of named variables; CMC-TC has a table of typed sensors for each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import (
    ABSENT,
    DEVICE_TEMPERATURE,
    HUMIDITY,
    TEMPERATURE,
    ProbeTable,
    Unit,
    measured,
)
from agents.devices.raw import number, text
from agents.devices.reading import ClimateReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.devices.raw import Values

ROOT: Final = "1.3.6.1.4.1.2606.7"
_VARIABLES: Final = f"{ROOT}.4.2.2.1"
_NAME, _UNIT, _SCALE, _TEXT, _VALUE = (f"{_VARIABLES}.{column}" for column in (3, 5, 7, 10, 11))
_UNITS: Final = {
    "degree c": Unit(TEMPERATURE),
    "°c": Unit(TEMPERATURE),
    "degree f": Unit(TEMPERATURE, fahrenheit=True),
    "% r.h.": Unit(HUMIDITY),
    "% rh": Unit(HUMIDITY),
    "%rh": Unit(HUMIDITY),
    "%": Unit(HUMIDITY),
}
_SUFFIX: Final = ".Value"
# What a sensor's Status variable says in words while it is not to be believed.
_UNWELL: Final = frozenset({"n.a.", "not available", "lost", "error", "inactive", "sensor broken", "short cut", "failure"})


def _variables(_: str, subject: str, values: Values, read_at: int) -> Iterator[ClimateReading]:
    names = {index: text(values.peek(f"{_NAME}.{index}")) for index in values.indexes(_NAME)}
    where = {(index.partition(".")[0], name): index for index, name in names.items()}
    for index, name in names.items():
        unit = _UNITS.get(text(values.peek(f"{_UNIT}.{index}")).lower())
        if unit is None or not name.endswith(_SUFFIX) or not ("Temperature" in name or "Humidity" in name):
            continue
        device, stem = index.partition(".")[0], name.removesuffix(_SUFFIX)
        # "System." variables are the unit's own, not the room's.
        kind = DEVICE_TEMPERATURE if stem.startswith("System.") else unit.kind
        value, reason = _read(values, index, Unit(kind, unit.fahrenheit))
        status = text(values.get(f"{_TEXT}.{where.get((device, f'{stem}.Status'), '')}"))
        if status.lower() in _UNWELL:
            value, reason = None, ABSENT if status.lower() in {"n.a.", "not available"} else f"the device reports {status!r}"
        label = text(values.get(f"{_TEXT}.{where.get((device, f'{stem}.DescName'), '')}")) or stem
        yield ClimateReading(
            subject, label, kind, value, "%" if kind == HUMIDITY else "C", value is not None, reason, read_at=read_at
        )


def _read(values: Values, index: str, unit: Unit) -> tuple[float | None, str]:
    scale = number(values.get(f"{_SCALE}.{index}")) or 1.0
    # -100 means divide by 100, 100 multiply by it.
    return measured(values.get(f"{_VALUE}.{index}"), unit, scale=1 / -scale if scale < 0 else scale)


CMC_III: Final = SensorFamily(
    name="RITTAL-CMC-III-MIB",
    root=ROOT,
    walks=tuple(f"{_VARIABLES}.{column}" for column in (3, 5, 7, 10, 11)),
    rows=_variables,
)

_TC_ROOT: Final = "1.3.6.1.4.1.2606.4"
_TC_TYPES: Final = {
    10: Unit(TEMPERATURE),
    12: Unit(HUMIDITY),
    **dict.fromkeys(range(48, 58), Unit(TEMPERATURE)),  # air of a liquid cooling package
}
_TC_STATES: Final = {1: ABSENT, 2: "the device has lost this probe"}


def _tc_tables() -> tuple[ProbeTable, ...]:
    columns = [f"{_TC_ROOT}.2.{unit}.5.2.1" for unit in (3, 4, 5, 6)]
    return tuple(
        ProbeTable(f"{one}.5", "", name=f"{one}.3", unit=f"{one}.2", units=_TC_TYPES, state=f"{one}.4", states=_TC_STATES)
        for one in columns
    )


_TC_TABLES: Final = _tc_tables()
CMC_TC: Final = SensorFamily(
    name="RITTAL-CMC-TC-MIB",
    root=_TC_ROOT,
    walks=tuple(f"{_TC_ROOT}.2.{unit}.5.2.1" for unit in (3, 4, 5, 6)),
    rows=tables(lambda _: _TC_TABLES),
)
