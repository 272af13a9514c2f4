# SPDX-License-Identifier: Apache-2.0
"""What `menshen outage` prints: documents for programs, tables for people."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agents.source import Ask
from agents.watch import battery
from agents.watch.feed import lost
from agents.watch.state import State
from agents.watch.store import Store, StoreError
from agents.watch.tables import TABLES, Recorded
from menshen import clock, console
from menshen.language import say
from policies import outage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from policies.text import Language

# The watch writes its state every second; one that is older belongs to a watch that has ended.
FRESH_SECONDS: Final = 30.0


def status_document(path: Path) -> dict[str, Any]:
    """Give how things stand by the watch's file; `watching` false where it is absent or old."""
    nothing: dict[str, Any] = {"watching": False, "age_seconds": None, "phase": "unknown", "feeds": [], "actions": []}
    try:
        with Store(path) as store:
            row = store.connection.execute("SELECT mono, wall, body FROM state").fetchone()
    except StoreError:
        return nothing
    if row is None:
        return nothing
    mono, wall, body = row
    state = State.from_json(json.loads(body))
    age = time.time() - wall
    return {
        "watching": 0 <= age < FRESH_SECONDS,
        "age_seconds": round(age, 1),
        "phase": _phase(state),
        "since": _stamp(state.began, mono, wall),
        "forecast_minutes": state.forecast,
        "point_of_no_return": list(state.latched),
        "feeds": [_feed(feed, mono, wall) for feed in state.feeds.values()],
        "actions": [
            {
                "tier": act.tier,
                "subjects": list(act.subjects),
                "began": _stamp(act.begun, mono, wall),
                "ended": _stamp(act.ended, mono, wall),
                "failed": dict(act.failed),
            }
            for act in state.acts
        ],
    }


def _phase(state: State) -> str:
    if state.began is None:
        return "mains"
    if state.mains_back is not None:
        return "restart"
    return "shutdown" if state.latched else "outage"


def _feed(feed: Any, mono: float, wall: float) -> dict[str, Any]:
    left = battery.left(feed, mono)
    return {
        "name": feed.name,
        "power": str(feed.power),
        "since": _stamp(feed.since, mono, wall) if feed.since else None,
        "seen_at": _stamp(feed.seen_at, mono, wall),
        "charge_percent": feed.charge,
        "runtime_minutes": None if left is None else round(left, 1),
        "load_percent": feed.load,
        "minutes_on_battery": None if feed.battery_since is None else round((mono - feed.battery_since) / 60, 1),
        "lost": lost(feed, outage.nothing(), mono),
        "noted": sorted(map(str, feed.noted)),
    }


def _stamp(moment: float | None, mono: float, wall: float) -> str | None:
    return None if moment is None else clock.stamp(datetime.fromtimestamp(wall - (mono - moment), UTC))


def status_tables(document: Mapping[str, Any]) -> list[object]:
    """Give what people see of the state."""
    if document["age_seconds"] is None:
        return [say("Nobody has watched here yet: menshen watch", "此处尚未监控过：menshen watch")]
    phases = {
        "mains": say("on mains", "市电正常"),
        "outage": say("OUTAGE", "停电中"),
        "shutdown": say("SHUTDOWN, past the point of no return", "关机中，已越过不可撤回点"),
        "restart": say("mains are back, starting again", "市电已恢复，恢复中"),
    }
    lines: list[object] = []
    if not document["watching"]:
        age = round(document["age_seconds"])
        lines.append(say(f"NOBODY WATCHES: the last word is {age} s old", f"无人监控：最后记录距今 {age} 秒"))
    since = f" ({clock.local(document['since'])})" if document["since"] else ""
    lines += [phases[document["phase"]] + since, _feeds_table(document["feeds"])]
    return [*lines, _acts_table(document["actions"])] if document["actions"] else lines


def _feeds_table(feeds: Sequence[Mapping[str, Any]]) -> object:
    powers = {
        "mains": say("mains", "市电"),
        "battery": say("battery", "电池"),
        "bypass": say("bypass", "旁路"),
        "test": say("test", "自检"),
        "off": say("off", "关机"),
        "unseen": say("never seen", "从未应答"),
    }
    figures = ("charge_percent", "runtime_minutes", "load_percent", "minutes_on_battery")
    rows = [
        [
            feed["name"],
            powers[feed["power"]],
            *(_number(feed[figure]) for figure in figures),
            clock.local(feed["seen_at"]) if feed["seen_at"] else "–",
            feed["lost"] or "–",
        ]
        for feed in feeds
    ]
    columns = [
        say("UPS", "UPS"),
        say("power", "供电"),
        say("charge %", "电量 %"),
        say("runtime min", "续航 分钟"),
        say("load %", "负载 %"),
        say("on battery min", "电池 分钟"),
        say("last seen", "最近应答"),
        say("lost", "不可靠原因"),
    ]
    return console.table(columns, rows, whole=0)


