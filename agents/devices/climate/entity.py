# SPDX-License-Identifier: Apache-2.0
"""ENTITY-SENSOR-MIB (RFC 3433): what any agent may offer, also where its maker is not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices.climate.family import SensorFamily
from agents.devices.climate.probe import HUMIDITY, TEMPERATURE, UNITS, Unit, measured
from agents.devices.raw import number, text
from agents.devices.reading import ClimateReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.devices.raw import Values

ROOT: Final = "1.3.6.1.2.1.99.1.1.1"
_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS = (f"{ROOT}.{column}" for column in (1, 2, 3, 4, 5))
_NAME: Final = "1.3.6.1.2.1.47.1.1.1.1.7"
_TYPES: Final = {8: Unit(TEMPERATURE), 9: Unit(HUMIDITY)}
_UNITS_EXPONENT: Final = 9  # of entPhySensorScale: "units", a factor of one
_STATES: Final = {2: "the device cannot read this probe", 3: "the device has lost this probe"}


def _rows(_: str, subject: str, values: Values, read_at: int) -> Iterator[ClimateReading]:
    for index in values.indexes(_TYPE):
        unit = _TYPES.get(int(number(values.get(f"{_TYPE}.{index}")) or 0))
        if unit is None:
            continue
        exponent = (number(values.get(f"{_SCALE}.{index}")) or _UNITS_EXPONENT) - _UNITS_EXPONENT
        precision = number(values.get(f"{_PRECISION}.{index}")) or 0
        value, reason = measured(values.get(f"{_VALUE}.{index}"), unit, scale=10 ** (3 * exponent - precision))
        state = values.get(f"{_STATUS}.{index}")
        if isinstance(state, int) and state in _STATES:
            value, reason = None, _STATES[state]
        name = text(values.get(f"{_NAME}.{index}")) or f"{unit.kind} {index}"
        yield ClimateReading(subject, name, unit.kind, value, UNITS[unit.kind], value is not None, reason, read_at=read_at)


FAMILY: Final = SensorFamily(name="ENTITY-SENSOR-MIB", root=ROOT, walks=(ROOT, _NAME), rows=_rows)
