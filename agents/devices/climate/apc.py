# SPDX-License-Identifier: Apache-2.0
"""APC: probes of UPS cards (IEM, universal I/O), of environmental units (EMU, memory modules), of PDUs; and NetBotz."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import ABSENT, HUMIDITY, TEMPERATURE, ProbeTable, Unit

ROOT: Final = "1.3.6.1.4.1.318.1.1"
_IEM: Final = f"{ROOT}.10.2.3.2.1"
_EMS: Final = f"{ROOT}.10.3.13.1.1"
_MEM: Final = f"{ROOT}.10.4.2.3.1"
_IO: Final = f"{ROOT}.25.1.2.1"
_PDU: Final = f"{ROOT}.26.10.2.2.1"
# emsStatusSysTempUnits and memSensorsStatusSysTempUnits: 1 Celsius, 2 Fahrenheit.
_EMS_UNIT: Final = f"{ROOT}.10.3.12.11.0"
_MEM_UNIT: Final = f"{ROOT}.10.4.2.1.0"
_DEGREES: Final = {1: Unit(TEMPERATURE), 2: Unit(TEMPERATURE, fahrenheit=True)}
_LOST: Final = "the device has lost this probe"
_COMMUNICATION: Final = {1: ABSENT, 3: _LOST}

_POWERNET: Final = (
    ProbeTable(f"{_IEM}.4", TEMPERATURE, name=f"{_IEM}.2", unit=f"{_IEM}.5", units=_DEGREES, state=f"{_IEM}.3", states={1: ABSENT}),
    ProbeTable(f"{_IEM}.6", HUMIDITY, name=f"{_IEM}.2", state=f"{_IEM}.3", states={1: ABSENT}),
    ProbeTable(f"{_EMS}.3", TEMPERATURE, name=f"{_EMS}.2", state=f"{_EMS}.10", states=_COMMUNICATION, fahrenheit=_EMS_UNIT),
    ProbeTable(f"{_EMS}.6", HUMIDITY, name=f"{_EMS}.2", state=f"{_EMS}.10", states=_COMMUNICATION),
    ProbeTable(
        f"{_MEM}.5",
        TEMPERATURE,
        name=f"{_MEM}.3",
        place=f"{_MEM}.4",
        state=f"{_MEM}.7",
        states=_COMMUNICATION,
        fahrenheit=_MEM_UNIT,
    ),
    ProbeTable(f"{_MEM}.6", HUMIDITY, name=f"{_MEM}.3", place=f"{_MEM}.4", state=f"{_MEM}.7", states=_COMMUNICATION),
    # Column 5 says the same in Fahrenheit.
    ProbeTable(f"{_IO}.6", TEMPERATURE, name=f"{_IO}.3", place=f"{_IO}.4"),
    ProbeTable(f"{_IO}.7", HUMIDITY, name=f"{_IO}.3", place=f"{_IO}.4"),
    ProbeTable(f"{_PDU}.8", TEMPERATURE, scale=0.1, name=f"{_PDU}.3", state=f"{_PDU}.5", states=_COMMUNICATION),
    ProbeTable(f"{_PDU}.10", HUMIDITY, name=f"{_PDU}.3", state=f"{_PDU}.5", states=_COMMUNICATION),
)

POWERNET: Final = SensorFamily(
    name="PowerNet-MIB",
    root=ROOT,
    walks=(_IEM, f"{ROOT}.10.3.12", _EMS, f"{ROOT}.10.4.2.1", _MEM, _IO, _PDU),
    rows=tables(lambda _: _POWERNET),
)


def _netbotz(root: str) -> SensorFamily:
    temperature, humidity = f"{root}.4.1.1.1", f"{root}.4.1.2.1"
    failed = {5: _LOST}
    made = (
        ProbeTable(f"{temperature}.2", TEMPERATURE, scale=0.1, name=f"{temperature}.4", state=f"{temperature}.3", states=failed),
        ProbeTable(f"{humidity}.2", HUMIDITY, scale=0.1, name=f"{humidity}.4", state=f"{humidity}.3", states=failed),
    )
    return SensorFamily(name="NETBOTZ-MIB", root=root, walks=(temperature, humidity), rows=tables(lambda _: made))


# Before and after APC gave NetBotz a number of its own.
NETBOTZ: Final = (_netbotz("1.3.6.1.4.1.5528.100"), _netbotz("1.3.6.1.4.1.52674.500"))
