# SPDX-License-Identifier: Apache-2.0
"""The outage state machine: a pure function of the plan, what is known, what happens and the monotonic time.

It touches nothing and keeps nothing: whoever calls it stores the state, tells of the events and carries out the actions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from agents.devices.sample import Sample
from agents.watch import climate, feed, orders
from agents.watch.event import Done, Event, Forecast, Key
from agents.watch.state import Power
from agents.watch.supply import standing

if TYPE_CHECKING:
    from agents.watch.event import Action, Happening
    from agents.watch.state import State
    from policies.outage import Plan

# A watch that did not run for so long has seen nothing: that itself is told.
GAP_SECONDS: Final = 60.0
# With two UPSes silent and not one heard, it is the monitor's own network that is gone.
_ALL: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the state, what is to be told, what is to be done."""

    state: State
    events: tuple[Event, ...] = ()
    actions: tuple[Action, ...] = ()


def advance(plan: Plan, state: State, happening: Happening, now: float) -> Step:
    """Move forward by one happening; `now` is seconds of a monotonic clock, and one that went back counts as standing still."""
    events: list[Event] = []
    if state.at and now - state.at >= GAP_SECONDS:
        events.append(Event(Key.GAP, "", now, data={"seconds": round(now - state.at)}))
    now = max(now, state.at)
    state = replace(state, at=now)
    state, more = _taken(plan, state, happening, now)
    events += more
    state, more = _site(plan, state, now)
    events += more
    state, more, actions = orders.given(plan, state, now)
    return Step(state, (*events, *more), tuple(actions))


def _taken(plan: Plan, state: State, happening: Happening, now: float) -> tuple[State, list[Event]]:
    if isinstance(happening, Sample):
        return _sampled(plan, state, happening, now)
    if isinstance(happening, Forecast):
        told = Event(Key.FORECAST, "", now, over=happening.minutes is None, data={"minutes": happening.minutes})
        return replace(state, forecast=happening.minutes), [told]
    if isinstance(happening, Done):
        return orders.ended(plan, state, happening, now)
    return _aged(plan, state, now, _feeds(plan, state))


def _sampled(plan: Plan, state: State, sample: Sample, now: float) -> tuple[State, list[Event]]:
    events: list[Event] = []
    if sample.climate:
        state, events = climate.felt(state, sample, plan, now)
    if sample.name not in plan.upses and sample.ups is None:
        return state, events
    before = state.feed(sample.name)
    moved, more = feed.looked(before, sample, plan, now)
    if before.seen_at is None and moved.power is Power.BATTERY:
        data = {"seconds_on_battery": round(now - (moved.battery_since or now))}
        more.insert(0, Event(Key.RESUMED, moved.name, now, data=data))
    others = [name for name in _feeds(plan, state) if name != sample.name]
    state, aged = _aged(plan, state.with_feed(moved), now, others)
    return state, [*events, *more, *aged]


def _feeds(plan: Plan, state: State) -> list[str]:
    """List the UPSes of the plan, and those that are watched without standing in it."""
    return list(dict.fromkeys((*plan.upses, *state.feeds)))


def _aged(plan: Plan, state: State, now: float, names: list[str]) -> tuple[State, list[Event]]:
    events: list[Event] = []
    for name in names:
        moved, more = feed.passed(state.feed(name), plan, now)
        state = state.with_feed(moved)
        events += more
    return state, events


def _site(plan: Plan, state: State, now: float) -> tuple[State, list[Event]]:
    """Tell what concerns all feeds together, and when an outage of the site begins."""
    events: list[Event] = []
    feeds = list(state.feeds.values())
    silent = [one for one in feeds if Key.SILENCE in one.noted]
    deaf = len(silent) == len(feeds) >= _ALL
    state, more = _noted(state, Key.ALL_SILENT, deaf, now, ", ".join(one.name for one in silent))
    events += more
    spares = [name for name, supply in plan.supplies.items() if standing(supply, state, plan, now).spare]
    state, more = _noted(state, Key.REDUNDANCY, bool(spares), now, ", ".join(spares))
    events += more
    if state.began is None:
        starts = [one.battery_since for one in feeds if one.confirmed and one.battery_since is not None]
        if starts:
            state = replace(state, began=min(starts), outage=state.outage + 1)
    return state, events


def _noted(state: State, key: Key, there: bool, now: float, who: str) -> tuple[State, list[Event]]:  # noqa: FBT001 - the state noted
    if there == (key in state.noted):
        return state, []
    noted = state.noted | {key} if there else state.noted - {key}
    return replace(state, noted=noted), [Event(key, "", now, over=not there, data={"who": who} if there else {})]
