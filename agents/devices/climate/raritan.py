# SPDX-License-Identifier: Apache-2.0
"""Raritan: external sensors of PDUs (PDU2-MIB) and of EMX controllers (EMD-MIB). Temperatures in tenths, humidity whole."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import ABSENT, HUMIDITY, TEMPERATURE, ProbeTable, Unit

ROOT: Final = "1.3.6.1.4.1.13742"
_TEMPERATURES: Final = {10: Unit(TEMPERATURE)}
_HUMIDITIES: Final = {11: Unit(HUMIDITY)}
# State -1 is a sensor that is not there, 12 one that does not answer.
_STATES: Final = {-1: ABSENT, 12: "the device has lost this probe"}
# Where the settings stand (type in column 2, name in 4), and where the measurements (state, then value).
_PLACES: Final = (
    (f"{ROOT}.6.3.6.3.1", f"{ROOT}.6.5.5.3.1.3", f"{ROOT}.6.5.5.3.1.4"),
    (f"{ROOT}.8.1.2.1.1", f"{ROOT}.8.2.1.1.1.2", f"{ROOT}.8.2.1.1.1.3"),
)
_TABLES: Final = tuple(
    ProbeTable(
        value,
        "",
        scale=scale,
        name=f"{settings}.4",
        unit=f"{settings}.2",
        units=types,
        state=state,
        states=_STATES,
    )
    for settings, state, value in _PLACES
    for types, scale in ((_TEMPERATURES, 0.1), (_HUMIDITIES, 1.0))
)

FAMILY: Final = SensorFamily(
    name="PDU2-MIB",
    root=ROOT,
    walks=tuple(oid for settings, state, value in _PLACES for oid in (f"{settings}.2", f"{settings}.4", state, value)),
    rows=tables(lambda _: _TABLES),
)
