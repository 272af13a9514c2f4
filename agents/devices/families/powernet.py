# SPDX-License-Identifier: Apache-2.0
"""PowerNet-MIB: APC's network management cards. High-precision tenths first, whole numbers where they are missing."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.4.1.318.1.1.1"
# upsCommStatus: the card has lost the UPS and serves what it last knew.
COMMUNICATION: Final = f"{ROOT}.8.1.0"
LOST: Final = 2

_STATES: Final = {
    1: Heard(reason="the device gives output status unknown(1)"),
    2: Status.ONLINE,
    3: Status.ON_BATTERY,
    4: Status.ONLINE,  # smart boost
    5: Heard(reason="the device sleeps until its timer ends"),
    6: Status.BYPASS,  # software
    7: Status.OFF,
    8: Heard(reason="the device restarts"),
    9: Status.BYPASS,  # switched
    10: Status.BYPASS,  # hardware failure
    11: Heard(reason="the device sleeps until mains return"),
    12: Status.ONLINE,  # smart trim
    13: Status.ONLINE,  # eco mode
    14: Status.ONLINE,  # hot standby
    15: Status.TEST,  # on battery for a test
    16: Status.BYPASS,  # emergency static
    17: Status.BYPASS,  # static stand-by
    18: Status.ONLINE,  # power saving
    19: Status.ONLINE,  # spot mode
    20: Status.ONLINE,  # e-conversion
    21: Status.ONLINE,  # charger spot mode
    22: Status.ONLINE,  # inverter spot mode
    23: Status.ONLINE,  # active load
    24: Status.ONLINE,  # battery discharge spot mode
    25: Status.OFF,  # inverter stand-by
    26: Status.ONLINE,  # charger only
    28: Status.TEST,
}
_BATTERY: Final = {
    1: Heard(reason="the device does not know the state of its battery"),
    2: False,
    3: True,
    4: Heard(reason="the battery has a fault"),
    5: Heard(reason="there is no battery"),
}
_TESTS: Final = {
    1: TestResult.PASSED,
    2: TestResult.FAILED,
    3: Heard(reason="the device gives test result invalid(3): no test since the battery was changed or the card started"),
    4: TestResult.RUNNING,
}
_TICKS: Final = 1 / 6000

FAMILY: Final = Family(
    name="PowerNet-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.318",
    vendor="APC",
    walks=(*(f"{ROOT}.{group}" for group in (1, 2, 3, 4, 7, 8)), f"{ROOT}.9.2.3.1.3", f"{ROOT}.9.3.3.1.10"),
    points=(
        Point("model", f"{ROOT}.1.1.1.0", is_text=True),
        Point("serial", f"{ROOT}.1.2.3.0", is_text=True),
        Point("status", f"{ROOT}.4.1.1.0", means=_STATES),
        Point("battery_low", f"{ROOT}.2.1.1.0", means=_BATTERY),
        Point("battery_replace", f"{ROOT}.2.2.4.0", means={1: False, 2: True}),
        Point("charge_percent", f"{ROOT}.2.3.1.0", scale=0.1),
        Point("charge_percent", f"{ROOT}.2.2.1.0"),
        Point("runtime_minutes", f"{ROOT}.2.2.3.0", scale=_TICKS),
        Point("load_percent", f"{ROOT}.4.3.3.0", scale=0.1),
        Point("load_percent", f"{ROOT}.4.2.3.0"),
        Point("load_percent", f"{ROOT}.9.3.3.1.10", fold=Fold.MAX),
        Point("seconds_on_battery", f"{ROOT}.2.1.2.0", scale=0.01),
        Point("battery_temperature_c", f"{ROOT}.2.3.2.0", scale=0.1),
        Point("battery_temperature_c", f"{ROOT}.2.2.2.0"),
        Point("input_voltage", f"{ROOT}.3.3.1.0", scale=0.1),
        Point("input_voltage", f"{ROOT}.3.2.1.0"),
        Point("input_voltage", f"{ROOT}.9.2.3.1.3", fold=Fold.LOWEST_USED),
        Point("last_test_result", f"{ROOT}.7.2.3.0", means=_TESTS),
        Point("last_test_date", f"{ROOT}.7.2.4.0", is_text=True),
    ),
)
