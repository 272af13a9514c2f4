# SPDX-License-Identifier: Apache-2.0
"""HUAWEI-UPS-MIB: UPS5000 and its kin; the card may call itself net-snmp. The UPS2000 card speaks UPS-MIB alone."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status

ROOT: Final = "1.3.6.1.4.1.2011.6.174.1"
_OUTPUT: Final = f"{ROOT}.4.100.1"

_SUPPLY: Final = {
    1: Status.OFF,
    2: Status.BYPASS,
    3: Status.ONLINE,
    4: Status.ON_BATTERY,
    5: Heard(reason="the device feeds its load from mains and battery together(5)"),
    6: Status.ONLINE,  # eco mode
    7: Status.ON_BATTERY,  # eco mode
}

FAMILY: Final = Family(
    name="HUAWEI-UPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.2011",
    vendor="Huawei",
    walks=(f"{ROOT}.2.100.1", f"{ROOT}.2.101.1", f"{ROOT}.3.100.1", _OUTPUT, f"{ROOT}.6.100.1"),
    points=(
        Point("model", f"{ROOT}.2.100.1.2.1", is_text=True),
        Point("serial", f"{ROOT}.2.100.1.5.1", is_text=True),
        Point("status", f"{ROOT}.2.101.1.1.1", means=_SUPPLY),
        Point("charge_percent", f"{ROOT}.6.100.1.3.1"),
        Point("runtime_minutes", f"{ROOT}.6.100.1.4.1", scale=1 / 60),
        Point(
            "load_percent",
            f"{_OUTPUT}.14.1",
            also=(f"{_OUTPUT}.15.1", f"{_OUTPUT}.16.1"),
            scale=0.1,
            fold=Fold.MAX,
        ),
        Point(
            "input_voltage",
            f"{ROOT}.3.100.1.1.1",
            also=(f"{ROOT}.3.100.1.2.1", f"{ROOT}.3.100.1.3.1"),
            scale=0.1,
            fold=Fold.LOWEST_USED,
        ),
    ),
)
