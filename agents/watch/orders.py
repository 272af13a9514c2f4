# SPDX-License-Identifier: Apache-2.0
"""What the plan orders at a moment: which tier is due, what is past the point of no return, what comes next, what comes back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agents.watch import climate
from agents.watch.event import Action, Done, Event, Key
from agents.watch.state import Act, Power
from agents.watch.supply import due, standing
from policies.outage import CHECKS, MONITOR, RESTART

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agents.watch.state import Feed, State
    from agents.watch.supply import Standing
    from policies.outage import Plan, Step

    Told = tuple[State, list[Event]]

_BACK: Final = frozenset({RESTART, CHECKS})
# How long after its time limit an action that never reported is given up.
GRACE_SECONDS: Final = 60.0
# A UPS that never tells its charge is given so long on mains before anything is started on it.
_UNKNOWN_CHARGE_SECONDS: Final = 1800.0


def given(plan: Plan, state: State, now: float) -> tuple[State, list[Event], list[Action]]:
    """Decide; at most one action is under way at a time, so that the order holds."""
    if state.began is None:
        return state, [], []
    state, events = _given_up(plan, state, now)
    seen = {name: standing(supply, state, plan, now) for name, supply in plan.supplies.items()}
    state, more = _aimed(plan, state, seen, now)
    events += more
    if any(act.ended is None for act in state.acts):
        return state, events, []
    following = _next_stop(plan, state, seen)
    if following is None and not _off_mains(state):
        if not state.acts:
            return _over(state), events, []
        state, more, following = _coming_back(plan, state, now)
        events += more
    if following is None:
        return state, events, []
    return _begun(state, following, events, now)


def ended(plan: Plan, state: State, done: Done, now: float) -> Told:
    """Note how an action ended; one that is not under way is nobody's."""
    act = next((one for one in state.acts if one.id == done.id and one.ended is None), None)
    if act is None:
        return state, []
    failed = {name: why for name, why in done.results.items() if why}
    finished = replace(act, ended=now, failed=failed)
    state = replace(state, acts=tuple(finished if one is act else one for one in state.acts))
    events = [Event(Key.STEP_FAILED, name, now, data={"tier": act.tier, "why": why}) for name, why in sorted(failed.items())]
    if act.step == len(plan.tier(act.tier)) - 1:
        events.append(Event(Key.TIER, act.tier, now, over=True, data={"failed": len(failed), "subjects": len(act.subjects)}))
    return state, events


def _given_up(plan: Plan, state: State, now: float) -> Told:
    """Go on without an action that never reported."""
    events: list[Event] = []
    for act in state.acts:
        step = plan.tier(act.tier)[act.step]
        if act.ended is None and now - act.begun > step.seconds * (step.retries + 1) + GRACE_SECONDS:
            done = Done(act.id, dict.fromkeys(act.subjects, "no report within the time limit"))
            state, more = ended(plan, state, done, now)
            events += more
    return state, events


def _aimed(plan: Plan, state: State, seen: dict[str, Standing], now: float) -> Told:
    """Raise the level to the highest tier that is due, and latch what is about to lose its power."""
    heat = climate.celsius(state.probes, now)
    level = -1 if not any(one.affected for one in seen.values()) else state.level
    for index, tier in enumerate(plan.tiers):
        names = {name for step in tier.steps for name in step.subjects}
        if any(due(tier.when, seen[name], state.forecast, heat) for name in names):
            level = max(level, index)
    ours = {name for tier in plan.tiers for step in tier.steps for name in step.subjects} | set(plan.monitor.subjects)
    fresh = sorted(name for name in ours if seen[name].lost and name not in state.latched)
    events = [Event(Key.LATCHED, "", now, data={"who": ", ".join(fresh)})] if fresh else []
    return replace(state, level=level, latched=(*state.latched, *fresh)), events


def _next_stop(plan: Plan, state: State, seen: dict[str, Standing]) -> Action | None:
    for index, tier in enumerate(plan.tiers):
        for number, step in enumerate(tier.steps):
            wanted = [
                name
                for name in step.subjects
                if (name in state.latched or (index <= state.level and seen[name].affected))
                and not _stopped(state, tier.id, number, name)
            ]
            if wanted:
                return _action(state, tier.id, number, wanted)
    # With the mains back the monitor stays: somebody must start the others again.
    ending = [name for name in plan.monitor.subjects if name in state.latched and seen[name].affected]
    wanted = [name for name in ending if not _stopped(state, MONITOR, 0, name)]
    return _action(state, MONITOR, 0, wanted) if wanted else None


