# SPDX-License-Identifier: Apache-2.0
"""SOCOMECUPS-MIB: Net Vision cards, version 5 and before, and from version 6 on under another number."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status

_ENTERPRISE: Final = "1.3.6.1.4.1.4555"
OLD: Final = f"{_ENTERPRISE}.1.1.1.1"
NEW: Final = f"{_ENTERPRISE}.1.1.7.1"

_OLD_SOURCES: Final = {
    1: Heard(reason="the device gives output source unknown(1)"),
    2: Status.OFF,
    3: Status.ONLINE,
    4: Status.BYPASS,
    5: Status.ON_BATTERY,
    6: Status.ONLINE,  # booster
    7: Status.ONLINE,  # reducer
    8: Status.OFF,  # stand-by
    9: Status.ONLINE,  # eco mode
}
_OLD_BATTERY: Final = {
    1: Heard(reason="the device does not know the state of its battery"),
    2: False,
    3: True,
    4: True,
    5: False,
    6: Heard(reason="the battery has a fault"),
}
# "On inverter" (3) is how these cards say that the battery carries the load.
_NEW_SOURCES: Final = {
    1: Heard(reason="the device gives output source unknown(1)"),
    2: Status.BYPASS,  # maintenance
    3: Status.ON_BATTERY,
    4: Status.ONLINE,
    5: Status.ONLINE,  # eco mode
    6: Status.BYPASS,
    7: Status.OFF,  # stand-by
    8: Status.OFF,
}
_NEW_BATTERY: Final = {
    1: Heard(reason="the device does not know the state of its battery"),
    2: False,
    3: False,
    4: False,
    5: False,
    6: True,
    7: True,
    8: Heard(reason="the battery has a fault"),
    9: Heard(reason="the battery is disconnected"),
}

NETVISION_5: Final = Family(
    name="SOCOMECUPS-MIB",
    root=OLD,
    enterprise=_ENTERPRISE,
    vendor="Socomec",
    walks=tuple(f"{OLD}.{group}" for group in (1, 2, 3, 4)),
    points=(
        Point("model", f"{OLD}.1.1.0", is_text=True),
        Point("serial", f"{OLD}.1.4.0", is_text=True),
        Point("status", f"{OLD}.4.1.0", means=_OLD_SOURCES),
        Point("battery_low", f"{OLD}.2.1.0", means=_OLD_BATTERY),
        Point("charge_percent", f"{OLD}.2.4.0"),
        Point("runtime_minutes", f"{OLD}.2.3.0"),
        Point("load_percent", f"{OLD}.4.4.1.4", fold=Fold.MAX),
        Point("seconds_on_battery", f"{OLD}.2.2.0"),
        Point("input_voltage", f"{OLD}.3.3.1.5", scale=0.1, fold=Fold.LOWEST_USED),
    ),
)
NETVISION_6: Final = Family(
    name="SOCOMECUPS7-MIB",
    root=NEW,
    enterprise=_ENTERPRISE,
    vendor="Socomec",
    walks=tuple(f"{NEW}.{group}" for group in (1, 2, 3, 4)),
    points=(
        Point("model", f"{NEW}.1.1.0", is_text=True),
        Point("serial", f"{NEW}.1.2.0", is_text=True),
        Point("status", f"{NEW}.4.1.0", means=_NEW_SOURCES),
        Point("battery_low", f"{NEW}.2.1.0", means=_NEW_BATTERY),
        Point("charge_percent", f"{NEW}.2.4.0"),
        Point("runtime_minutes", f"{NEW}.2.3.0"),
        Point("load_percent", f"{NEW}.4.4.1.4", fold=Fold.MAX),
        Point("battery_temperature_c", f"{NEW}.2.6.0", tenths_above=80),
    ),
)
