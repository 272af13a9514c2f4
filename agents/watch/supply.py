# SPDX-License-Identifier: Apache-2.0
"""What the feeds mean for a subject that hangs on some of them: has it power, for how long, and is it about to lose it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.watch import battery
from agents.watch.event import Key
from agents.watch.feed import lost
from agents.watch.state import Power

if TYPE_CHECKING:
    from agents.watch.state import Feed, State
    from policies.outage import Plan, Supply, When


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands. `affected`: fewer feeds on mains than it needs; `lost`: fewer that can be counted on.

    `minutes` since it is affected; `runtime` (minutes) and `charge` (%) of the best feeds it needs, None where not known.
    `spare`: some of its feeds are gone and it does not feel it.
    """

    subject: str
    affected: bool = False
    lost: bool = False
    spare: bool = False
    minutes: float = 0
    runtime: float | None = None
    charge: float | None = None


def standing(supply: Supply, state: State, plan: Plan, now: float) -> Standing:
    """Weigh the feeds of a subject. A feed never seen, or silent since it was on mains, is alone no reason to stop anything."""
    feeds = [state.feed(name) for name in dict.fromkeys(supply.upses)]
    gone = [feed for feed in feeds if _left_mains(feed, plan, now) is not None]
    if gone:
        # While another feed is off the mains, one that nobody hears cannot be counted on: it may have gone with them.
        gone += [feed for feed in feeds if feed not in gone and Key.SILENCE in feed.noted]
    allowed = len(feeds) - supply.needs
    if len(gone) <= allowed:
        return Standing(supply.subject, spare=bool(gone))
    times = sorted(_gone_since(feed, plan, now) for feed in gone)
    dead = [feed for feed in gone if lost(feed, plan, now) or _left_mains(feed, plan, now) is None]
    alive = [feed for feed in gone if feed not in dead]
    # The feeds on mains count for ever, those that are lost for nothing: what matters is the weakest that is needed.
    needed = supply.needs - (len(feeds) - len(gone))
    return Standing(
        supply.subject,
        affected=True,
        lost=needed > len(alive),
        minutes=max(0.0, (now - times[allowed]) / 60),
        runtime=_weakest([battery.left(feed, now) for feed in alive], needed),
        charge=_weakest([feed.charge for feed in alive], needed),
    )


def due(when: When | None, seen: Standing, forecast: float | None, celsius: float | None) -> bool:
    """Tell whether a tier's condition holds for an affected subject."""
    if when is None or not seen.affected:
        return False
    # "Beyond one hour" does not begin at one hour.
    if when.forecast_minutes is not None and forecast is not None and forecast > when.forecast_minutes:
        return True
    reached = ((when.minutes_on_battery, seen.minutes), (when.temperature_c, celsius))
    fallen = ((when.runtime_minutes, seen.runtime), (when.charge_percent, seen.charge))
    return any(limit is not None and value is not None and value >= limit for limit, value in reached) or any(
        limit is not None and value is not None and value <= limit for limit, value in fallen
    )


def _gone_since(feed: Feed, plan: Plan, now: float) -> float:
    since = _left_mains(feed, plan, now)
    return since if since is not None else feed.since if feed.seen_at is None else feed.seen_at


def _left_mains(feed: Feed, plan: Plan, now: float) -> float | None:
    """Give since when a feed no longer hands on the mains; None while it does."""
    if feed.power is Power.OFF:
        return feed.since if lost(feed, plan, now) else None
    return feed.battery_since if feed.confirmed else None


def _weakest(figures: list[float | None], needed: int) -> float | None:
    """Give the figure of the weakest feed among the best `needed`; None where too few are known."""
    known = sorted((one for one in figures if one is not None and not math.isnan(one)), reverse=True)
    return known[needed - 1] if 0 < needed <= len(known) else None
