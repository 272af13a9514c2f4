# SPDX-License-Identifier: Apache-2.0
"""The tables of the watch's record: what a UPS, a sensor and the site were, beside what they are."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError, NotServedError
from agents.watch.history import DAY, History
from agents.watch.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from sqlite3 import Connection

    from agents.source import Ask, Row, Source
    from agents.watch.packing import Rolled

TABLES: Final[Mapping[str, frozenset[str]]] = {
    "ups": frozenset({"ups_history", "ups_events", "ups_batteries", "outages", "drills"}),
    "sensor": frozenset({"climate_history"}),
    "site": frozenset({"outages", "drills"}),
}
# What tables show; the file keeps more.
SHOWN_DAYS: Final = 400


class Recorded:
    """The record of one subject in the file at `path`; `own` are tables that the inventory or the ledger answers."""

    def __init__(self, path: Path, name: str, kind: str, own: Mapping[str, Sequence[Row]]) -> None:
        self._path = path
        self._name = name
        self._kind = kind
        self._own = own

    def serves(self, table: str) -> bool:
        """Tell whether the record has `table`."""
        return table in TABLES[self._kind]

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`.

        Raises:
            StoreError: nobody has watched yet, or the file cannot be read.
        """
        if table in self._own:
            return self._own[table]
        with Store(self._path) as store:
            if table == "ups_events":
                return list(_events(store.connection, self._name))
            if table == "outages":
                return list(_outages(store.connection, self._name, self._kind))
            return list(_hours(store.connection, self._name, ask))


class WatchedSource:
    """A device as it is now, with its record: the record answers also where the device does not."""

    def __init__(self, now: Source, record: Recorded) -> None:
        self.kind = now.kind
        self.label = now.label
        self._now = now
        self._record = record

    def serves(self, table: str) -> bool:
        """Tell whether the device or the record has `table`; the clock is always there."""
        return table == "time" or self._record.serves(table) or self._now.serves(table)

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`, see `Source`."""
        if self._record.serves(table):
            return self._record.rows(table, ask)
        if table != "time":
            return self._now.rows(table, ask)
        try:
            return list(self._now.rows(table, ask))
        except (NotObservedError, NotServedError):
            now = int(time.time())
            return [{"unix_time": now, "iso_8601": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}]


def _hours(connection: Connection, name: str, ask: Ask) -> Iterator[Row]:
    """Give an hour of a quantity a row, the probes of a sensor taken together: the coldest and the hottest count."""
    history = History(connection)
    quantities = ask.values("quantity")
    asked = [int(one.value or 0) for one in ask.constraints.get("hour", ()) if one.operator in {">", ">="}]
    since = max([int(time.time()) - SHOWN_DAYS * DAY, *asked])
    joined: dict[tuple[str, int], list[Rolled]] = {}
    for (_, quantity, _), number in history.series(name).items():
        if not quantities or quantity in quantities:
            for row in history.hours(number, since, 2**62):
                joined.setdefault((quantity, row.at), []).append(row)
    for (quantity, hour), rows in joined.items():
        yield {"name": name, "quantity": quantity, "hour": hour, **_together(rows)}


def _together(rows: Sequence[Rolled]) -> Row:
    lows = [row.lowest for row in rows if row.lowest is not None]
    means = [row.mean for row in rows if row.mean is not None]
    highs = [row.highest for row in rows if row.highest is not None]
    return {
        "lowest": min(lows, default=None),
        "mean": sum(means) / len(means) if means else None,
        "highest": max(highs, default=None),
        # An hour in which nothing was known is an hour without a sample.
        "samples": max(row.samples for row in rows) if means else 0,
        "covered_seconds": max(row.covered for row in rows),
    }


def _events(connection: Connection, name: str) -> Iterator[Row]:
    found = connection.execute(
        "SELECT event, started, ended, lowest, result, data FROM spans WHERE name = ? ORDER BY started", (name,)
    )
    for event, started, ended, lowest, result, data in found:
        yield {
            "name": name,
            "event": event,
            "started_at": round(started),
            "ended_at": None if ended is None else round(ended),
            "minutes": None if ended is None else round((ended - started) / 60, 2),
            "lowest_charge_percent": lowest,
            "result": result,
            "detail": _plain(data),
        }


def _plain(data: str) -> str:
    return "; ".join(f"{key} {value}" for key, value in json.loads(data).items() if value is not None)


def _outages(connection: Connection, name: str, kind: str) -> Iterator[Row]:
    found = connection.execute("SELECT started, ended, upses, lowest, tiers, stopped, failed, back FROM outages ORDER BY started")
    for started, ended, upses, lowest, tiers, stopped, failed, back in found:
        if kind == "ups" and name not in upses.split(","):
            continue
        yield {
            "name": name if kind == "ups" else upses,
            "started_at": round(started),
            "ended_at": None if ended is None else round(ended),
            "minutes": None if back is None else round((back - started) / 60, 2),
            "lowest_charge_percent": lowest,
            "tiers": tiers,
            "stopped": stopped,
            "failed": failed,
            "mains_back_at": None if back is None else round(back),
        }
