# SPDX-License-Identifier: Apache-2.0
"""What was read of a UPS or of a probe, in the columns of the tables `ups` and `climate`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.source import Row
    from policies.verdict import Cell


class Status(StrEnum):
    """Where the load's power comes from; `test` is a self-test or a calibration while the mains are there."""

    ONLINE = "online"
    ON_BATTERY = "on_battery"
    BYPASS = "bypass"
    OFF = "off"
    TEST = "test"
    UNKNOWN = "unknown"


class TestResult(StrEnum):
    """How the last battery test ended; `none`: there was no test since the card started."""

    __test__ = False  # no test case, whatever pytest makes of the name

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    ABORTED = "aborted"
    RUNNING = "running"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UpsReading:
    """One look at a UPS. None: not known, and then `unknown` gives the reason under the column's name.

    `source` names the MIB (of several: joined by " + ") or NUT; `last_test_date` is YYYY-MM-DD. `alarms` counts what the
    device complains of; `read_at` is Unix seconds; `serves` is the inventory's word, not the device's.
    """

    name: str
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    status: Status = Status.UNKNOWN
    battery_low: bool | None = None
    battery_replace: bool | None = None
    charge_percent: float | None = None
    runtime_minutes: float | None = None
    load_percent: float | None = None
    seconds_on_battery: int | None = None
    battery_temperature_c: float | None = None
    input_voltage: float | None = None
    last_test_result: TestResult | None = None
    last_test_date: str | None = None
    source: str | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)
    serves: str = ""
    alarms: int | None = None
    read_at: int | None = None

    def row(self) -> Row:
        """Give the row of table `ups`: flags are 0 or 1, `unknown` is JSON text."""
        return {**_cells(self), "unknown": json.dumps(dict(self.unknown), ensure_ascii=False, sort_keys=True)}


@dataclass(frozen=True, slots=True)
class ClimateReading:
    """One probe of a sensor. `value` None or not `ok_reading`: `reason` says why it is not to be believed.

    Temperatures are in C and humidities in %, whatever the device speaks; a switch (leak, smoke, door) is 0 at rest, 1 in alarm.
    """

    name: str
    probe: str
    kind: str
    value: float | None
    unit: str
    ok_reading: bool
    reason: str = ""
    place: str = ""
    read_at: int | None = None

    def row(self) -> Row:
        """Give the row of table `climate`."""
        return _cells(self)


# What can be unknown of a UPS: the columns of table `ups` but its name, and those that speak of the look rather than of the UPS.
UPS_COLUMNS: Final = tuple(
    one.name for one in fields(UpsReading) if one.name not in {"name", "source", "unknown", "serves", "alarms", "read_at"}
)


def nothing(name: str, reason: str, *, serves: str = "", read_at: int | None = None) -> UpsReading:
    """Give the reading of a UPS of which nothing is known, each column for the same reason."""
    return UpsReading(name, serves=serves, read_at=read_at, unknown=dict.fromkeys(UPS_COLUMNS, reason))


def _cells(reading: UpsReading | ClimateReading) -> dict[str, Cell]:
    return {one.name: _cell(getattr(reading, one.name)) for one in fields(reading) if one.name != "unknown"}


def _cell(value: Cell) -> Cell:
    return int(value) if isinstance(value, bool) else str(value) if isinstance(value, str) else value
