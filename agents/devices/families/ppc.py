# SPDX-License-Identifier: Apache-2.0
"""PPC-MIB (enterprise 935): Phoenixtec, Megatec's NetAgent, INVT, Voltronic and many more under other names."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Fold, Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.4.1.935.1.1.1"
# NetAgent shows 9999 where the UPS gives no runtime.
_NO_RUNTIME: Final = frozenset({9999.0})

_STATES: Final = {
    1: Heard(reason="the device gives output status unknown(1)"),
    2: Status.ONLINE,
    3: Status.ON_BATTERY,
    4: Status.ONLINE,  # boost
    5: Status.OFF,  # sleeping
    6: Status.BYPASS,
    7: Heard(reason="the device restarts"),
    8: Status.OFF,  # stand-by
    9: Status.ONLINE,  # buck
}
_TESTS: Final = {
    1: TestResult.PASSED,
    2: TestResult.FAILED,
    3: Heard(reason="the device gives test result invalid(3)"),
    4: TestResult.RUNNING,
}

FAMILY: Final = Family(
    name="PPC-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.935",
    vendor="Phoenixtec",
    walks=(*(f"{ROOT}.{group}" for group in (1, 2, 3, 4, 7)), f"{ROOT}.8.2", f"{ROOT}.8.3"),
    points=(
        Point("model", f"{ROOT}.1.1.1.0", is_text=True),
        Point("serial", f"{ROOT}.1.2.3.0", is_text=True),
        Point("status", f"{ROOT}.4.1.1.0", means=_STATES),
        Point(
            "battery_low",
            f"{ROOT}.2.1.1.0",
            means={1: Heard(reason="the device does not know the state of its battery"), 2: False, 3: True},
        ),
        Point("battery_replace", f"{ROOT}.2.2.5.0", means={1: False, 2: True}),
        Point("charge_percent", f"{ROOT}.2.2.1.0"),
        Point("runtime_minutes", f"{ROOT}.2.2.4.0", scale=1 / 60, bogus=_NO_RUNTIME),
        # The phases of a three-phase UPS, in tenths; all 0 on a single-phase one, which gives its load in 4.2.3.
        Point(
            "load_percent",
            f"{ROOT}.8.3.5.0",
            also=(f"{ROOT}.8.3.6.0", f"{ROOT}.8.3.7.0"),
            scale=0.1,
            bogus=frozenset({0.0}),
            fold=Fold.MAX,
        ),
        Point("load_percent", f"{ROOT}.4.2.3.0"),
        Point("seconds_on_battery", f"{ROOT}.2.1.2.0", ticks=0.01),
        Point("battery_temperature_c", f"{ROOT}.2.2.3.0", scale=0.1),
        Point(
            "input_voltage",
            f"{ROOT}.8.2.2.0",
            also=(f"{ROOT}.8.2.3.0", f"{ROOT}.8.2.4.0"),
            scale=0.1,
            bogus=frozenset({0.0}),
            fold=Fold.LOWEST_USED,
        ),
        Point("input_voltage", f"{ROOT}.3.2.1.0", scale=0.1),
        Point("last_test_result", f"{ROOT}.7.2.3.0", means=_TESTS),
        Point("last_test_date", f"{ROOT}.7.2.4.0", is_text=True),
    ),
)
