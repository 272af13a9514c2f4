# SPDX-License-Identifier: Apache-2.0
"""Gude: Expert Sensor Box and PDUs with sensors; each model repeats one layout under its number. Tenths; -9999 is no probe."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import DEW_POINT, DEW_POINT_DISTANCE, HUMIDITY, PRESSURE, TEMPERATURE, ProbeTable

ROOT: Final = "1.3.6.1.4.1.28507"
# Pressure in hPa, as it stands: every other column is in tenths.
_COLUMNS: Final = (
    (2, TEMPERATURE, 0.1),
    (3, HUMIDITY, 0.1),
    (5, PRESSURE, 1.0),
    (6, DEW_POINT, 0.1),
    (7, DEW_POINT_DISTANCE, 0.1),
)
_NO_PROBE: Final = frozenset({-9999.0, -999.0})


def _tables(product: str) -> tuple[ProbeTable, ...]:
    column = f"{ROOT}.{product}.1.6.1.1"
    return tuple(
        ProbeTable(f"{column}.{number}", kind, scale=scale, name=f"{column}.32", absent=_NO_PROBE)
        for number, kind, scale in _COLUMNS
    )


FAMILY: Final = SensorFamily(name="GUDEADS-MIB", root=ROOT, walks=(f"{ROOT}.{{product}}.1.6.1.1",), rows=tables(_tables))
