# SPDX-License-Identifier: Apache-2.0
"""TRIPPLITE-MIB: PowerAlert 12 beside UPS-MIB, which carries its measurements; this one has serial number and tests."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Point
from agents.devices.reading import TestResult

ROOT: Final = "1.3.6.1.4.1.850.100.1"

_TESTS: Final = {
    "done and passed": TestResult.PASSED,
    "done and ok": TestResult.PASSED,
    "ok": TestResult.PASSED,
    "done and warning": TestResult.WARNING,
    "done and error": TestResult.FAILED,
    "aborted": TestResult.ABORTED,
    "in progress": TestResult.RUNNING,
    "no test initiated": TestResult.NONE,
    "no tests initiated": TestResult.NONE,
}

FAMILY: Final = Family(
    name="TRIPPLITE-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.850",
    vendor="Tripp Lite",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 3, 7)),
    points=(
        Point("serial", f"{ROOT}.1.2.0", is_text=True),
        Point("input_voltage", f"{ROOT}.3.2.1.3", fold=Fold.LOWEST_USED),
        Point("last_test_result", f"{ROOT}.7.2.0", is_text=True, words=_TESTS),
        Point("last_test_date", f"{ROOT}.7.1.0", is_text=True),
    ),
)
