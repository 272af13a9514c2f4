# SPDX-License-Identifier: Apache-2.0
"""W&T: Web-Thermographs, -hygrographs and -barometers; each model repeats one layout under its number. Values in tenths."""

from __future__ import annotations

from typing import Final

from agents.devices.climate.family import SensorFamily, tables
from agents.devices.climate.probe import HUMIDITY, TEMPERATURE, ProbeTable

ROOT: Final = "1.3.6.1.4.1.5040.1.2"
# Models that measure humidity with their second sensor; the others measure temperature with all of theirs.
_HYGROMETERS: Final = frozenset({"9", "16", "42"})


def _tables(product: str) -> tuple[ProbeTable, ...]:
    value, name = f"{ROOT}.{product}.1.4.1.1", f"{ROOT}.{product}.3.2.1.1.1"
    if product not in _HYGROMETERS:
        return (ProbeTable(value, TEMPERATURE, scale=0.1, name=name),)
    return (
        ProbeTable(value, TEMPERATURE, scale=0.1, name=name, only=frozenset({"1"})),
        ProbeTable(value, HUMIDITY, scale=0.1, name=name, only=frozenset({"2"})),
    )


FAMILY: Final = SensorFamily(
    name="WebGraph-MIB",
    root=ROOT,
    walks=(f"{ROOT}.{{product}}.1.4.1.1", f"{ROOT}.{{product}}.3.2.1.1.1"),
    rows=tables(_tables),
)
