# SPDX-License-Identifier: Apache-2.0
"""HW group: Poseidon and STE. Values in tenths; a column names the unit, another the state (0 is an invalid reading)."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import HUMIDITY, TEMPERATURE, ProbeTable, Unit

ROOT: Final = "1.3.6.1.4.1.21796"
_INVALID: Final = {0: "the device reports an invalid reading"}
_FAHRENHEIT: Final = Unit(TEMPERATURE, fahrenheit=True)
_POSEIDON: Final = f"{ROOT}.3.3.3.1"
_POSEIDON_UNITS: Final = {0: Unit(TEMPERATURE), 1: _FAHRENHEIT, 3: Unit(HUMIDITY)}
_STE_UNITS: Final = {1: Unit(TEMPERATURE), 2: _FAHRENHEIT, 4: Unit(HUMIDITY)}
# STE, STE2 and the models beside them keep the same table under their own numbers.
_STE: Final = tuple(f"{ROOT}.4.{model}.3.1" for model in (1, 4, 5, 9, 10))
_TABLES: Final = (
    ProbeTable(
        f"{_POSEIDON}.6",
        "",
        scale=0.1,
        name=f"{_POSEIDON}.2",
        unit=f"{_POSEIDON}.9",
        units=_POSEIDON_UNITS,
        state=f"{_POSEIDON}.4",
        states=_INVALID,
    ),
    *(
        ProbeTable(
            f"{column}.5",
            "",
            scale=0.1,
            name=f"{column}.2",
            unit=f"{column}.7",
            units=_STE_UNITS,
            state=f"{column}.3",
            states=_INVALID,
        )
        for column in _STE
    ),
)

FAMILY: Final = SensorFamily(name="POSEIDON-MIB", root=ROOT, walks=(_POSEIDON, *_STE), rows=tables(lambda _: _TABLES))
