# SPDX-License-Identifier: Apache-2.0
"""DeltaUPS-MIB: Delta's cards, and Socomec's that are Delta's inside."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.4.1.2254.2.4"

_SOURCES: Final = {
    0: Status.ONLINE,
    1: Status.ON_BATTERY,
    2: Status.BYPASS,
    3: Status.ONLINE,  # reducing
    4: Status.ONLINE,  # boosting
    5: Status.BYPASS,  # by hand
    6: Heard(reason="the device gives output source other(6)"),
    7: Status.OFF,
}
_TESTS: Final = {
    0: TestResult.NONE,
    1: TestResult.PASSED,
    2: TestResult.RUNNING,
    3: TestResult.FAILED,  # general test
    4: TestResult.FAILED,  # battery test
    5: TestResult.FAILED,  # deep battery test
}

FAMILY: Final = Family(
    name="DeltaUPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.2254",
    vendor="Delta",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 4, 5, 7, 8)),
    points=(
        Point("vendor", f"{ROOT}.1.1.0", is_text=True),
        Point("model", f"{ROOT}.1.2.0", is_text=True),
        Point("status", f"{ROOT}.5.1.0", means=_SOURCES),
        Point("battery_low", f"{ROOT}.7.2.0", means={0: False, 1: True, 2: True}),
        Point("battery_replace", f"{ROOT}.7.1.0", means={0: False, 1: False, 2: True}),
        Point("charge_percent", f"{ROOT}.7.8.0"),
        Point("runtime_minutes", f"{ROOT}.7.5.0"),
        Point("load_percent", f"{ROOT}.5.7.0", also=(f"{ROOT}.5.11.0", f"{ROOT}.5.15.0"), fold=Fold.MAX),
        Point("seconds_on_battery", f"{ROOT}.7.4.0"),
        Point("battery_temperature_c", f"{ROOT}.7.9.0"),
        Point(
            "input_voltage",
            f"{ROOT}.4.3.0",
            also=(f"{ROOT}.4.6.0", f"{ROOT}.4.9.0"),
            scale=0.1,
            fold=Fold.LOWEST_USED,
        ),
        Point("last_test_result", f"{ROOT}.8.2.0", means=_TESTS),
    ),
)
