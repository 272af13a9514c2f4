# SPDX-License-Identifier: Apache-2.0
"""What NUT's variables say of a UPS. Names and flags: NUT's docs/nut-names.txt and docs/new-drivers.txt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices import dates, sense
from agents.devices.merge import BESIDE, NOT_GIVEN, finished
from agents.devices.point import NO_NUMBER, Heard
from agents.devices.raw import number, text
from agents.devices.reading import UPS_COLUMNS, Status, TestResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.devices.reading import UpsReading

# Column -> the variables that may hold it, the best first, and the factor to its unit.
_NUMBERS: Final[Mapping[str, tuple[tuple[str, ...], float]]] = {
    "charge_percent": (("battery.charge",), 1),
    "runtime_minutes": (("battery.runtime",), 1 / 60),
    "load_percent": (("ups.load",), 1),
    "seconds_on_battery": (("battery.runtime.elapsed",), 1),
    "battery_temperature_c": (("battery.temperature",), 1),
    "input_voltage": (("input.voltage",), 1),
}
# A three-phase UPS gives its phases instead; the load that counts is the greatest, the voltage the lowest in use.
_PHASES: Final = ("L1", "L2", "L3")
_PHASE_LOADS: Final = ("ups.{}.load", "output.{}.power.percent")
_PHASE_VOLTAGES: Final = ("input.{}-N.voltage", "input.{}.voltage")
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "vendor": ("device.mfr", "ups.mfr"),
    "model": ("device.model", "ups.model"),
    "serial": ("device.serial", "ups.serial"),
}
_TESTS: Final[Mapping[str, TestResult]] = {
    "done and passed": TestResult.PASSED,
    "ok": TestResult.PASSED,
    "passed": TestResult.PASSED,
    "done and warning": TestResult.WARNING,
    "done and error": TestResult.FAILED,
    "failed": TestResult.FAILED,
    "aborted": TestResult.ABORTED,
    "in progress": TestResult.RUNNING,
    "no test initiated": TestResult.NONE,
    "no test initiated.": TestResult.NONE,
}
# No UPS is in all these states at once; a driver that reads nothing but ones says that it is (Back-UPS XS 1200, NUT 2.2.0).
_TROUBLES: Final = frozenset({"LB", "HB", "OVER", "RB", "BOOST", "TRIM", "CAL", "OFF"})
_TOO_MANY: Final = 4
_PLACEHOLDER: Final = 1.0


def reading(name: str, variables: Mapping[str, str], *, now: float, serves: str = "") -> UpsReading:
    """Make the reading of one UPS of the variables upsd gives; `now` is Unix seconds."""
    flags = frozenset(variables.get("ups.status", "").split())
    found = {column: Heard(reason=NOT_GIVEN) for column in (*UPS_COLUMNS, *BESIDE)}
    found |= {column: _text(variables, names) for column, names in _TEXTS.items()}
    found |= {column: _number(variables, column, names, factor) for column, (names, factor) in _NUMBERS.items()}
    found["load_percent"] = _phased(found["load_percent"], variables, _PHASE_LOADS, "load_percent")
    found["input_voltage"] = _phased(found["input_voltage"], variables, _PHASE_VOLTAGES, "input_voltage")
    found["last_test_result"] = _test(variables.get("ups.test.result", ""))
    found["last_test_date"] = _date(variables.get("ups.test.date", ""))
    found |= _flags(flags, variables)
    found["status"] = _status(flags, found)
    found["drawn"] = _drawn(variables)
    if len(flags & _TROUBLES) >= _TOO_MANY:
        _distrust(found, variables)
    return finished(name, found, "NUT", now=now, serves=serves)


def _text(variables: Mapping[str, str], names: tuple[str, ...]) -> Heard:
    found = next((said for one in names if (said := text(variables.get(one, "").encode()))), "")
    return Heard(found) if found else Heard(reason=NOT_GIVEN)


def _number(variables: Mapping[str, str], column: str, names: tuple[str, ...], factor: float) -> Heard:
    said = next((variables[one] for one in names if one in variables), None)
    if said is None:
        return Heard(reason=NOT_GIVEN)
    value = number(said.encode())
    if value is None:
        return Heard(reason=f"NUT gives {text(said.encode())!r}, no number")
    if value in NO_NUMBER:
        return Heard(reason=f"NUT gives {value:.12g}, the device's word for not known")
    reason = sense.impossible(column, value * factor)
    return Heard(reason=reason) if reason else Heard(round(value * factor, 4))


def _phased(found: Heard, variables: Mapping[str, str], patterns: tuple[str, ...], column: str) -> Heard:
    if found.value is not None or found.reason != NOT_GIVEN:
        return found
    for pattern in patterns:
        phases = [_number(variables, column, (pattern.format(phase),), 1) for phase in _PHASES]
        values = [one.value for one in phases if isinstance(one.value, float)]
        if values and column == "load_percent":
            return Heard(max(values))
        if values:
            return Heard(min([one for one in values if one > 0] or values))
    return found


def _drawn(variables: Mapping[str, str]) -> Heard:
    named = (one for one in variables if one.endswith(("power", ".current")) and one.startswith(("output.", "ups.")))
    drawn = [value for one in named if (value := number(variables[one].encode())) is not None]
    return Heard(max(drawn)) if drawn else Heard(reason=NOT_GIVEN)


def _test(said: str) -> Heard:
    if not said:
        return Heard(reason=NOT_GIVEN)
    result = _TESTS.get(said.strip().lower())
    return Heard(result) if result else Heard(reason=f"NUT gives test result {text(said.encode())!r}, which is none known here")


def _date(said: str) -> Heard:
    if not said:
        return Heard(reason=NOT_GIVEN)
    date = dates.written(said)
    return Heard(date) if date else Heard(reason=f"NUT gives {text(said.encode())!r}, no date")


def _flags(flags: frozenset[str], variables: Mapping[str, str]) -> dict[str, Heard]:
    if not flags:
        empty = Heard(reason="NUT gives an empty ups.status")
        return {"battery_low": empty, "battery_replace": empty, "alarms": empty}
    alarms = float(bool(flags & {"ALARM", "FSD"} or variables.get("ups.alarm")))
    return {"battery_low": Heard("LB" in flags), "battery_replace": Heard("RB" in flags), "alarms": Heard(alarms)}


def _status(flags: frozenset[str], found: Mapping[str, Heard]) -> Heard:
    """Read ups.status. TEST alone is not believed: snmp-ups sets it for ever, from the number of the last test."""
    volts = found["input_voltage"].value
    lost = isinstance(volts, float) and volts < sense.MAINS_VOLTS
    testing = "CAL" in flags or (found["last_test_result"].value is TestResult.RUNNING and bool(flags & {"OL", "OB"}))
    if {"OL", "OB"} <= flags:
        return Heard(reason="NUT says OL and OB at once")
    if testing:
        return Heard(Status.ON_BATTERY if lost and "OB" in flags else Status.TEST)
    for flag, status in _STATES:
        if flag in flags:
            return Heard(status)
    return Heard(reason=f"NUT gives ups.status {' '.join(sorted(flags))!r}" if flags else "NUT gives an empty ups.status")


_STATES: Final = (
    ("OB", Status.ON_BATTERY),
    ("OFF", Status.OFF),
    ("BYPASS", Status.BYPASS),
    ("OL", Status.ONLINE),
)


def _distrust(found: dict[str, Heard], variables: Mapping[str, str]) -> None:
    shown = text(variables.get("ups.status", "").encode())
    for column in ("status", "battery_low", "battery_replace", "alarms"):
        found[column] = Heard(reason=f"NUT says {shown}, which no UPS is at once")
    for column, (names, _) in _NUMBERS.items():
        said = next((number(variables[one].encode()) for one in names if one in variables), None)
        if said == _PLACEHOLDER:
            found[column] = Heard(reason=f"NUT gives 1 among flags that cannot all be true ({shown}): its driver reads nothing")
