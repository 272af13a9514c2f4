# SPDX-License-Identifier: Apache-2.0
"""RIELLO-UPS-MIB: Netman cards. It has the groups of UPS-MIB, with input voltages in tenths; most cards also speak UPS-MIB."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status

ROOT: Final = "1.3.6.1.4.1.5491.10.1"

_SOURCES: Final = {
    1: Heard(reason="the device gives output source other(1)"),
    2: Status.OFF,
    3: Status.ONLINE,
    4: Status.BYPASS,
    5: Status.ON_BATTERY,
    6: Status.ONLINE,  # booster
    7: Status.ONLINE,  # reducer
}
_BATTERY: Final = {1: Heard(reason="the device does not know the state of its battery"), 2: False, 3: True, 4: True}

FAMILY: Final = Family(
    name="RIELLO-UPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.5491",
    vendor="Riello",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 2, 3, 4)),
    points=(
        Point("vendor", f"{ROOT}.1.1.0", is_text=True),
        Point("model", f"{ROOT}.1.2.0", is_text=True),
        Point("status", f"{ROOT}.4.1.0", means=_SOURCES),
        Point("battery_low", f"{ROOT}.2.1.0", means=_BATTERY),
        Point("charge_percent", f"{ROOT}.2.4.0"),
        Point("runtime_minutes", f"{ROOT}.2.3.0"),
        Point("seconds_on_battery", f"{ROOT}.2.2.0"),
        Point("battery_temperature_c", f"{ROOT}.2.7.0", tenths_above=80),
        Point("input_voltage", f"{ROOT}.3.3.1.3", scale=0.1, fold=Fold.LOWEST_USED),
    ),
)
