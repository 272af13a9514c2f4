# SPDX-License-Identifier: Apache-2.0
"""Tell the outage machine a story, second by second, and keep what it said and ordered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from agents.devices.reading import ClimateReading, Status, UpsReading
from agents.devices.sample import Sample, Seen
from agents.watch.event import Done, Tick
from agents.watch.machine import advance
from agents.watch.state import State
from policies import outage

if TYPE_CHECKING:
    from agents.watch.event import Action, Event

PLAN = b"""
title: {en: Test plan, zh: x}
limits: {confirm_seconds: 10, mains_back_seconds: 60, dead_seconds: 60, silent_seconds: 300, low_seconds: 30,
         charge_percent: 20, runtime_minutes: 5, test_minutes: 30}
supplies:
  office: {ups: [ups_a]}
  server: {ups: [ups_a]}
  watch: {ups: [ups_a]}
tiers:
  - id: shed
    title: {en: Shed, zh: x}
    when: {minutes_on_battery: 10, runtime_minutes: 30, charge_percent: 50, forecast_minutes: 60, temperature_c: 30}
    steps: [{name: office, subjects: [office], command: ["true"], seconds: 60}]
  - id: servers
    title: {en: Servers, zh: x}
    steps: [{name: server, subjects: [server], command: ["true"], seconds: 120}]
monitor: {subject: watch, command: ["true"], seconds: 30}
restart:
  charge_percent: 60
  steps:
    - {name: server, subjects: [server], command: ["true"]}
    - {name: office, subjects: [office], command: ["true"]}
  checks: [{name: all, subjects: [server, office], command: ["true"]}]
"""
TWO_FEEDS = (
    PLAN.replace(b"office: {ups: [ups_a]}", b"office: {ups: [ups_a, ups_b]}")
    .replace(b"server: {ups: [ups_a]}", b"server: {ups: [ups_a, ups_b]}")
    .replace(b"watch: {ups: [ups_a]}", b"watch: {ups: [ups_a, ups_b]}")
)

ONLINE = UpsReading(
    "ups_a",
    serial="S1",
    status=Status.ONLINE,
    battery_low=False,
    battery_replace=False,
    charge_percent=100,
    runtime_minutes=120,
    load_percent=30,
    seconds_on_battery=0,
    input_voltage=230,
    alarms=0,
)
BATTERY = replace(ONLINE, status=Status.ON_BATTERY, input_voltage=0, seconds_on_battery=None, charge_percent=99)


@dataclass
class Story:
    """The machine and its clock; actions succeed at once unless `hold` names their tier, or `fails` what goes wrong where."""

    plan: outage.Plan = field(default_factory=lambda: outage.read("plan.yml", PLAN))
    state: State = field(default_factory=State)
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    hold: set[str] = field(default_factory=set)
    fails: dict[str, str] = field(default_factory=dict)

    def happen(self, happening):
        """Let one thing happen now."""
        step = advance(self.plan, self.state, happening, self.now)
        self.state = step.state
        self.events += step.events
        self.actions += step.actions
        for action in step.actions:
            if action.tier not in self.hold:
                self.happen(Done(action.id, {name: self.fails.get(name, "") for name in action.subjects}))
        return step

    def look(self, *readings, stale=False, remarks=()):
        """Poll each of these once, now."""
        for reading in readings:
            seen = Seen(climate=(reading,)) if isinstance(reading, ClimateReading) else Seen(ups=reading)
            self.happen(Sample(reading.name, self.now, seen, "old" if stale else "", stale, 0, tuple(remarks)))

    def live(self, seconds, *readings, every=5.0, **how):
        """Poll these for so long; with none only time passes."""
        end = self.now + seconds
        while self.now < end:
            self.now += every
            if readings:
                self.look(*readings, **how)
            else:
                self.happen(Tick())
        return self

    def silent(self, seconds, *names, every=5.0):
        """Poll these for so long without an answer."""
        end = self.now + seconds
        while self.now < end:
            self.now += every
            for name in names or ("ups_a",):
                self.happen(Sample(name, self.now, trouble="no answer"))
        return self

    @property
    def told(self):
        """Give the events as words: key and `over`, in order."""
        return [f"{event.key}{' over' if event.over else ''}" for event in self.events]

    @property
    def ordered(self):
        """Give the actions as words, in order."""
        return [f"{action.tier} {','.join(action.subjects)}" for action in self.actions]
