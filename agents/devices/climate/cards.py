# SPDX-License-Identifier: Apache-2.0
"""Probes plugged into UPS cards: Eaton and MGE, CyberPower, Tripp Lite, Delta; and Geist's (Vertiv's) watchdogs."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import DEVICE_TEMPERATURE, HUMIDITY, TEMPERATURE, ProbeTable

_EATON: Final = "1.3.6.1.4.1.534.1.6"
_MGE: Final = "1.3.6.1.4.1.705.1"
_MGE_ROW: Final = f"{_MGE}.8.7.1"
_MGE_NAME: Final = f"{_MGE}.4.34.1.2"
_LOST: Final = {1: "the device has lost this probe"}
_CPS: Final = "1.3.6.1.4.1.3808.1.1"
_TRIPPLITE: Final = "1.3.6.1.4.1.850.101.1"
_DELTA: Final = "1.3.6.1.4.1.2254.2.4.10"
_GEIST: Final = "1.3.6.1.4.1.21239.5.1"

EATON: Final = SensorFamily(
    name="XUPS-MIB",
    root=_EATON,
    walks=(_EATON,),
    rows=tables(
        lambda _: (
            ProbeTable(f"{_EATON}.1", DEVICE_TEMPERATURE, label="UPS cabinet", absent=frozenset({0.0})),
            ProbeTable(f"{_EATON}.5", TEMPERATURE, label="Remote probe"),
            ProbeTable(f"{_EATON}.6", HUMIDITY, label="Remote probe"),
        )
    ),
)
MGE: Final = SensorFamily(
    name="MG-SNMP-UPS-MIB",
    root=_MGE,
    walks=(f"{_MGE}.8", _MGE_NAME),
    rows=tables(
        lambda _: (
            # The scalars 8.1 and 8.2 repeat the first row.
            ProbeTable(f"{_MGE_ROW}.3", TEMPERATURE, scale=0.1, name=_MGE_NAME, state=f"{_MGE_ROW}.2", states=_LOST),
            ProbeTable(f"{_MGE_ROW}.6", HUMIDITY, scale=0.1, name=_MGE_NAME, state=f"{_MGE_ROW}.2", states=_LOST),
        )
    ),
)
CYBERPOWER: Final = SensorFamily(
    name="CPS-MIB",
    root=_CPS,
    walks=(f"{_CPS}.4", f"{_CPS}.8.2", f"{_CPS}.8.3"),
    rows=tables(
        lambda _: (
            # The second generation of sensors gives hundredths, the first tenths of a degree Fahrenheit.
            ProbeTable(f"{_CPS}.8.2.3.1.3", TEMPERATURE, scale=0.01, fahrenheit=f"{_CPS}.8.2.2.0", label="Environment sensor"),
            ProbeTable(f"{_CPS}.8.3.2.1.3", HUMIDITY, scale=0.01, label="Environment sensor"),
            ProbeTable(f"{_CPS}.4.2.1", TEMPERATURE, scale=0.1, fahrenheit="always", label="Environment sensor"),
            ProbeTable(f"{_CPS}.4.3.1", HUMIDITY, label="Environment sensor"),
        )
    ),
)
TRIPPLITE: Final = SensorFamily(
    name="TRIPPLITE-MIB",
    root=_TRIPPLITE,
    walks=(_TRIPPLITE,),
    rows=tables(
        lambda _: (
            ProbeTable(f"{_TRIPPLITE}.1.1", TEMPERATURE, label="Environment sensor"),
            ProbeTable(f"{_TRIPPLITE}.2.1", HUMIDITY, label="Environment sensor"),
        )
    ),
)
DELTA: Final = SensorFamily(
    name="DeltaUPS-MIB",
    root=_DELTA,
    walks=(f"{_DELTA}.1", f"{_DELTA}.2"),
    rows=tables(
        lambda _: (
            ProbeTable(f"{_DELTA}.1", TEMPERATURE, label="Environment sensor"),
            ProbeTable(f"{_DELTA}.2", HUMIDITY, label="Environment sensor"),
        )
    ),
)
# Not available is 0 in column 4; column 7 of the first table is the dew point.
_GONE: Final = {0: "the device has lost this probe"}
GEIST: Final = SensorFamily(
    name="GEIST-V4-MIB",
    root=_GEIST,
    walks=(f"{_GEIST}.2.1", f"{_GEIST}.4.1", f"{_GEIST}.5.1"),
    rows=tables(
        lambda _: (
            ProbeTable(f"{_GEIST}.2.1.5", TEMPERATURE, scale=0.1, name=f"{_GEIST}.2.1.3", state=f"{_GEIST}.2.1.4", states=_GONE),
            ProbeTable(f"{_GEIST}.2.1.6", HUMIDITY, name=f"{_GEIST}.2.1.3", state=f"{_GEIST}.2.1.4", states=_GONE),
            ProbeTable(f"{_GEIST}.4.1.5", TEMPERATURE, scale=0.1, name=f"{_GEIST}.4.1.3", state=f"{_GEIST}.4.1.4", states=_GONE),
            ProbeTable(f"{_GEIST}.5.1.5", TEMPERATURE, scale=0.1, name=f"{_GEIST}.5.1.3", state=f"{_GEIST}.5.1.4", states=_GONE),
            ProbeTable(f"{_GEIST}.5.1.6", HUMIDITY, name=f"{_GEIST}.5.1.3", state=f"{_GEIST}.5.1.4", states=_GONE),
        )
    ),
)
