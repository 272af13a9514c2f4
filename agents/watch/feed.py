# SPDX-License-Identifier: Apache-2.0
"""One feed moved forward: what a look at a UPS, or its silence, changes in what is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agents.devices.reading import Status, TestResult
from agents.devices.sample import Remark
from agents.watch import battery
from agents.watch.event import Event, Key
from agents.watch.state import Power

if TYPE_CHECKING:
    from agents.devices.reading import UpsReading
    from agents.devices.sample import Sample
    from agents.watch.state import Feed
    from policies.outage import Plan
    from policies.verdict import Cell

    Moved = tuple[Feed, list[Event]]

# Below this the mains are gone whatever the UPS calls its state; the lowest mains voltage in use is 100 V.
_NO_MAINS_VOLTS: Final = 50.0
# A feed that was just heard is not silent: polls come every few seconds.
_HEARD_SECONDS: Final = 15.0
_LASTING: Final = {Power.TEST: Key.SELF_TEST, Power.BYPASS: Key.BYPASS, Power.OFF: Key.OFF}
_POWERS: Final = {
    Status.ONLINE: Power.MAINS,
    Status.ON_BATTERY: Power.BATTERY,
    Status.BYPASS: Power.BYPASS,
    Status.OFF: Power.OFF,
    Status.TEST: Power.TEST,
}


def lost(feed: Feed, plan: Plan, now: float) -> str:
    """Say why a feed can no longer be counted on; "" where it can."""
    limits = plan.limits
    if feed.power is Power.OFF and now - feed.since >= limits.confirm_seconds:
        return "off"
    if feed.power is not Power.BATTERY or not feed.confirmed:
        return ""
    if feed.low:
        return "low battery"
    silent = now - (feed.seen_at if feed.seen_at is not None else now)
    if silent >= limits.dead_seconds:
        return "silent on battery"
    rest = battery.left(feed, now)
    return "battery reckoned empty" if silent > _HEARD_SECONDS and rest is not None and rest <= limits.runtime_minutes else ""


def looked(feed: Feed, sample: Sample, plan: Plan, now: float) -> Moved:
    """Move a feed forward by one poll."""
    events = [Event(key, feed.name, now) for remark, key in _REMARKS.items() if remark in sample.remarks]
    reading = sample.ups
    feed, more = _note(feed, Key.STALE, sample.stale, now, {"trouble": sample.trouble})
    events += more
    if reading is None or sample.stale:
        return _then(events, passed(feed, plan, now))
    stranger = bool(feed.serial and reading.serial and feed.serial != reading.serial)
    feed, more = _note(feed, Key.OTHER_DEVICE, stranger, now, {"known": feed.serial, "serial": reading.serial})
    events += more
    if stranger and feed.battery_since is not None:
        # In an outage nothing is believed of another device at this address; on mains there is nothing to decide.
        return _then(events, passed(feed, plan, now))
    feed = replace(feed, answered_at=now, serial=reading.serial or feed.serial)
    power = _power(feed, reading, plan)
    feed, more = _note(feed, Key.STATUS_UNKNOWN, power is None, now, {"reason": reading.unknown.get("status")})
    events += more
    if power is not None:
        moved, more = _powered(_measured(feed, reading, power, now), reading, power, plan, now)
        feed, events = moved, events + more
    return _then(events, passed(feed, plan, now))


_REMARKS: Final = {Remark.ENGINE_ID_CHANGED: Key.CARD_CHANGED, Remark.RESTARTED: Key.CARD_RESTARTED}


def passed(feed: Feed, plan: Plan, now: float) -> Moved:
    """Move a feed forward by the time that has passed, heard or not."""
    if feed.seen_at is None and feed.since == 0:
        feed = replace(feed, since=now)
    events: list[Event] = []
    # One answer "on battery" and then silence is an outage like any other.
    due = feed.battery_since is not None and now - feed.battery_since >= plan.limits.confirm_seconds
    if feed.power is Power.BATTERY and due and not feed.confirmed:
        feed = replace(feed, confirmed=True)
        data = {"charge": feed.charge, "runtime_minutes": feed.runtime, "load": feed.load}
        events.append(Event(Key.OUTAGE, feed.name, feed.battery_since or now, data=data))
    silent = now - (feed.seen_at if feed.seen_at is not None else feed.since)
    feed, more = _note(feed, Key.SILENCE, silent >= plan.limits.silent_seconds, now, {"seconds": round(silent)})
    events += more
    long = feed.power is Power.TEST and now - feed.since >= plan.limits.test_minutes * 60
    feed, more = _note(feed, Key.LONG_TEST, long, now, {"minutes": round((now - feed.since) / 60)})
    events += more
    why = lost(feed, plan, now)
    feed, more = _note(feed, Key.LOST, bool(why), now, {"why": why})
    return feed, events + more


def _power(feed: Feed, reading: UpsReading, plan: Plan) -> Power | None:
    """Tell where the power comes from; None where the UPS does not say."""
    power = _POWERS.get(reading.status)
    if power is Power.TEST and _real_during_test(reading, plan):
        return Power.BATTERY
    if power is Power.BATTERY and feed.name in plan.battery_is_normal and not reading.battery_low:
        full = reading.charge_percent is None or reading.charge_percent > plan.limits.charge_percent
        return Power.MAINS if full else Power.BATTERY
    return power


def _real_during_test(reading: UpsReading, plan: Plan) -> bool:
    if reading.input_voltage is not None:
        return reading.input_voltage < _NO_MAINS_VOLTS
    charge = reading.charge_percent
    return bool(reading.battery_low) and charge is not None and charge <= plan.limits.charge_percent


def _measured(feed: Feed, reading: UpsReading, power: Power, now: float) -> Feed:
    feed = replace(feed, seen_at=now, charge=reading.charge_percent, runtime=reading.runtime_minutes, load=reading.load_percent)
    if power not in {Power.BATTERY, Power.TEST}:
        return feed
    charge = feed.charge
    feed = replace(feed, lowest=min((one for one in (feed.lowest, charge) if one is not None), default=None))
    if power is Power.TEST or charge is None or feed.slope_from is not None:
        return feed
    return replace(feed, slope_from=(now, charge))


def _powered(feed: Feed, reading: UpsReading, power: Power, plan: Plan, now: float) -> Moved:
    events: list[Event] = []
    if power is not feed.power:
        if feed.power in _LASTING:
            data: dict[str, Cell] = {"result": reading.last_test_result, "lowest_charge": feed.lowest}
            events.append(Event(_LASTING[feed.power], feed.name, now, over=True, data=data))
            feed = replace(feed, lowest=None if feed.battery_since is None and power is not Power.BATTERY else feed.lowest)
        if power in _LASTING:
            events.append(Event(_LASTING[power], feed.name, now))
        feed = replace(feed, power=power, since=now)
    if power is Power.BATTERY:
        # The UPS knows better than a watch that was away since when it has been on battery.
        drained = reading.seconds_on_battery or 0
        since = feed.battery_since if feed.battery_since is not None else now - drained
        feed = replace(feed, battery_since=since, mains_since=None)
    elif power is not Power.OFF and feed.battery_since is not None:
        feed, more = _back(feed, plan, now)
        events += more
    for step in (_health, _weighed, _measured_slope):
        feed, more = step(feed, reading, plan, now)
        events += more
    return feed, events


def _back(feed: Feed, plan: Plan, now: float) -> Moved:
    """Count the time on mains again; only when it has lasted is the outage over."""
    since = feed.mains_since if feed.mains_since is not None else now
    if now - since < plan.limits.mains_back_seconds:
        return replace(feed, mains_since=since), []
    started = feed.battery_since or since
    data: dict[str, Cell] = {"seconds": round(since - started), "lowest_charge": feed.lowest}
    events = [Event(Key.OUTAGE, feed.name, since, over=True, data=data)]
    if not feed.confirmed:
        events = [Event(Key.BLIP, feed.name, started, data={"seconds": round(since - started)})]
    noted = feed.noted - {Key.OPTIMISTIC}
    feed = replace(feed, battery_since=None, mains_since=None, confirmed=False, low=False, noted=noted)
    return replace(feed, lowest=None, slope_from=None), events


def _health(feed: Feed, reading: UpsReading, _plan: Plan, now: float) -> Moved:
    """Tell of what the UPS complains of: once when it begins, once when it is gone."""
    events: list[Event] = []
    complaints: tuple[tuple[Key, bool, dict[str, Cell]], ...] = (
        (Key.ALARM, feed.power is Power.MAINS and bool(reading.alarms), {"alarms": reading.alarms}),
        (Key.REPLACE_BATTERY, bool(reading.battery_replace), {}),
        (Key.TEST_FAILED, reading.last_test_result is TestResult.FAILED, {"date": reading.last_test_date}),
    )
    for key, there, data in complaints:
        feed, more = _note(feed, key, there, now, data)
        events += more
    return feed, events


def _weighed(feed: Feed, reading: UpsReading, plan: Plan, now: float) -> Moved:
    due = feed.battery_since is not None and now - feed.battery_since >= plan.limits.confirm_seconds
    settled = replace(feed, confirmed=feed.confirmed or (feed.power is Power.BATTERY and due))
    weighed, events = battery.weigh(settled, reading, plan.limits, now)
    # That the outage is confirmed is told where time passes.
    return replace(weighed, confirmed=feed.confirmed), events


def _measured_slope(feed: Feed, _reading: UpsReading, _plan: Plan, now: float) -> Moved:
    return battery.optimism(feed, now)


def _note(feed: Feed, key: Key, there: bool, now: float, data: dict[str, Cell]) -> Moved:  # noqa: FBT001 - the state noted
    """Tell when something begins and when it ends, and nothing in between."""
    if there == (key in feed.noted):
        return feed, []
    noted = feed.noted | {key} if there else feed.noted - {key}
    return replace(feed, noted=noted), [Event(key, feed.name, now, over=not there, data=data)]


def _then(events: list[Event], moved: Moved) -> Moved:
    return moved[0], events + moved[1]
