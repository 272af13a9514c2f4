# SPDX-License-Identifier: Apache-2.0
"""XUPS-MIB: Powerware and Eaton cards. Its ambient temperature (6.1) is the cabinet's, not the battery's."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.4.1.534.1"
# Alarms stand in this table while they last; 1.7.4 is xupsLowBattery.
ALARM_TABLE: Final = f"{ROOT}.7.2.1.2"
ALARM_COUNT: Final = f"{ROOT}.7.1.0"
ALARM_LOW_BATTERY: Final = f"{ROOT}.7.4"

_SOURCES: Final = {
    1: Heard(reason="the device gives output source other(1)"),
    2: Status.OFF,
    3: Status.ONLINE,
    4: Status.BYPASS,
    5: Status.ON_BATTERY,
    6: Status.ONLINE,  # booster
    7: Status.ONLINE,  # reducer
    8: Status.ONLINE,  # parallel for capacity
    9: Status.ONLINE,  # parallel for redundancy
    10: Status.ONLINE,  # high efficiency
    11: Status.BYPASS,  # maintenance
    12: Status.ONLINE,  # energy saver
}
_TESTS: Final = {
    1: Heard(reason="the device does not know how its last test ended"),
    2: TestResult.PASSED,
    3: TestResult.FAILED,
    4: TestResult.RUNNING,
    5: Heard(reason="the device cannot test its battery"),
    6: Heard(reason="the device inhibits battery tests"),
    7: TestResult.NONE,  # scheduled, not yet begun
}
_YES_NO: Final = {1: True, 2: False}

FAMILY: Final = Family(
    name="XUPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.534",
    vendor="Eaton",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 2, 3, 4, 7, 8)),
    points=(
        Point("vendor", f"{ROOT}.1.1.0", is_text=True),
        Point("model", f"{ROOT}.1.2.0", is_text=True),
        Point("serial", f"{ROOT}.1.6.0", is_text=True),
        # Cards that have no number of their own for it write it into upsIdentName.
        Point("serial", "1.3.6.1.2.1.33.1.1.5.0", is_text=True, pattern=r"ID:\s*([\w-]+)"),
        Point("status", f"{ROOT}.4.5.0", means=_SOURCES),
        Point("battery_replace", f"{ROOT}.2.7.0", means=_YES_NO),
        Point("battery_replace", f"{ROOT}.2.9.0", means=_YES_NO),
        Point("battery_low", f"{ROOT}.2.10.0", means=_YES_NO),
        Point("charge_percent", f"{ROOT}.2.4.0"),
        Point("runtime_minutes", f"{ROOT}.2.1.0", scale=1 / 60),
        Point("load_percent", f"{ROOT}.4.1.0"),
        Point("input_voltage", f"{ROOT}.3.4.1.2", fold=Fold.LOWEST_USED),
        Point("last_test_result", f"{ROOT}.8.2.0", means=_TESTS),
        Point("alarms", ALARM_COUNT),
        Point("drawn", f"{ROOT}.4.4.1.4", fold=Fold.MAX),
    ),
)