def _action(state: State, tier: str, number: int, subjects: Sequence[str]) -> Action:
    return Action(f"{state.outage}-{len(state.acts)}-{tier}-{number}", tier, number, tuple(subjects))


def _begun(state: State, action: Action, events: list[Event], now: float) -> tuple[State, list[Event], list[Action]]:
    first = not any(act.tier == action.tier for act in state.acts)
    if first and action.tier not in _BACK:
        events.append(Event(Key.TIER, action.tier, now, data={"subjects": ", ".join(action.subjects)}))
    if action.tier == MONITOR:
        events.append(Event(Key.MONITOR_LAST, action.subjects[0], now))
    act = Act(action.id, action.tier, action.step, action.subjects, now)
    latched = tuple(name for name in state.latched if not (action.tier == RESTART and name in action.subjects))
    return replace(state, acts=(*state.acts, act), latched=latched), events, [action]


def _stopped(state: State, tier: str, number: int, subject: str) -> bool:
    """Tell whether a step was taken on a subject since it was last started."""
    last = max((at for at, act in enumerate(state.acts) if act.tier == RESTART and subject in act.subjects), default=-1)
    return any(act.tier == tier and act.step == number and subject in act.subjects for act in state.acts[last + 1 :])


def _off_mains(state: State) -> bool:
    return any(feed.battery_since is not None or feed.power is Power.OFF for feed in state.feeds.values())


def _coming_back(plan: Plan, state: State, now: float) -> tuple[State, list[Event], Action | None]:
    """Start again what was stopped, in the order of the plan, each subject once its feeds are charged; then check; then report."""
    events: list[Event] = []
    if state.mains_back is None:
        state = replace(state, mains_back=now)
        events.append(Event(Key.RESTART, "", now))
    for tier, number, step in _steps_back(plan):
        todo = [name for name in step.subjects if _touched(state, name) and not _taken_back(state, tier, number, name)]
        ready = [name for name in todo if _charged(plan, state, name, now)]
        state, more = _waits(state, sorted(set(todo) - set(ready)), now)
        events += more
        if ready:
            return state, events, _action(state, tier, number, ready)
        if todo:
            return state, events, None
    # Off mains meanwhile: `given` would not have come here.
    failed = sum(len(act.failed) for act in state.acts)
    events.append(
        Event(Key.RESTART, "", now, over=True, data={"failed": failed, "minutes": round((now - (state.mains_back or now)) / 60, 1)})
    )
    return _over(state), events, None


def _steps_back(plan: Plan) -> Iterator[tuple[str, int, Step]]:
    for tier in (RESTART, CHECKS):
        yield from ((tier, number, step) for number, step in enumerate(plan.tier(tier)))


def _touched(state: State, subject: str) -> bool:
    return any(act.tier not in _BACK and subject in act.subjects for act in state.acts)


def _taken_back(state: State, tier: str, number: int, subject: str) -> bool:
    last = max((at for at, act in enumerate(state.acts) if act.tier not in _BACK and subject in act.subjects), default=-1)
    return any(act.tier == tier and act.step == number and subject in act.subjects for act in state.acts[last + 1 :])


def _charged(plan: Plan, state: State, subject: str, now: float) -> bool:
    supply = plan.supplies[subject]
    good = [
        feed for name in supply.upses if _enough(plan, feed := state.feed(name), state, now) and feed.power is not Power.BATTERY
    ]
    return len(good) >= supply.needs


def _enough(plan: Plan, feed: Feed, state: State, now: float) -> bool:
    if feed.charge is None:
        return state.mains_back is not None and now - state.mains_back >= _UNKNOWN_CHARGE_SECONDS
    return feed.charge >= plan.restart.charge_percent


def _waits(state: State, who: list[str], now: float) -> Told:
    if bool(who) == (Key.RESTART_WAITS in state.noted):
        return state, []
    noted = state.noted | {Key.RESTART_WAITS} if who else state.noted - {Key.RESTART_WAITS}
    event = Event(Key.RESTART_WAITS, "", now, over=not who, data={"who": ", ".join(who)} if who else {})
    return replace(state, noted=noted), [event]


def _over(state: State) -> State:
    return replace(state, began=None, acts=(), latched=(), level=-1, forecast=None, mains_back=None)
