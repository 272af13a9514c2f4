# SPDX-License-Identifier: Apache-2.0
"""Hold an outage drill: play it, make its record, recompute a record that somebody brings back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from agents.watch.drill import Drill, Scenario, replayed, worst_case
from agents.watch.state import Power, State
from agents.watch.store import Store, StoreError
from menshen import __version__, clock
from menshen.watch_words import told
from policies import outage
from policies.records import canonical
from reports.drill_record import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from agents.watch.drill import Played, Record
    from agents.watch.event import Action
    from policies.outage import Plan

SHAPE: Final = 1
_BACK: Final = frozenset({outage.RESTART, outage.CHECKS})

Takes = "Callable[[Action], tuple[float, Mapping[str, str]]]"


@dataclass(frozen=True, slots=True)
class Order:
    """What kind of drill: who leads it, what is imagined, and how a step's time comes about (`walked`: people measured it)."""

    leader: str
    scenario: Scenario
    commands: Callable[[Action], list[str]]
    takes: Callable[[Action], tuple[float, Mapping[str, str]]] | None = None
    demonstration: bool = False


def real_outage(path: Path) -> Callable[[], bool]:
    """Give a question: has the watch at `path` a UPS on battery right now? Nobody watching is no outage."""

    def asked() -> bool:
        try:
            with Store(path) as store:
                row = store.connection.execute("SELECT body FROM state").fetchone()
        except StoreError:
            return False
        if row is None:
            return False
        state = State.from_json(json.loads(row[0]))
        return state.began is not None or any(feed.power is Power.BATTERY for feed in state.feeds.values())

    return asked


def hold(plan: Plan, order: Order, real: Callable[[], bool] = lambda: False) -> dict[str, Any]:
    """Play a drill and give its record as JSON data.

    Raises:
        agents.watch.drill.InterruptedDrillError: the mains are really gone.
    """
    held_at = clock.now()
    takes = order.takes or worst_case(plan, order.scenario)
    played = Drill(plan, order.scenario, takes, real).play()
    return record(plan, order, played, held_at)


def record(plan: Plan, order: Order, played: Played, held_at: str) -> dict[str, Any]:
    """Put a drill into the shape that is kept, printed and recomputed."""
    records = [_record(one, order) for one in played.records]
    tiers = [
        _tier(name, title, played) for name, title in _titles(plan).items() if any(r.action.tier == name for r in played.records)
    ]
    judged = targets(asdict(plan.targets), tiers, _facts(plan, played))
    failed = [
        {"tier": one.action.tier, "subject": name, "why": why} for one in played.records for name, why in one.results.items() if why
    ]
    return {
        "shape": SHAPE,
        "number": f"DR-{held_at[:16].replace('-', '').replace('T', '-').replace(':', '')}",
        "held_at": held_at,
        "ended_at": clock.now(),
        "plan": json.loads(json.dumps(plan.document)),
        "plan_digest": plan.digest,
        "scenario": asdict(order.scenario),
        "walked": order.takes is not None,
        "leader": order.leader,
        "people": [asdict(person) for person in plan.tell],
        "upses": list(plan.upses),
        "timeline": [_line(second, event) for second, event in played.events],
        "levels": [list(pair) for pair in played.levels],
        "records": records,
        "tiers": tiers,
        "targets": judged,
        "failed": failed,
        "minutes": round(played.ended / 60, 1),
        "result": "passed" if not failed and all(one["met"] for one in judged) else "failed",
        "collector": f"menshen {__version__}",
        "demonstration": order.demonstration,
    }


def digest(document: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a record in canonical JSON."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def recompute(document: Mapping[str, Any]) -> list[str]:
    """Play a record's drill again from its plan, scenario and step times; list what does not come out as it stands there."""
    plan = outage.of(document["plan"])
    given = document["scenario"]
    scenario = Scenario(**{**given, "fails": tuple(given["fails"])})
    takes = replayed(document["records"])
    played = Drill(plan, scenario, takes).play()
    commands = {one["id"]: one["command"] for one in document["records"]}
    again = record(
        plan, Order(document["leader"], scenario, lambda action: commands.get(action.id, []), takes), played, document["held_at"]
    )
    compared = (
        "plan_digest",
        "upses",
        "timeline",
        "levels",
        "records",
        "tiers",
        "targets",
        "failed",
        "minutes",
        "result",
        "number",
    )
    return [name for name in compared if json.loads(json.dumps(again[name])) != document[name]]


def _titles(plan: Plan) -> dict[str, dict[str, str]]:
    titles = {tier.id: {"en": tier.title.en, "zh": tier.title.zh} for tier in plan.tiers}
    titles[outage.MONITOR] = {"en": "The monitor itself", "zh": "监控机自身"}
    titles[outage.RESTART] = {"en": "Starting again", "zh": "恢复启动"}
    titles[outage.CHECKS] = {"en": "Checks", "zh": "恢复后检查"}
    return titles


def _record(one: Record, order: Order) -> dict[str, Any]:
    action = one.action
    return {
        "id": action.id,
        "tier": action.tier,
        "step": action.step,
        "subjects": list(action.subjects),
        "second": one.second,
        "seconds": one.seconds,
        "results": dict(one.results),
        "command": list(order.commands(action)),
    }


def _tier(name: str, title: Mapping[str, str], played: Played) -> dict[str, Any]:
    mine = [one for one in played.records if one.action.tier == name]
    return {
        "id": name,
        "title": dict(title),
        "began": min(one.second for one in mine),
        "ended": max(one.second + one.seconds for one in mine),
        "subjects": sorted({subject for one in mine for subject in one.action.subjects}),
        "failed": sum(bool(why) for one in mine for why in one.results.values()),
    }


def _facts(plan: Plan, played: Played) -> dict[str, float | None]:
    latched = next((second for second, event in played.events if event.key == "latched"), None)
    back = next((second for second, event in played.events if event.key == "restart" and not event.over), None)
    over = next((second for second, event in played.events if event.key == "restart" and event.over), None)
    stops = [one for one in played.records if one.action.tier not in _BACK]
    last = max((one.second + one.seconds for one in stops), default=None)
    empty = next((second for second, charge in played.levels if charge <= 0), None)
    return {
        "first_shed": min((one.second for one in stops), default=None),
        "latched": latched,
        "last_stop": last,
        "empty": empty,
        "restart": over - back if back is not None and over is not None else None,
        "tiers": float(len(plan.tiers)),
    }


def _line(second: float, event: Any) -> dict[str, Any]:
    words = told(event)
    return {
        "second": second,
        "key": str(event.key),
        "about": event.about,
        "over": event.over,
        "text": {"en": words.en, "zh": words.zh},
    }