def _acts_table(acts: Sequence[Mapping[str, Any]]) -> object:
    rows = [
        [
            act["tier"],
            ", ".join(act["subjects"]),
            clock.local(act["began"]),
            clock.local(act["ended"]) if act["ended"] else say("under way", "执行中"),
            "; ".join(f"{name}: {why}" for name, why in act["failed"].items()) or "–",
        ]
        for act in acts
    ]
    columns = [say("tier", "级别"), say("subjects", "对象"), say("began", "开始"), say("ended", "结束"), say("failed", "失败")]
    return console.table(columns, rows, whole=0)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def history_document(path: Path, days: int) -> dict[str, Any]:
    """Give outages and events of so many days, newest first.

    Raises:
        StoreError: nobody has watched yet.
    """
    since = time.time() - days * 86400
    with Store(path) as store:
        names = [name for (name,) in store.connection.execute("SELECT DISTINCT name FROM spans ORDER BY name")]
    everything = Ask(frozenset())
    outages = Recorded(path, "", "site", {"drills": []}).rows("outages", everything)
    events = [row for name in names for row in Recorded(path, name, "ups", {}).rows("ups_events", everything)]
    return {
        "outages": [dict(row) for row in reversed(list(outages)) if _at(row) >= since],
        "events": sorted((dict(row) for row in events if _at(row) >= since), key=_at, reverse=True),
    }


def _at(row: Mapping[str, Any]) -> float:
    return float(row["started_at"])


def history_tables(document: Mapping[str, Any]) -> list[object]:
    """Give what people see of the record."""
    if not document["outages"] and not document["events"]:
        return [say("Nothing on record for that time.", "该时段内没有记录。")]
    return [
        say("Outages:", "停电："),
        _outages_table(document["outages"]),
        say("Events:", "事件："),
        _events_table(document["events"]),
    ]


def _moment(seconds: float | None) -> str:
    return say("lasts", "持续中") if seconds is None else clock.local(clock.stamp(datetime.fromtimestamp(seconds, UTC)))


def _outages_table(outages: Sequence[Mapping[str, Any]]) -> object:
    rows = [
        [
            row["name"],
            _moment(row["started_at"]),
            _moment(row["ended_at"]),
            _number(row["minutes"]),
            _number(row["lowest_charge_percent"]),
            row["tiers"] or "–",
            str(row["stopped"]),
            str(row["failed"]),
        ]
        for row in outages
    ]
    columns = [
        say("UPS", "UPS"),
        say("began", "开始"),
        say("ended", "结束"),
        say("min", "分钟"),
        say("lowest %", "最低 %"),
        say("tiers", "级别"),
        say("stopped", "已停"),
        say("failed", "失败"),
    ]
    return console.table(columns, rows, whole=0)


def _events_table(events: Sequence[Mapping[str, Any]]) -> object:
    rows = [
        [
            row["name"],
            row["event"],
            _moment(row["started_at"]),
            _moment(row["ended_at"]),
            _number(row["minutes"]),
            row["result"] or "–",
            row["detail"] or "–",
        ]
        for row in events
    ]
    columns = [
        say("subject", "对象"),
        say("event", "事件"),
        say("began", "开始"),
        say("ended", "结束"),
        say("min", "分钟"),
        say("result", "结果"),
        say("detail", "详情"),
    ]
    return console.table(columns, rows, whole=0)


def drill_tables(document: Mapping[str, Any], language: Language) -> list[object]:
    """Give what people see of a drill."""
    from reports.words import Say

    words = Say(language)
    tiers = [
        [
            tier["title"][language],
            ", ".join(tier["subjects"]),
            f"{tier['began'] / 60:.1f}",
            f"{tier['ended'] / 60:.1f}",
            str(tier["failed"]),
        ]
        for tier in document["tiers"]
    ]
    measured = [
        [
            words(f"drill.target.{one['id']}"),
            f"{one['target']:g}",
            _number(one["actual"]),
            words("verdict.pass" if one["met"] else "verdict.fail"),
        ]
        for one in document["targets"]
    ]
    return [
        words("drill.headline", number=document["number"], result=words(f"drill.result.{document['result']}")),
        console.table(
            [words("drill.tier"), words("drill.subjects"), words("drill.from"), words("drill.to"), words("drill.failed")],
            tiers,
            whole=0,
        ),
        console.table([words("drill.target"), words("drill.wanted"), words("drill.actual"), words("drill.met")], measured, whole=0),
    ]


__all__ = ["TABLES", "drill_tables", "history_document", "history_tables", "status_document", "status_tables"]
