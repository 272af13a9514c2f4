# SPDX-License-Identifier: Apache-2.0
"""Which tables the SQL of controls may speak of: osquery's, and Menshen's own."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

import yaml

OSQUERY = "osquery"
MENSHEN = "menshen"
KINDS: tuple[str, ...] = ("linux", "windows", "domain", "ups", "sensor", "network_device", "nvr", "site")


class UnknownTableError(LookupError):
    """No table has this name; the message gives the nearest one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `type` is TEXT, INTEGER, BIGINT, UNSIGNED_BIGINT, DOUBLE or DATETIME; `kinds` empty means all the table's."""

    name: str
    type: str
    required: bool = False
    index: bool = False
    additional: bool = False
    hidden: bool = False
    collate: str = ""
    aliases: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def constrains(self) -> bool:
        """Tell whether a table may use a constraint on this column to read less (osquery's index, additional, required)."""
        return self.required or self.index or self.additional


@dataclass(frozen=True)
class Table:
    """A table: `origin` is osquery or menshen, `kinds` the subject kinds (osquery: also darwin) it exists on.

    A `user_data` table answers for the asking user alone unless `uid` is constrained. `written` are the columns as the
    schema files write them (`uid BIGINT index`): nobody asks for those of all 400 tables, and reading them takes 20 ms.
    """

    name: str
    origin: str
    kinds: tuple[str, ...]
    written: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    evented: bool = False
    user_data: bool = False
    title_en: str = ""
    title_zh: str = ""

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Give the columns."""
        return tuple(map(_column, self.written))

    def columns_for(self, kind: str) -> tuple[Column, ...]:
        """Give the columns as `kind` sees them: those of other platforms are there, but hidden."""
        return tuple(column for column in self.columns if not column.kinds or kind in column.kinds)

    @property
    def required(self) -> tuple[str, ...]:
        """Name the columns of which at least one must be constrained."""
        return tuple(column.name for column in self.columns if column.required)


def _column(text: str) -> Column:
    name, type_, *options = text.split()
    flags = {option for option in options if "=" not in option}
    values = dict(option.split("=", 1) for option in options if "=" in option)
    return Column(
        name=name,
        type=type_,
        required="required" in flags,
        index="index" in flags,
        additional="additional" in flags,
        hidden="hidden" in flags,
        collate=values.get("collate", ""),
        aliases=tuple(filter(None, values.get("aliases", "").split(","))),
        kinds=tuple(filter(None, values.get("kinds", "").split(","))),
    )


def _osquery() -> list[Table]:
    document = json.loads(files(__package__).joinpath("osquery.json").read_bytes())
    return [
        Table(
            name=entry["name"],
            origin=OSQUERY,
            kinds=tuple(entry["kinds"]),
            written=tuple(entry["columns"]),
            aliases=tuple(entry.get("aliases", ())),
            evented=entry.get("evented", False),
            user_data=entry.get("user_data", False),
        )
        for entry in document["tables"]
    ]


def _menshen() -> list[Table]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load(files(__package__).joinpath("menshen.yml").read_bytes(), Loader=loader)  # noqa: S506 - a safe loader
    return [
        Table(
            name=entry["name"],
            origin=MENSHEN,
            kinds=tuple(entry["kinds"]),
            written=tuple(f"{name} {options}" for name, options in entry["columns"].items()),
            title_en=entry["title"]["en"],
            title_zh=entry["title"]["zh"],
        )
        for entry in document["tables"]
    ]


@cache
def tables() -> dict[str, Table]:
    """Give every known table by name, sorted by name; osquery's table aliases are not among the keys (see `find`)."""
    known = [*_osquery(), *_menshen()]
    return {table.name: table for table in sorted(known, key=lambda table: table.name)}


@cache
def aliases() -> dict[str, Table]:
    """Give the tables by osquery's other names for them, such as `hosts` for `etc_hosts`."""
    return {alias: table for table in tables().values() for alias in table.aliases}


def find(name: str) -> Table:
    """Find a table by its name or one of its aliases.

    Raises:
        UnknownTableError: there is none; the message names the nearest.
    """
    known = tables()
    if name in known:
        return known[name]
    if name in aliases():
        return aliases()[name]
    nearest = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    message = f"no such table: {name}{hint}"
    raise UnknownTableError(message)


def for_kind(kind: str) -> list[Table]:
    """List the tables that exist on subjects of `kind`, sorted by name."""
    return [table for table in tables().values() if kind in table.kinds]
