# SPDX-License-Identifier: Apache-2.0
"""AVTECH: Room Alert and TemPageR. Scalars, laid out anew for each model; hundredths, older models whole degrees."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import HUMIDITY, TEMPERATURE, ProbeTable

ROOT: Final = "1.3.6.1.4.1.20916.1"
_HUNDREDTHS: Final = 0.01


def _t(oid: str, name: str = "", label: str = "", scale: float = _HUNDREDTHS) -> ProbeTable:
    return ProbeTable(f"{ROOT}.{oid}", TEMPERATURE, scale=scale, name=f"{ROOT}.{name}" if name else "", label=label)


def _h(oid: str, name: str = "", label: str = "") -> ProbeTable:
    return ProbeTable(f"{ROOT}.{oid}", HUMIDITY, scale=_HUNDREDTHS, name=f"{ROOT}.{name}" if name else "", label=label)


def _room_alert_12e() -> tuple[ProbeTable, ...]:
    outside = (2, 3, 4)
    return (
        _t("10.1.1.1", "10.1.1.3"),
        *(_t(f"10.1.{port}.1", f"10.1.{port}.8") for port in outside),
        *(_h(f"10.1.{port}.3", f"10.1.{port}.8") for port in outside),
    )


def _large(product: int) -> tuple[ProbeTable, ...]:
    """Give the probes of Room Alert 32 and 12S: one inside, up to sixteen outside."""
    ports = range(1, 17)
    return (
        _t(f"{product}.1.1.1.2", label="Internal"),
        _h(f"{product}.1.1.2.1", label="Internal"),
        *(_t(f"{product}.1.2.{port}.1", label=f"Sensor {port}") for port in ports),
        *(_h(f"{product}.1.2.{port}.3", label=f"Sensor {port}") for port in ports),
    )


_MODELS: Final = {
    "1": tuple(_t(f"1.1.1.1.{port}", label=f"Sensor {port - 1}" if port > 1 else "Internal") for port in range(1, 5)),
    "3": tuple(_t(f"3.1.{port}.1", f"3.1.{port}.6", scale=1.0) for port in (1, 2, 3, 4)),
    "6": (
        _t("6.1.1.1.2", "6.1.1.2.1", scale=1.0),
        _t("6.1.2.1.1", "6.1.2.1.8", scale=1.0),
        _t("6.1.2.2.1", "6.1.2.2.8", scale=1.0),
    ),
    "7": (_t("7.1.1.1.1", "7.1.1.2"), _t("7.1.2.1.1", "7.1.2.1.3"), _t("7.1.2.2.1", "7.1.2.2.3")),
    "8": _large(8),
    "9": (_t("9.1.1.1.1", "9.1.1.1.3"), _t("9.1.1.2.1", "9.1.1.2.6")),
    "10": _room_alert_12e(),
    "11": _large(11),
    "12": _large(12),
    "13": (_t("13.1.1.1.2", label="Internal"), _t("13.1.2.1.1", label="Sensor 1")),
}

FAMILY: Final = SensorFamily(
    name="ROOMALERT-MIB", root=ROOT, walks=(f"{ROOT}.{{product}}.1",), rows=tables(lambda product: _MODELS.get(product, ()))
)
