# SPDX-License-Identifier: Apache-2.0
"""CPS-MIB: CyberPower's RMCARD."""

from __future__ import annotations

from typing import Final

from agents.devices.family import Family
from agents.devices.point import Heard, Point
from agents.devices.reading import Status, TestResult

ROOT: Final = "1.3.6.1.4.1.3808.1.1.1"

_STATES: Final = {
    1: Heard(reason="the device gives output status unknown(1)"),
    2: Status.ONLINE,
    3: Status.ON_BATTERY,
    4: Status.ONLINE,  # boost
    5: Heard(reason="the device sleeps"),
    6: Status.OFF,
    7: Heard(reason="the device restarts"),
    8: Status.ONLINE,  # eco mode
    9: Status.BYPASS,
    10: Status.ONLINE,  # trim
    11: Status.ONLINE,  # overload
}
_BATTERY: Final = {
    1: Heard(reason="the device does not know the state of its battery"),
    2: False,
    3: True,
    4: Heard(reason="there is no battery"),
}
_TESTS: Final = {
    1: TestResult.PASSED,
    2: TestResult.FAILED,
    3: Heard(reason="the device gives test result invalid(3)"),
    4: TestResult.RUNNING,
}

FAMILY: Final = Family(
    name="CPS-MIB",
    root=ROOT,
    enterprise="1.3.6.1.4.1.3808",
    vendor="CyberPower",
    walks=tuple(f"{ROOT}.{group}" for group in (1, 2, 3, 4, 7)),
    points=(
        Point("model", f"{ROOT}.1.1.1.0", is_text=True),
        Point("serial", f"{ROOT}.1.2.3.0", is_text=True),
        Point("status", f"{ROOT}.4.1.1.0", means=_STATES),
        Point("battery_low", f"{ROOT}.2.1.1.0", means=_BATTERY),
        Point("battery_replace", f"{ROOT}.2.2.5.0", means={1: False, 2: True}),
        Point("charge_percent", f"{ROOT}.2.2.1.0"),
        # TimeTicks by the MIB; old cards give a plain integer of minutes.
        Point("runtime_minutes", f"{ROOT}.2.2.4.0", ticks=1 / 6000),
        Point("load_percent", f"{ROOT}.4.2.3.0"),
        Point("seconds_on_battery", f"{ROOT}.2.1.2.0", ticks=0.01),
        Point("battery_temperature_c", f"{ROOT}.2.2.3.0"),
        Point("input_voltage", f"{ROOT}.3.2.1.0", scale=0.1),
        Point("last_test_result", f"{ROOT}.7.2.3.0", means=_TESTS),
        Point("last_test_date", f"{ROOT}.7.2.4.0", is_text=True),
    ),
)
