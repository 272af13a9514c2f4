# SPDX-License-Identifier: Apache-2.0
"""What happened, kept beside the history: the machine's state, events, what lasts, outages, and the actions that were ordered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.watch.event import Key
from agents.watch.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from sqlite3 import Connection

    from agents.watch.event import Action, Event

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
# What lasts and is asked of later: each has a beginning, an end and a lowest charge.
LASTING: Final = frozenset(
    {
        Key.OUTAGE,
        Key.SELF_TEST,
        Key.BYPASS,
        Key.OFF,
        Key.SILENCE,
        Key.STALE,
        Key.ALARM,
        Key.REPLACE_BATTERY,
        Key.TEST_FAILED,
        Key.STATUS_UNKNOWN,
        Key.OTHER_DEVICE,
        Key.PROBE,
        Key.CLIMATE,
    }
)
# A test on battery that lasts so long and drains so much has shown what the battery can do.
_DISCHARGE_SECONDS: Final = 600
_DISCHARGE_PERCENT: Final = 10
DISCHARGE: Final = "discharge_test"
EVENTS_KEPT: Final = 200_000


@dataclass(frozen=True, slots=True)
class Order:
    """An action with what carries it out: `command` on this machine, `seconds` a try, `tries` of them."""

    action: Action
    command: tuple[str, ...]
    seconds: float
    tries: int


def boot_id() -> str:
    """Give what names this boot of the machine; "" where the system has no such thing."""
    return BOOT_ID.read_text(encoding="ascii").strip() if BOOT_ID.exists() else ""


class Journal:
    """The journal in an open store; call what writes inside `Store.writing`. Times in the file are Unix seconds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self, mono: float, wall: float, boot: str) -> State:
        """Read the state. After another boot its times are moved by the wall clock, which is all that ran meanwhile."""
        row = self._connection.execute("SELECT boot, mono, wall, body FROM state").fetchone()
        if row is None:
            return State()
        state = State.from_json(json.loads(row[3]))
        if row[0] == boot and row[1] <= mono:
            return state
        return state.moved(mono - max(0.0, wall - row[2]) - row[1])

    def boot(self) -> str:
        """Give the boot in which the state was written last; "" where none was."""
        row = self._connection.execute("SELECT boot FROM state").fetchone()
        return str(row[0]) if row else ""

    def keep(self, state: State, mono: float, wall: float, boot: str) -> None:
        """Write the state."""
        body = json.dumps(state.to_json(), separators=(",", ":"))
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?)", (boot, mono, wall, body))

    def note(self, events: Sequence[Event], mono: float, wall: float) -> None:
        """Write events, open what begins to last and close what ends."""
        for event in events:
            at = wall - (mono - event.at)
            data = json.dumps(dict(event.data), ensure_ascii=False)
            self._connection.execute(
                "INSERT INTO events (at, key, about, over, data) VALUES (?, ?, ?, ?, ?)",
                (at, event.key, event.about, event.over, data),
            )
            if event.key in LASTING:
                self._last(event, at, data)
            elif event.key is Key.BLIP:
                self._open(Key.BLIP, event.about, at, at + float(event.data.get("seconds") or 0), data)
        if events:
            self._connection.execute("DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", (EVENTS_KEPT,))

    def _open(self, key: str, name: str, started: float, ended: float | None, data: str) -> None:
        sql = "INSERT INTO spans (name, event, started, ended, data) VALUES (?, ?, ?, ?, ?)"
        self._connection.execute(sql, (name, key, started, ended, data))

    def _last(self, event: Event, at: float, data: str) -> None:
        open_one = self._connection.execute(
            "SELECT id, started FROM spans WHERE name = ? AND event = ? AND ended IS NULL ORDER BY id DESC LIMIT 1",
            (event.about, event.key),
        ).fetchone()
        if not event.over:
            if open_one is None:
                self._open(event.key, event.about, at, None, data)
            return
        if open_one is None:
            return
        number, started = open_one
        lowest = event.data.get("lowest_charge")
        result = event.data.get("result")
        name = DISCHARGE if event.key is Key.SELF_TEST and _discharged(at - started, lowest) else event.key
        sql = "UPDATE spans SET ended = ?, lowest = ?, result = ?, event = ? WHERE id = ?"
        self._connection.execute(sql, (at, lowest, result, name, number))

    def outage(self, before: State, after: State, mono: float, wall: float) -> None:
        """Follow an outage of the site from its beginning to its end."""
        if before.began is None and after.began is not None:
            self._connection.execute(
                "INSERT INTO outages (started, upses, tiers, stopped, failed) VALUES (?, '', '', 0, 0)",
                (wall - (mono - after.began),),
            )
        if after.began is not None or before.began is not None:
            self._connection.execute(
                "UPDATE outages SET upses = ?, lowest = ?, tiers = ?, stopped = ?, failed = ?, back = coalesce(back, ?), ended = ?"
                " WHERE id = (SELECT max(id) FROM outages)",
                _summary(before if after.began is None else after, after.began is None, self._named(), mono, wall),
            )

    def _named(self) -> str:
        row = self._connection.execute("SELECT upses FROM outages ORDER BY id DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    def want(self, orders: Sequence[Order], wall: float) -> None:
        """Write what is to be carried out, before anybody begins."""
        for order in orders:
            action = order.action
            self._connection.execute(
                "INSERT OR IGNORE INTO actions (id, tier, step, subjects, command, seconds, tries, wanted)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    action.id,
                    action.tier,
                    action.step,
                    json.dumps(action.subjects),
                    json.dumps(order.command),
                    order.seconds,
                    order.tries,
                    wall,
                ),
            )

    def wish(self, kind: str, body: Mapping[str, Any], wall: float) -> None:
        """Leave the watch a word of people: a forecast."""
        sql = "INSERT INTO wishes (at, kind, body) VALUES (?, ?, ?)"
        self._connection.execute(sql, (wall, kind, json.dumps(dict(body))))

    def wishes(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Take what people left, each once."""
        rows = self._connection.execute("DELETE FROM wishes RETURNING id, kind, body").fetchall()
        return [(kind, json.loads(body)) for _, kind, body in sorted(rows)]


def _discharged(seconds: float, lowest: object) -> bool:
    return seconds >= _DISCHARGE_SECONDS and isinstance(lowest, int | float) and lowest <= 100 - _DISCHARGE_PERCENT


def _summary(state: State, over: bool, named: str, mono: float, wall: float) -> tuple[object, ...]:  # noqa: FBT001 - the outage's end
    names = dict.fromkeys([*filter(None, named.split(",")), *(feed.name for feed in state.feeds.values() if feed.confirmed)])
    lows = [feed.lowest for feed in state.feeds.values() if feed.lowest is not None]
    stops = [act for act in state.acts if act.tier not in {"restart", "checks"}]
    return (
        ",".join(names),
        min(lows, default=None),
        ",".join(dict.fromkeys(act.tier for act in stops)),
        len({name for act in stops for name in act.subjects}),
        sum(len(act.failed) for act in state.acts),
        wall - (mono - state.mains_back) if state.mains_back is not None else wall if over else None,
        wall if over else None,
    )
