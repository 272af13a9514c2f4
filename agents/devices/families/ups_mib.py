# SPDX-License-Identifier: Apache-2.0
"""UPS-MIB (RFC 1628), the standard that most cards speak beside their own."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.2.1.33.1"
# RFC 1628 upsWellKnownAlarms; their OIDs stand in the alarm table while they last.
ALARM_COUNT: Final = f"{ROOT}.6.1.0"
ALARM_TABLE: Final = f"{ROOT}.6.2.1.2"
ALARM_BATTERY_BAD: Final = f"{ROOT}.6.3.1"
ALARM_LOW_BATTERY: Final = f"{ROOT}.6.3.3"
ALARM_DEPLETED_BATTERY: Final = f"{ROOT}.6.3.4"
ALARM_COMMUNICATIONS_LOST: Final = f"{ROOT}.6.3.20"
# upsTestStartTime is the sysUpTime at which the last test began.
TEST_START: Final = f"{ROOT}.7.5.0"

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
TESTS: Final = {
    1: TestResult.PASSED,
    2: TestResult.WARNING,
    3: TestResult.FAILED,
    4: TestResult.ABORTED,
    5: TestResult.RUNNING,
    6: TestResult.NONE,
}

FAMILY: Final = Family(
    name="UPS-MIB",
    root="1.3.6.1.2.1.33",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 2, 3, 4, 6, 7)),
    points=(
        Point("vendor", f"{ROOT}.1.1.0", is_text=True),
        Point("model", f"{ROOT}.1.2.0", is_text=True),
        Point("status", f"{ROOT}.4.1.0", means=_SOURCES),
        Point("battery_low", f"{ROOT}.2.1.0", means=_BATTERY),
        Point("charge_percent", f"{ROOT}.2.4.0"),
        Point("runtime_minutes", f"{ROOT}.2.3.0"),
        Point("load_percent", f"{ROOT}.4.4.1.5", fold=Fold.MAX),
        Point("seconds_on_battery", f"{ROOT}.2.2.0"),
        Point("battery_temperature_c", f"{ROOT}.2.7.0"),
        # Volts by the RFC; Delta Mini-SNMP and MGE Galaxy cards give tenths.
        Point("input_voltage", f"{ROOT}.3.3.1.3", fold=Fold.LOWEST_USED, tenths_above=1000),
        Point("last_test_result", f"{ROOT}.7.3.0", means=TESTS),
        Point("alarms", ALARM_COUNT),
        Point("drawn", f"{ROOT}.4.4.1.4", fold=Fold.MAX),
    ),
)
