# SPDX-License-Identifier: Apache-2.0
"""AKCP: sensorProbe, securityProbe and sensorProbe+. Raw columns in tenths; "online" 2 is a port without a probe."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import ABSENT, HUMIDITY, TEMPERATURE, ProbeTable

ROOT: Final = "1.3.6.1.4.1.3854"
_STATUS: Final = {7: "the device reports a probe error"}
_OFFLINE: Final = {2: ABSENT}


def _old(group: int, raw: int, kind: str) -> ProbeTable:
    column = f"{ROOT}.1.2.2.1.{group}.1"
    return ProbeTable(f"{column}.{raw}", kind, scale=0.1, name=f"{column}.1", state=f"{column}.5", states=_OFFLINE)


def _new(table: str, kind: str) -> ProbeTable:
    column = f"{ROOT}.{table}.1"
    return ProbeTable(f"{column}.20", kind, scale=0.1, name=f"{column}.2", state=f"{column}.6", states=_STATUS)


_TABLES: Final = (
    _old(16, 14, TEMPERATURE),
    _old(17, 13, HUMIDITY),
    *(_new(f"{generation}.{group}", kind) for generation in ("2.3", "3.5") for group, kind in ((2, TEMPERATURE), (3, HUMIDITY))),
)

FAMILY: Final = SensorFamily(
    name="SPAGENT-MIB",
    root=ROOT,
    walks=(
        *(f"{ROOT}.1.2.2.1.16.1.{column}" for column in (1, 5, 14)),
        *(f"{ROOT}.1.2.2.1.17.1.{column}" for column in (1, 5, 13)),
        *(f"{ROOT}.{generation}.{group}" for generation in ("2.3", "3.5") for group in (2, 3)),
    ),
    rows=tables(lambda _: _TABLES),
)
