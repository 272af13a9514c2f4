# SPDX-License-Identifier: Apache-2.0
"""How much of a battery is left, and which signs of a low one can be believed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agents.watch.event import Event, Key
from agents.watch.state import Power

if TYPE_CHECKING:
    from agents.devices.reading import UpsReading
    from agents.watch.state import Feed
    from policies.outage import Limits

_FLAG, _CHARGE, _RUNTIME = "flag", "charge", "runtime"
_AGREE: Final = 2
# A slope is believed after so many seconds and so many per cent.
_SLOPE_SECONDS: Final = 240.0
_SLOPE_PERCENT: Final = 4.0
# A claim that is this many times the measured rest is told of.
_OPTIMISTIC: Final = 1.5


def left(feed: Feed, now: float) -> float | None:
    """Give the minutes a feed's battery still lasts at `now`, the worse of claim and measured slope; None: nobody knows.

    While the feed is silent the time since its last answer is taken off.
    """
    figures = [one for one in (feed.runtime, by_slope(feed)) if one is not None]
    if not figures:
        return None
    silent = (now - feed.seen_at) / 60 if feed.seen_at is not None and feed.power is Power.BATTERY else 0
    return max(0.0, min(figures) - silent)


def by_slope(feed: Feed) -> float | None:
    """Give the minutes that the measured fall of the charge leaves, None where too little has fallen to tell."""
    if feed.slope_from is None or feed.charge is None or feed.seen_at is None or feed.power is not Power.BATTERY:
        return None
    seconds, fallen = feed.seen_at - feed.slope_from[0], feed.slope_from[1] - feed.charge
    if seconds < _SLOPE_SECONDS or fallen < _SLOPE_PERCENT:
        return None
    return feed.charge / fallen * seconds / 60


def signs(feed: Feed, reading: UpsReading, limits: Limits) -> frozenset[str]:
    """List the signs of a low battery: the UPS's own flag, its charge, its runtime."""
    runtime = min((one for one in (feed.runtime, by_slope(feed)) if one is not None), default=None)
    found = {
        _FLAG: bool(reading.battery_low),
        _CHARGE: feed.charge is not None and feed.charge <= limits.charge_percent,
        _RUNTIME: runtime is not None and runtime <= limits.runtime_minutes,
    }
    return frozenset(sign for sign, there in found.items() if there)


def weigh(feed: Feed, reading: UpsReading, limits: Limits, now: float) -> tuple[Feed, list[Event]]:
    """Judge the signs at a fresh reading: two that agree count at once, one must last, one that cries on mains does not count."""
    present = signs(feed, reading, limits)
    if feed.power is not Power.BATTERY:
        return _on_mains(feed, present, now)
    believed = present - feed.doubted
    feed = replace(feed, earned=feed.earned | believed)
    since = (feed.low_since if feed.low_since is not None else now) if believed else None
    lasting = since is not None and now - since >= limits.low_seconds
    low = feed.confirmed and (len(believed) >= _AGREE or (bool(believed) and lasting))
    events = []
    if low and not feed.low:
        events.append(Event(Key.LOW_BATTERY, feed.name, now, data={"signs": ", ".join(sorted(believed)), "charge": feed.charge}))
    # Once low, low until the mains are back: a voltage that recovers when load is shed is no charge.
    return replace(feed, low_since=since, low=feed.low or low), events


def _on_mains(feed: Feed, present: frozenset[str], now: float) -> tuple[Feed, list[Event]]:
    earned = feed.earned & present
    alone = present if len(present) == 1 and feed.battery_since is None else frozenset()
    doubted = (feed.doubted & present) | (alone - earned)
    events = []
    if doubted - feed.doubted:
        events.append(Event(Key.LOW_DOUBTED, feed.name, now, data={"sign": ", ".join(sorted(doubted - feed.doubted))}))
    low = feed.low and feed.battery_since is not None
    return replace(feed, earned=earned, doubted=doubted, low_since=None, low=low), events


def optimism(feed: Feed, now: float) -> tuple[Feed, list[Event]]:
    """Tell once an outage that the charge falls faster than the claimed runtime allows."""
    measured = by_slope(feed)
    if measured is None or feed.runtime is None or feed.runtime <= measured * _OPTIMISTIC or Key.OPTIMISTIC in feed.noted:
        return feed, []
    data = {"claimed_minutes": round(feed.runtime, 1), "measured_minutes": round(measured, 1)}
    return replace(feed, noted=feed.noted | {Key.OPTIMISTIC}), [Event(Key.OPTIMISTIC, feed.name, now, data=data)]
