# SPDX-License-Identifier: Apache-2.0
"""Make one reading of what all the MIBs of a card say.

Where they disagree: numbers and texts come from the first MIB that gives a possible one (a maker's own before UPS-MIB, the
MIB of the card's sysObjectID first of all); of states the gravest counts, since a mapping forgets rather than invents; a flag
is set if any MIB sets it. A test counts as such while the mains are there: a real outage during a test is an outage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.devices import dates, sense
from agents.devices.families import powernet, ups_mib, xups
from agents.devices.point import Heard
from agents.devices.reading import UPS_COLUMNS, Status, TestResult, UpsReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.devices.family import Family
    from agents.devices.raw import Values

FLAGS: Final = frozenset({"battery_low", "battery_replace"})
# The gravest first.
_GRAVITY: Final = (Status.TEST, Status.ON_BATTERY, Status.OFF, Status.BYPASS, Status.ONLINE)
_INTEGERS: Final = frozenset({"seconds_on_battery", "alarms"})
# What is read beside the table's columns: open alarms, and the power or current drawn, which a load of 0 must not contradict.
BESIDE: Final = ("alarms", "drawn")
NOT_GIVEN: Final = "the device does not give it"


def heard(families: Sequence[Family], values: Values) -> tuple[dict[str, list[Heard]], list[str]]:
    """Read every point of `families`; give what was heard of each column, and the MIBs that said anything."""
    found: dict[str, list[Heard]] = {column: [] for column in (*UPS_COLUMNS, *BESIDE)}
    speaking = []
    for family in families:
        said = [(point.column, one) for point in family.points if (one := point.read(values)) is not None]
        for column, one in said:
            found[column].append(one)
        if said:
            speaking.append(family.name)
    return found, speaking


def reading(
    name: str, families: Sequence[Family], values: Values, *, now: float, uptime: int | None, serves: str = ""
) -> UpsReading:
    """Make the reading of one UPS; `now` is Unix seconds, `uptime` the card's in hundredths of a second."""
    found, speaking = heard(families, values)
    _alarms(found, values)
    _test_date(found, values, now, uptime)
    merged = {column: _merged(column, said) for column, said in found.items()}
    if merged["vendor"].value is None and (vendor := next((one.vendor for one in families if one.vendor), "")):
        merged["vendor"] = Heard(vendor)
    merged["status"] = _tested(merged)
    return finished(name, merged, " + ".join(speaking), now=now, serves=serves)


def lost(values: Values) -> bool:
    """Tell whether the card itself says that it has lost its UPS, so that what it serves is old."""
    alarms = {str(values.get(f"{ups_mib.ALARM_TABLE}.{index}")) for index in values.indexes(ups_mib.ALARM_TABLE)}
    return values.get(powernet.COMMUNICATION) == powernet.LOST or ups_mib.ALARM_COMMUNICATIONS_LOST in alarms


def finished(name: str, merged: dict[str, Heard], source: str, *, now: float, serves: str = "") -> UpsReading:
    """Judge the columns beside each other, and give the reading; what is impossible becomes unknown with its reason."""
    known = {column: one.value for column, one in merged.items()}
    for column, reason in list(sense.contradictions(known)):
        known[column], merged[column] = None, Heard(reason=reason)
    known.pop("drawn", None)
    known["status"] = known["status"] or Status.UNKNOWN
    unknown = {
        column: merged[column].reason or NOT_GIVEN
        for column in UPS_COLUMNS
        if known[column] is None or known[column] is Status.UNKNOWN
    }
    for column in _INTEGERS:
        if isinstance(value := known[column], float):
            known[column] = round(value)
    return UpsReading(name, source=source or None, unknown=unknown, serves=serves, read_at=int(now), **known)  # type: ignore[arg-type]


def _merged(column: str, said: list[Heard]) -> Heard:
    possible = [_possible(column, one) for one in said]
    values = [one.value for one in possible if one.value is not None]
    if not values:
        return next((one for one in possible if one.reason), Heard(reason=NOT_GIVEN))
    if column == "status":
        return Heard(next(state for state in _GRAVITY if state in values))
    if column in FLAGS:
        return Heard(True in values)
    return Heard(values[0])


def _possible(column: str, one: Heard) -> Heard:
    if column == "last_test_date" and isinstance(one.value, str):
        date = dates.written(one.value)
        return Heard(date) if date else Heard(reason=f"the device gives {one.value!r}, no date")
    if isinstance(one.value, float) and (reason := sense.impossible(column, one.value)):
        return Heard(reason=reason)
    return one


def _alarms(found: dict[str, list[Heard]], values: Values) -> None:
    """Read the alarm tables of UPS-MIB and XUPS-MIB: they name a bad and a low battery by OID while it lasts."""
    present = {str(values.get(f"{ups_mib.ALARM_TABLE}.{index}")) for index in values.indexes(ups_mib.ALARM_TABLE)}
    count = values.get(ups_mib.ALARM_COUNT)
    if ups_mib.ALARM_BATTERY_BAD in present:
        found["battery_replace"].append(Heard(True))
    elif isinstance(count, int) and 0 <= count <= len(present):
        found["battery_replace"].append(Heard(False))
    if present & {ups_mib.ALARM_LOW_BATTERY, ups_mib.ALARM_DEPLETED_BATTERY}:
        found["battery_low"].append(Heard(True))
    alarms = {str(values.get(f"{xups.ALARM_TABLE}.{index}")) for index in values.indexes(xups.ALARM_TABLE)}
    number = values.get(xups.ALARM_COUNT)
    if xups.ALARM_LOW_BATTERY in alarms:
        found["battery_low"].append(Heard(True))
    elif isinstance(number, int) and 0 <= number <= len(alarms):
        found["battery_low"].append(Heard(False))


def _test_date(found: dict[str, list[Heard]], values: Values, now: float, uptime: int | None) -> None:
    start = values.get(ups_mib.TEST_START)
    if not isinstance(start, int) or found["last_test_date"]:
        return
    ran = any(isinstance(one.value, TestResult) and one.value is not TestResult.NONE for one in found["last_test_result"])
    if date := dates.ago(now, uptime, start) if uptime is not None and ran else None:
        found["last_test_date"].append(Heard(date))
    elif start > 0 and uptime is None:
        found["last_test_date"].append(Heard(reason="the device dates its test by an uptime that it does not give"))
    else:
        found["last_test_date"].append(Heard(reason="no test since the card started"))


def _tested(merged: dict[str, Heard]) -> Heard:
    status, volts = merged["status"], merged["input_voltage"].value
    said = merged["last_test_result"].value is TestResult.RUNNING and status.value in {Status.ONLINE, Status.ON_BATTERY}
    if status.value is not Status.TEST and not said:
        return status
    lost = isinstance(volts, float) and volts < sense.MAINS_VOLTS
    return Heard(Status.ON_BATTERY if lost else Status.TEST)
