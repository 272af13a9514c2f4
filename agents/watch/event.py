# SPDX-License-Identifier: Apache-2.0
"""What the watch notices, and what happens to it: plain data, in and out of the state machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.devices.sample import Sample
    from policies.verdict import Cell


class Key(StrEnum):
    """Every event there is. Those that last end with the same key and `over` set."""

    # a feed
    BLIP = "blip"  # on battery, and back before it was an outage
    OUTAGE = "outage"
    SELF_TEST = "self_test"
    LONG_TEST = "long_test"
    BYPASS = "bypass"
    OFF = "off"
    SILENCE = "silence"  # no fresh answer for as long as the plan allows
    STALE = "stale"  # it answers, with old figures
    ALARM = "alarm"
    REPLACE_BATTERY = "replace_battery"
    TEST_FAILED = "test_failed"
    STATUS_UNKNOWN = "status_unknown"
    LOW_BATTERY = "low_battery"
    LOW_DOUBTED = "low_doubted"  # one sign of a low battery, and it cannot be believed
    OPTIMISTIC = "optimistic"  # the battery drains faster than its runtime says
    LOST = "lost"  # the feed can no longer be counted on
    CARD_CHANGED = "card_changed"
    CARD_RESTARTED = "card_restarted"
    OTHER_DEVICE = "other_device"
    # the site
    ALL_SILENT = "all_silent"
    REDUNDANCY = "redundancy"  # a subject still has power, with no feed to spare
    GAP = "gap"  # the watch itself did not run for a while
    RESUMED = "resumed"  # the watch began anew with an outage under way
    FORECAST = "forecast"
    # the plan
    TIER = "tier"
    LATCHED = "latched"  # past the point of no return
    STEP_FAILED = "step_failed"
    MONITOR_LAST = "monitor_last"
    RESTART_WAITS = "restart_waits"
    RESTART = "restart"
    # climate
    CLIMATE = "climate"
    PROBE = "probe"
    RISING = "rising"


class Severity(StrEnum):
    """How loud."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


_INFO: Final = frozenset(
    {Key.BLIP, Key.SELF_TEST, Key.CARD_RESTARTED, Key.RESUMED, Key.FORECAST, Key.RESTART, Key.RESTART_WAITS, Key.GAP}
)
_CRITICAL: Final = frozenset({Key.OUTAGE, Key.LOW_BATTERY, Key.LOST, Key.LATCHED, Key.STEP_FAILED, Key.MONITOR_LAST, Key.TIER})


def severity(key: Key) -> Severity:
    """Give how loud an event is."""
    return Severity.INFO if key in _INFO else Severity.CRITICAL if key in _CRITICAL else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Event:
    """Something noticed about `about` (a subject, a tier or the site "") at `at` of the monotonic clock; `over`: it ended."""

    key: Key
    about: str
    at: float
    over: bool = False
    data: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """One step of a tier to be carried out on these subjects; `id` is never used twice."""

    id: str
    tier: str
    step: int
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; nothing else."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """People say how long the outage will last, in minutes; None: they take it back."""

    minutes: float | None


@dataclass(frozen=True, slots=True)
class Done:
    """An action ended: subject -> "" where it worked, else what went wrong."""

    id: str
    results: Mapping[str, str]


Happening: TypeAlias = "Sample | Tick | Forecast | Done"
