# SPDX-License-Identifier: Apache-2.0
"""One imagined world: what the tables of a healthy subject answer at a time, and what changes when something goes wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml

from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from agents.source import Row

FOLDER = Path(__file__).parent / "worlds"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

# Rows and changes as they are written; the rules of writing stand at the head of worlds/linux_pc.yml.
Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What can go wrong: the changes to the rows, and the controls that then fail or can no longer be judged."""

    title: Text
    changes: tuple[Raw, ...]
    fails: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault on a subject since a time (Unix seconds)."""

    fault: str
    since: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The rows of one table; equal keys have equal rows, so that nobody need compare them."""

    key: Hashable
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class World:
    """The tables of a healthy subject and its possible faults."""

    name: str
    kind: str
    tables: Mapping[str, Sequence[Raw]]
    faults: Mapping[str, Fault]

    def at(self, moment: int, own: Mapping[str, str], broken: Sequence[Broken] = ()) -> dict[str, Recorded]:
        """Give every table that answers at a moment (Unix seconds).

        `own` holds the subject's own words for `$name` and the like.
        """
        answering = {name: self._table(name, moment, own, broken) for name in self.tables}
        answering["time"] = Recorded(moment, [{"unix_time": moment, "timezone": "UTC"}])
        return {name: one for name, one in answering.items() if one is not None}

    def _table(self, name: str, moment: int, own: Mapping[str, str], broken: Sequence[Broken]) -> Recorded | None:
        touching = tuple(one for one in broken if any(change["table"] == name for change in self.faults[one.fault].changes))
        timed, named = _traits(self.name, name, touching)
        return _recorded(self.name, name, moment if timed else 0, tuple((word, own[word]) for word in named), touching)


@lru_cache
def load(name: str) -> World:
    """Read a packaged world, its base included."""
    document = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    faults = {fault: _fault(entry) for fault, entry in document.get("faults", {}).items()}
    if "base" not in document:
        return World(name, document["kind"], document["tables"], faults)
    base = load(document["base"])
    tables = dict(base.tables)
    for change in document["changes"]:
        tables[change["table"]] = changed(tables.get(change["table"], []), change)
    return World(name, base.kind, tables, {**base.faults, **faults})


def _fault(entry: Raw) -> Fault:
    changes, fails, unknown = (tuple(entry.get(name, ())) for name in ("changes", "fails", "unknown"))
    return Fault(Text.of(entry["title"]), changes, fails, unknown)


def changed(rows: Sequence[Raw], change: Raw) -> list[Raw]:
    """Apply one change: add a row, remove those that fit, or set cells of those that fit."""
    if "add" in change:
        return [*rows, change["add"]]
    if "remove" in change:
        return [row for row in rows if not _fits(row, change["remove"])]
    return [{**row, **change["set"]} if _fits(row, change["where"]) else row for row in rows]


def _fits(row: Raw, where: Raw) -> bool:
    return all(row.get(column) == value for column, value in where.items())


@lru_cache(maxsize=4096)
def _traits(world: str, table: str, broken: tuple[Broken, ...]) -> tuple[bool, tuple[str, ...]]:
    """Tell whether a table's rows depend on the time, and which of the subject's own words stand in them."""
    known = load(world)
    changes = [change for one in broken for change in known.faults[one.fault].changes if change["table"] == table]
    rows = json.dumps(known.tables[table])
    words = set(re.findall(r"[$](\w+)", rows + json.dumps(changes)))
    return '"ago"' in rows or '"ahead"' in rows, tuple(sorted(words))


@lru_cache(maxsize=65536)
def _recorded(
    world: str, table: str, moment: int, words: tuple[tuple[str, str], ...], broken: tuple[Broken, ...]
) -> Recorded | None:
    known = load(world)
    rows = known.tables[table]
    for one in broken:
        for change in known.faults[one.fault].changes:
            if change["table"] != table:
                continue
            if change.get("unserved"):
                return None
            # What broke stands still: the times of the change are those of its first day.
            rows = changed(rows, _still(change, one.since))
    own = dict(words)
    told = [{column: _cell(value, moment, own) for column, value in row.items()} for row in _spread(rows)]
    return Recorded((world, table, moment, words, broken), told)


def _still(change: Raw, since: int) -> Raw:
    return {
        part: {column: _moment(value, since) if isinstance(value, dict) else value for column, value in cells.items()}
        if part in {"add", "set"}
        else cells
        for part, cells in change.items()
    }


def _spread(rows: Sequence[Raw]) -> Iterator[Raw]:
    """Write out the rows that stand for many."""
    for row in rows:
        if "every" not in row:
            yield row
            continue
        for number in range(row["times"]):
            back = number * seconds(row["every"])
            yield {
                column: {"ago": f"{seconds(cell['ago']) + back}s"} if isinstance(cell, dict) else cell
                for column, cell in row["row"].items()
            }


def _cell(value: Any, moment: int, own: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return _moment(value, moment)
    return Template(value).substitute(own) if isinstance(value, str) and "$" in value else value


def _moment(value: Raw, moment: int) -> int | str:
    """Place a time such as {ago: 3d}; `in: days` gives days since 1970, `in: date` the day as YYYY-MM-DD."""
    found = moment - seconds(value["ago"]) if "ago" in value else moment + seconds(value["ahead"])
    if value.get("in") == "date":
        return datetime.fromtimestamp(found, UTC).date().isoformat()
    return found // UNITS["d"] if value.get("in") == "days" else found


def seconds(text: str) -> int:
    """Read a length of time such as 3d."""
    return int(text[:-1]) * UNITS[text[-1]]
