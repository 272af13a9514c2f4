# SPDX-License-Identifier: Apache-2.0
"""Check one SQL statement against the tables of a subject kind, by SQLite's own eyes and without running it."""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Final

from policies import schema
from policies.lint.dialect import ALLOWED, COLLATIONS, OSQUERY
from policies.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Text, comment and quoted-name parts of SQL hold no operators.
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_BY_NUMBER: Final = re.compile(r"(?<![\w.)])(?:(\w+)\.)?(\w+)\s*(?:<=|>=|<(?!>)|>|(?:NOT\s+)?BETWEEN\b)\s*-?\d", re.IGNORECASE)
_NO_TABLE: Final = re.compile(r"no such table: (\S+)")
_NO_COLUMN: Final = re.compile(r"no such column: (?:(\S+)\.)?(\S+)")
_NO_FUNCTION: Final = re.compile(r"no such function: (\S+)")
_ALLOWED_ACTIONS: Final = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})


class _Watch:
    """What the authorizer saw of one statement."""

    def __init__(self) -> None:
        self.tables: dict[str, set[str]] = {}
        self.functions: set[str] = set()
        self.forbidden: set[str] = set()

    def __call__(self, action: int, first: str | None, second: str | None, _schema: str | None, _view: str | None) -> int:
        if action == sqlite3.SQLITE_READ and first:
            self.tables.setdefault(first.lower(), set()).add((second or "").lower())
        elif action == sqlite3.SQLITE_FUNCTION:
            self.functions.add((second or "").lower())
        elif action not in _ALLOWED_ACTIONS:
            self.forbidden.add(first or "this")
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK


def complaints(sql: str, kind: str, *, judges: bool = True) -> list[str]:
    """List what is wrong with a SELECT on the tables of `kind`; with `judges` its last column must be `ok`."""
    connection, watch = _empty(kind), _Watch()
    connection.set_authorizer(watch)
    try:
        if not sqlite3.complete_statement(f"{_bare(sql)}\n;"):
            return ["not one whole statement"]
        columns = [name for name, *_ in connection.execute(f"SELECT * FROM ({_bare(sql)}\n) LIMIT 0").description]  # noqa: S608 - checked here
        plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {_bare(sql)}")]
    except sqlite3.Error as error:
        return [_explained(str(error), sql, kind, watch)]
    finally:
        connection.set_authorizer(None)
    found = [f"osquery has no function {name}" for name in sorted(watch.functions - ALLOWED)]
    if judges and (not columns or columns[-1] != "ok" or "ok" in columns[:-1]):
        found.append(f"the last column must be ok, and only it; the columns are {', '.join(columns)}")
    return [*found, *_unconstrained(sql, plan, watch), *_wrong_types(sql, watch)]


def tables(sql: str, kind: str) -> frozenset[str]:
    """Name the tables that a SELECT reads, by SQLite's own eyes; none of one that is wrong."""
    connection, watch = _empty(kind), _Watch()
    connection.set_authorizer(watch)
    try:
        connection.execute(f"SELECT * FROM ({_bare(sql)}\n) LIMIT 0")  # noqa: S608 - prepared against empty tables
    except sqlite3.Error:
        return frozenset()
    finally:
        connection.set_authorizer(None)
    return frozenset(watch.tables.keys() & schema.tables().keys())


def columns(sql: str, kind: str) -> tuple[str, ...]:
    """Name the columns that a SELECT gives, in order; none of one that is wrong."""
    try:
        return tuple(name for name, *_ in _empty(kind).execute(f"SELECT * FROM ({_bare(sql)}\n) LIMIT 0").description)  # noqa: S608 - as above
    except sqlite3.Error:
        return ()


def unquoted(sql: str) -> str:
    """Give `sql` with every quoted text, quoted name and comment empty, so that what is left are its operators."""
    return _QUOTED.sub("''", sql)


