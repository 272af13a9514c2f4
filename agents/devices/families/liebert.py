# SPDX-License-Identifier: Apache-2.0
"""LIEBERT-GP MIBs: Liebert's and Vertiv's cards, older scalars and newer labelled points (values are texts there).

The points lag behind UPS-MIB on the same card (74 minutes beside 72), so UPS-MIB goes first where it answers.
"""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Point
from agents.devices.reading import TestResult

ROOT: Final = "1.3.6.1.4.1.476.1.42"
_POWER: Final = f"{ROOT}.3.5"
# LIEBERT-GP-FLEXIBLE: the value of point N stands in 3.9.20.1.20.1.2.1.N
_VALUE: Final = f"{ROOT}.3.9.20.1.20.1.2.1"
_TESTS: Final = {
    "passed": TestResult.PASSED,
    "failed": TestResult.FAILED,
    "in progress": TestResult.RUNNING,
    "unknown": TestResult.NONE,
    "not started": TestResult.NONE,
    "battery passed": TestResult.PASSED,
    "battery failed": TestResult.FAILED,
}

FAMILY: Final = Family(
    name="LIEBERT-GP-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.476",
    vendor="Liebert",
    lags=True,
    walks=(f"{ROOT}.2.1", f"{ROOT}.2.4.2.1", f"{_POWER}.1", f"{ROOT}.3.9.20.1.20.1.2.1"),
    points=(
        Point("vendor", f"{ROOT}.2.1.1.0", is_text=True),
        Point("model", f"{_VALUE}.4240", is_text=True),
        Point("model", f"{ROOT}.2.4.2.1.4.1", is_text=True),
        Point("model", f"{ROOT}.2.1.2.0", is_text=True),
        Point("serial", f"{ROOT}.2.1.4.0", is_text=True),
        Point("charge_percent", f"{_VALUE}.4153"),
        Point("charge_percent", f"{_POWER}.1.19.0"),
        Point("runtime_minutes", f"{_VALUE}.4150"),
        Point("runtime_minutes", f"{_POWER}.1.18.0"),
        Point("load_percent", f"{_VALUE}.4223", also=(f"{_VALUE}.4224", f"{_VALUE}.4225"), fold=Fold.MAX),
        Point("battery_temperature_c", f"{_VALUE}.4156"),
        Point(
            "input_voltage",
            f"{_VALUE}.4096",
            also=(f"{_VALUE}.4098", f"{_VALUE}.4100"),
            fold=Fold.LOWEST_USED,
        ),
        Point("last_test_result", f"{_VALUE}.4183", is_text=True, words=_TESTS),
    ),
)
