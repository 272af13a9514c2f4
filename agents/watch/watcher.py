# SPDX-License-Identifier: Apache-2.0
"""The loop: one task a device, each poll written down together with all that follows from it, before anything is done."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from agents.watch import runner
from agents.watch.event import Done, Forecast, Tick
from agents.watch.history import History
from agents.watch.journal import Journal, Order, boot_id
from agents.watch.machine import advance
from policies.outage import MONITOR

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from agents.devices.sample import Sample
    from agents.watch.event import Action, Event, Happening
    from agents.watch.state import State
    from agents.watch.store import Store
    from policies.outage import Plan

TICK_SECONDS: Final = 1.0
# A runner that died is asked once more; a second death is a failure.
_DEATHS: Final = 2


class Poller(Protocol):
    """What is polled: a coordinator of agents/devices."""

    @property
    def name(self) -> str:
        """Give the subject's name."""
        ...

    @property
    def interval(self) -> float:
        """Give the seconds until the next poll."""
        ...

    async def poll(self) -> Sample:
        """Look once; raises nothing."""
        ...


def boottime() -> float:
    """Give seconds since the machine started, sleep included: what a battery drains through."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks: `mono` for every decision, `wall` for what people read; and how to wait by them."""

    mono: Callable[[], float] = boottime
    wall: Callable[[], float] = time.time
    boot: Callable[[], str] = boot_id
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def _nobody(_: Sequence[Event]) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Watcher:
    """Takes samples, keeps everything, orders actions. `ready` makes an action's command; `tell` is shown the events."""

    plan: Plan
    store: Store
    ready: Callable[[Action], Sequence[str]]
    tell: Callable[[Sequence[Event]], None] = _nobody
    clock: Clock = field(default_factory=Clock)
    latest: dict[str, Sample] = field(default_factory=dict)
    state: State = field(init=False)
    _history: History = field(init=False)
    _journal: Journal = field(init=False)
    _deaths: dict[str, int] = field(default_factory=dict)
    _children: set[int] = field(default_factory=set)
    _rebooted: bool = False

    def __post_init__(self) -> None:
        """Take up the state where the last watch left it."""
        self._history, self._journal = History(self.store.connection), Journal(self.store.connection)
        self._rebooted = self._journal.boot() not in {"", self.clock.boot()}
        self.state = self._journal.load(self.clock.mono(), self.clock.wall(), self.clock.boot())

    async def run(self, pollers: Sequence[Poller]) -> None:
        """Poll for ever; a device that hangs holds no other."""
        self.resume()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ticks())
            for poller in pollers:
                group.create_task(self._polls(poller))

    async def _polls(self, poller: Poller) -> None:
        due = self.clock.mono()
        while True:
            self.take(await poller.poll())
            # What was missed while a poll hung is not made up for.
            due = max(due + poller.interval, self.clock.mono())
            await self.clock.sleep(max(0.0, due - self.clock.mono()))

    async def _ticks(self) -> None:
        while True:
            await self.clock.sleep(TICK_SECONDS)
            self.tick()

    def resume(self) -> None:
        """Look after what was ordered before this watch began: what nobody carried out is carried out now."""
        for act in self.state.acts:
            if act.ended is None and act.tier == MONITOR and self._rebooted:
                # The machine runs again: its own end has been, whether or not somebody could write so.
                self._happen(Done(act.id, {}))
        self._look_after()

    def take(self, sample: Sample) -> None:
        """Take one poll: its figures, what follows from it and the new state are written together or not at all."""
        self.latest[sample.name] = sample
        self._happen(sample)

    def tick(self) -> None:
        """Let time pass: look after the actions, take the word of people."""
        with self.store.writing():
            wishes = self._journal.wishes()
        for kind, body in wishes:
            if kind == "forecast":
                self._happen(Forecast(body["minutes"]))
        self._look_after()
        self._happen(Tick())

    def _happen(self, happening: Happening) -> None:
        mono, wall = self.clock.mono(), self.clock.wall()
        before = self.state
        step = advance(self.plan, before, happening, mono)
        orders = [self._order(action) for action in step.actions]
        with self.store.writing():
            if not isinstance(happening, (Tick, Done, Forecast)):
                self._history.take(int(wall), happening)
            self._journal.note(step.events, mono, wall)
            self._journal.outage(before, step.state, mono, wall)
            self._journal.want(orders, wall)
            self._journal.keep(step.state, mono, wall, self.clock.boot())
        self.state = step.state
        for order in orders:
            self._children.add(runner.launch(self.store.path, order.action.id))
        if step.events:
            self.tell(step.events)

    def _order(self, action: Action) -> Order:
        step = self.plan.tier(action.tier)[action.step]
        return Order(action, tuple(self.ready(action)), step.seconds, step.retries + 1)

    def _look_after(self) -> None:
        """Take what runners wrote; start what none has begun; ask again for what one left unfinished."""
        self._children = runner.reaped(self._children)
        for act in self.state.acts:
            if act.ended is None:
                self._look_at(act.id)

    def _look_at(self, name: str) -> None:
        row = self.store.connection.execute("SELECT claimed, ended, results FROM actions WHERE id = ?", (name,)).fetchone()
        if row is None:
            return
        claimed, ended, results = row
        if ended is not None:
            found: Mapping[str, str] = json.loads(results)
            self._happen(Done(name, found))
            return
        lock = runner.held(self.store.path, name)
        if lock is None:
            return
        with lock, self.store.writing() as connection:
            if claimed is not None:
                self._deaths[name] = self._deaths.get(name, 0) + 1
                free = "UPDATE actions SET claimed = NULL WHERE id = ? AND ended IS NULL"
                failed = "UPDATE actions SET ended = ?, results = ? WHERE id = ? AND ended IS NULL"
                if self._deaths[name] < _DEATHS:
                    connection.execute(free, (name,))
                else:
                    subjects = next(act.subjects for act in self.state.acts if act.id == name)
                    connection.execute(failed, (self.clock.wall(), json.dumps(dict.fromkeys(subjects, "interrupted")), name))
                    return
        self._children.add(runner.launch(self.store.path, name))
