# SPDX-License-Identifier: Apache-2.0
"""Play the plan against an outage that is imagined: the same machine, and instead of every command a record of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from agents.devices.reading import Status, UpsReading
from agents.devices.sample import Sample, Seen
from agents.watch.event import Done, Forecast
from agents.watch.machine import advance
from agents.watch.never import no_process
from agents.watch.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agents.watch.event import Action, Event
    from policies.outage import Plan

# The imagined clock begins here, so that no time is mistaken for "never".
START: Final = 1000.0
STEP: Final = 5.0
_CALM: Final = 60.0
# A drill that does not come to its end in three imagined days never will.
_LONGEST: Final = 3 * 86400.0
_LOW_PERCENT: Final = 10.0


class InterruptedDrillError(Exception):
    """A real outage began: the drill is over."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is imagined: an outage of so many minutes, on batteries that would last `runtime_minutes` from full.

    `recharge` is per cent of charge a minute on mains. `forecast` is what people say at the beginning, None: nothing.
    `fails` are subjects that are to refuse; the steps on them are recorded as failed.
    """

    minutes: float = 180
    runtime_minutes: float = 120
    recharge: float = 0.5
    forecast: float | None = None
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What stands for a command that a real outage would have run: when it began, how long it took, what went wrong."""

    action: Action
    second: float
    seconds: float
    results: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Played:
    """A drill that was played; times are seconds since the imagined mains went."""

    events: tuple[tuple[float, Event], ...]
    records: tuple[Record, ...]
    levels: tuple[tuple[float, float], ...]
    ended: float


def longest(plan: Plan, action: Action) -> float:
    """Give the time a step may take at most, all its tries: what a drill reckons with where nobody measures."""
    step = plan.tier(action.tier)[action.step]
    return step.seconds * (step.retries + 1)


@dataclass(slots=True)
class Drill:
    """One drill. `takes` tells how long a step took and what went wrong; `real` is asked all along whether the mains are gone.

    Nothing here can run a command: the class has no way to, and the interpreter is told to refuse every process meanwhile.
    """

    plan: Plan
    scenario: Scenario
    takes: Callable[[Action], tuple[float, Mapping[str, str]]]
    real: Callable[[], bool] = lambda: False
    state: State = field(default_factory=State)
    _now: float = START
    _charge: float = 100.0
    _events: list[tuple[float, Event]] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)
    _levels: list[tuple[float, float]] = field(default_factory=list)
    _waiting: list[Record] = field(default_factory=list)

    def play(self) -> Played:
        """Play it to its end.

        Raises:
            InterruptedDrillError: the mains are really gone.
        """
        with no_process():
            for _ in self._moments():
                if self.real():
                    raise InterruptedDrillError
                self._look()
                self._finish()
            return Played(tuple(self._events), tuple(self._records), tuple(self._levels), self._now - self._zero)

    @property
    def _zero(self) -> float:
        return START + _CALM

    @property
    def _out(self) -> bool:
        return self._zero <= self._now < self._zero + self.scenario.minutes * 60

    def _moments(self) -> Iterator[float]:
        """Give the moments until the mains are back and all is started again, or nothing more can come."""
        begun = False
        while self._now - START < _LONGEST:
            self._now += STEP
            begun = begun or self.state.began is not None
            yield self._now
            after = self._now > self._zero + self.scenario.minutes * 60 + self.plan.limits.mains_back_seconds + STEP
            if after and self.state.began is None:
                return

    def _look(self) -> None:
        full = self.scenario.runtime_minutes
        fallen = STEP / 60 * 100 / full
        self._charge = (
            max(0.0, self._charge - fallen) if self._out else min(100.0, self._charge + self.scenario.recharge * STEP / 60)
        )
        if self._now == self._zero + STEP and self.scenario.forecast is not None:
            self._happen(Forecast(self.scenario.forecast))
        if not self._levels or self._now - self._zero - self._levels[-1][0] >= STEP * 12:
            self._levels.append((self._now - self._zero, round(self._charge, 2)))
        for name in self.plan.upses:
            self._happen(Sample(name, self._now, Seen(ups=self._reading(name))))

    def _reading(self, name: str) -> UpsReading:
        left = self._charge / 100 * self.scenario.runtime_minutes
        online = UpsReading(name, status=Status.ONLINE, battery_low=False, charge_percent=self._charge, runtime_minutes=left)
        if not self._out:
            return replace(online, input_voltage=230.0, seconds_on_battery=0)
        drained = int(self._now - self._zero)
        low = self._charge <= _LOW_PERCENT
        return replace(online, status=Status.ON_BATTERY, battery_low=low, input_voltage=0.0, seconds_on_battery=drained)

    def _happen(self, happening: Sample | Forecast | Done) -> None:
        step = advance(self.plan, self.state, happening, self._now)
        self.state = step.state
        self._events += [(self._now - self._zero, event) for event in step.events]
        for action in step.actions:
            seconds, results = self.takes(action)
            self._waiting.append(Record(action, self._now - self._zero, seconds, results))

    def _finish(self) -> None:
        """End the steps whose time has passed."""
        for record in list(self._waiting):
            if self._now - self._zero - record.second >= record.seconds:
                self._waiting.remove(record)
                self._records.append(record)
                self._happen(Done(record.action.id, dict(record.results)))


def worst_case(plan: Plan, scenario: Scenario) -> Callable[[Action], tuple[float, Mapping[str, str]]]:
    """Let each step take all the time it may, and fail where the scenario says so."""

    def takes(action: Action) -> tuple[float, Mapping[str, str]]:
        return longest(plan, action), {name: "refused in the drill" if name in scenario.fails else "" for name in action.subjects}

    return takes


def replayed(records: list[Mapping[str, Any]]) -> Callable[[Action], tuple[float, Mapping[str, str]]]:
    """Let each step take what it took on record; a step that is not on record takes no time, and shows as a difference."""
    known = {one["id"]: one for one in records}

    def takes(action: Action) -> tuple[float, Mapping[str, str]]:
        one = known.get(action.id)
        return (0.0, {}) if one is None else (one["seconds"], one["results"])

    return takes
