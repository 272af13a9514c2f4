# SPDX-License-Identifier: Apache-2.0
"""The room: probes judged for sense, the median of those that agree, a band with hysteresis, and a rise that comes before it."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Final

from agents.watch.event import Event, Key
from agents.watch.state import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.devices.reading import ClimateReading
    from agents.devices.sample import Sample
    from agents.watch.state import State
    from policies.outage import Plan

TEMPERATURE: Final = "temperature"
HUMIDITY: Final = "humidity"
# A probe's own accuracy is near the width of the band: it is left only by more than this, and entered again well inside.
_MARGIN: Final = {TEMPERATURE: 0.5, HUMIDITY: 2.0}
# A real probe trembles: one that shows the same to the last digit for so long is stuck.
_STUCK_SECONDS: Final = 6 * 3600.0
# A reading older than this is none.
_OLD_SECONDS: Final = 300.0
# Cooling that is lost warms a room by more than this in ten minutes.
_RISE_SECONDS: Final = 600.0
_RISE_C: Final = 2.0
# So many points are enough to see a rise by, beside the oldest.
_POINTS: Final = 11


def felt(state: State, sample: Sample, plan: Plan, now: float) -> tuple[State, list[Event]]:
    """Move the probes of one sensor forward, then judge the room."""
    events: list[Event] = []
    probes, noted = dict(state.probes), set(state.noted)
    for reading in () if sample.stale else sample.climate:
        if reading.kind not in _MARGIN:
            continue
        key = f"{sample.name}/{reading.probe}"
        probe = _probe(probes.get(key) or Probe(key, reading.kind, moved=now), reading, now)
        probes[key] = probe
        stuck = reading.ok_reading and now - probe.moved >= _STUCK_SECONDS
        why = reading.reason or "no reading" if not reading.ok_reading else "stuck" if stuck else ""
        events += _note(noted, f"{Key.PROBE} {key}", bool(why), Event(Key.PROBE, key, now, data={"why": why}))
    state = replace(state, probes=probes, noted=frozenset(noted))
    return _judged(state, plan, now, events)


def celsius(probes: Mapping[str, Probe], now: float) -> float | None:
    """Give the room's temperature: the median of the probes that can be believed; None without one."""
    return _middle(probes, TEMPERATURE, now)


def _middle(probes: Mapping[str, Probe], kind: str, now: float) -> float | None:
    values = [one.value for one in probes.values() if one.kind == kind and _fresh(one, now) and one.value is not None]
    return median(values) if values else None


def _fresh(probe: Probe, now: float) -> bool:
    return now - probe.at < _OLD_SECONDS and now - probe.moved < _STUCK_SECONDS


def _probe(probe: Probe, reading: ClimateReading, now: float) -> Probe:
    if not reading.ok_reading or reading.value is None:
        return replace(probe, value=None, past=())
    past = (*(pair for pair in probe.past if now - pair[0] <= _RISE_SECONDS), (now, reading.value))
    moved = now if reading.value != probe.value else probe.moved
    past = past[:1] + past[-_POINTS:] if len(past) > _POINTS + 1 else past
    return replace(probe, value=reading.value, at=now, moved=moved, past=past)


def _judged(state: State, plan: Plan, now: float, events: list[Event]) -> tuple[State, list[Event]]:
    noted = set(state.noted)
    for kind, (lowest, highest) in ((TEMPERATURE, plan.targets.temperature_c), (HUMIDITY, plan.targets.humidity_percent)):
        value = _middle(state.probes, kind, now)
        if value is None:
            continue
        key, margin = f"{Key.CLIMATE} {kind}", _MARGIN[kind]
        outside = value < lowest - margin or value > highest + margin
        if key in noted:
            outside = not lowest <= value <= highest
        data = {"value": value, "lowest": lowest, "highest": highest}
        events += _note(noted, key, outside, Event(Key.CLIMATE, kind, now, data=data))
    rise = max((_rise(one) for one in state.probes.values() if one.kind == TEMPERATURE and _fresh(one, now)), default=0.0)
    known = f"{Key.RISING}" in noted
    rising = rise >= (_RISE_C / 2 if known else _RISE_C)
    events += _note(noted, f"{Key.RISING}", rising, Event(Key.RISING, TEMPERATURE, now, data={"celsius": round(rise, 2)}))
    return replace(state, noted=frozenset(noted)), events


def _rise(probe: Probe) -> float:
    values = [value for _, value in probe.past]
    return values[-1] - min(values) if values else 0.0


def _note(noted: set[str], key: str, there: bool, event: Event) -> list[Event]:  # noqa: FBT001 - the state noted
    if there == (key in noted):
        return []
    (noted.add if there else noted.discard)(key)
    return [event if there else replace(event, over=True)]