def _bare(sql: str) -> str:
    return sql.strip().rstrip(";").rstrip()


@cache
def _empty(kind: str) -> sqlite3.Connection:
    """Make a database with every table of `kind`, empty; osquery's functions are there by name."""
    # One statement is prepared once: a cached one would never reach the authorizer again.
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    for collation in COLLATIONS:
        connection.create_collation(collation, _same)
    for table in schema.for_kind(kind):
        columns = ", ".join(f'"{column.name}" {_affinity(column)}' for column in table.columns_for(kind))
        connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
        for number, name in enumerate(table.required):
            connection.execute(f'CREATE INDEX "{table.name}_{number}" ON "{table.name}" ("{name}" COLLATE NOCASE)')
            connection.execute(f'CREATE INDEX "{table.name}_{number}_exact" ON "{table.name}" ("{name}" COLLATE BINARY)')
        for alias in table.aliases:
            connection.execute(f'CREATE VIEW "{alias}" AS SELECT * FROM "{table.name}"')  # noqa: S608 - our schema
    for name, arguments in OSQUERY.items():
        connection.create_function(name, arguments, _stub)
    # SQLite makes its own table functions when they are first named: that is not the policy's doing.
    connection.execute("SELECT 1 FROM json_each('[]'), json_tree('[]')")
    return connection


def _affinity(column: schema.Column) -> str:
    return f"{column.type.removeprefix('UNSIGNED_')} {f'COLLATE {column.collate}' if column.collate else ''}".strip()


def _stub(*_: object) -> None:
    """Stand for a function of osquery's: nothing is ever computed here."""


def _same(_left: str, _right: str) -> int:
    return 0


def _explained(message: str, sql: str, kind: str, watch: _Watch) -> str:
    if watch.forbidden:
        return "only SELECT is allowed"
    if match := _NO_TABLE.search(message):
        return _about_table(match[1], kind)
    if match := _NO_COLUMN.search(message):
        named = set(re.findall(r"\w+", sql.lower())) & schema.tables().keys()
        known = {column.name for name in named for column in schema.find(name).columns_for(kind)}
        return f"no such column: {match[2]}{nearest(match[2], known)}"
    if match := _NO_FUNCTION.search(message):
        return f"osquery has no function {match[1]}{nearest(match[1].lower(), ALLOWED)}"
    return f"wrong SQL: {message}"


def _about_table(name: str, kind: str) -> str:
    try:
        table = schema.find(name)
    except schema.UnknownTableError as error:
        return str(error)
    return f"table {table.name} exists on {', '.join(table.kinds)}, not on {kind}"


def _unconstrained(sql: str, plan: list[str], watch: _Watch) -> Iterator[str]:
    """Name tables that answer only where a column is constrained, and are scanned whole by the plan."""
    for name in watch.tables.keys() & schema.tables().keys():
        required = schema.find(name).required
        scanned = any(re.match(rf"SCAN {name}\b", step) for step in plan)
        # A pattern that begins with a parameter or is matched by GLOB is a constraint that no index serves.
        matched = any(re.search(rf"\b{column}\s+(LIKE|GLOB)\b", sql, re.IGNORECASE) for column in required)
        if required and scanned and not matched:
            yield f"table {name} needs a constraint on {' or '.join(required)}"


def _wrong_types(sql: str, watch: _Watch) -> Iterator[str]:
    """Name TEXT columns that are ordered against a number: '9' comes after '10' there."""
    types: dict[str, set[str]] = {}
    for name in watch.tables.keys() & schema.tables().keys():
        for column in schema.find(name).columns:
            types.setdefault(column.name.lower(), set()).add(column.type)
    for match in _BY_NUMBER.finditer(unquoted(sql)):
        if types.get(match[2].lower()) == {"TEXT"}:
            yield f"column {match[2]} is TEXT and is compared by size with a number: CAST({match[2]} AS INTEGER)"
