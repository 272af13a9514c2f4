# SPDX-License-Identifier: Apache-2.0
"""What cannot be true of a UPS: figures no battery has, and figures that the others beside them contradict.

Each rule was met on a real card. A figure that fails a rule is unknown, with the reason; it never becomes 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices.reading import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Below this the mains are gone, whatever the nominal voltage of the country (100 V is the lowest).
MAINS_VOLTS: Final = 80.0
WEEK_MINUTES: Final = 7 * 24 * 60.0
DAY_SECONDS: Final = 24 * 3600.0
# 65535 seconds, which a card turns into minutes (and cuts) for UPS-MIB: Eaton 93E says it in three MIBs.
_SECONDS_OF_16_BITS: Final = frozenset({1092.0, 1092.25})

_RANGES: Final[Mapping[str, tuple[float, float, str]]] = {
    "charge_percent": (0, 100, "%"),
    "load_percent": (0, 250, "%"),
    "runtime_minutes": (0, WEEK_MINUTES, " minutes"),
    "seconds_on_battery": (0, 30 * DAY_SECONDS, " seconds"),
    "battery_temperature_c": (-20, 90, " C"),
    "input_voltage": (0, 1000, " V"),
    "alarms": (0, 1000, ""),
}

Found = dict[str, object]


def impossible(column: str, value: float) -> str:
    """Say why a figure alone cannot be true; "" where it can."""
    if column == "battery_temperature_c" and value == 0:
        return "the device gives 0 C, as one without a sensor does"
    if column == "runtime_minutes" and value in _SECONDS_OF_16_BITS:
        return f"the device gives {value:g} minutes, which is 65535 seconds: its word for not known"
    lowest, highest, unit = _RANGES.get(column, (value, value, ""))
    if lowest <= value <= highest:
        return ""
    return f"the device gives {value:.12g}{unit}, which is outside {lowest:g} to {highest:g}"


def contradictions(found: Found) -> Iterator[tuple[str, str]]:
    """Give the columns whose figures the others contradict, each with the reason."""
    for column, rule in _RULES:
        reason = rule(found) if found.get(column) is not None else ""
        if reason:
            yield column, reason


def _number(found: Found, column: str) -> float | None:
    value = found.get(column)
    return float(value) if isinstance(value, int | float) else None


def _no_runtime(found: Found) -> str:
    # A drained battery on battery has 0 minutes; one that is charged or at rest does not.
    if _number(found, "runtime_minutes") != 0 or (found.get("status") is Status.ON_BATTERY and found.get("battery_low") is True):
        return ""
    charge = _number(found, "charge_percent")
    return (
        f"the device gives 0 minutes at {charge:g} % charge" if charge else "the device gives 0 minutes while no battery is drained"
    )


def _no_charge(found: Found) -> str:
    if _number(found, "charge_percent") != 0 or (found.get("status") is Status.ON_BATTERY and found.get("battery_low") is True):
        return ""
    runtime = _number(found, "runtime_minutes")
    return (
        f"the device gives 0 % charge with {runtime:g} minutes left"
        if runtime
        else "the device gives 0 % charge without low battery"
    )


def _no_load(found: Found) -> str:
    drawn = _number(found, "drawn")
    if _number(found, "load_percent") != 0 or not drawn or drawn <= 0:
        return ""
    return "the device gives 0 % load while its output carries current"


def _no_volts(found: Found) -> str:
    volts = _number(found, "input_voltage")
    if volts is None or volts >= MAINS_VOLTS or found.get("status") is not Status.ONLINE:
        return ""
    return f"the device gives {volts:g} V while it feeds its load from the mains"


def _battery_clock(found: Found) -> str:
    seconds = _number(found, "seconds_on_battery")
    if not seconds or found.get("status") not in {Status.ONLINE, Status.BYPASS}:
        return ""
    return f"the device counts {seconds:g} seconds on battery while it is not on battery"


_RULES: Final[tuple[tuple[str, Callable[[Found], str]], ...]] = (
    ("runtime_minutes", _no_runtime),
    ("charge_percent", _no_charge),
    ("load_percent", _no_load),
    ("input_voltage", _no_volts),
    ("seconds_on_battery", _battery_clock),
)
