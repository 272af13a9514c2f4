# SPDX-License-Identifier: Apache-2.0
"""The embedded engine: SQL in osquery's dialect over the tables of one subject, safe against the SQL of strangers."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, cast

import apsw

from agents import collations, functions, guard
from agents.cells import shown
from agents.complaints import explain
from agents.limits import Limits, Meter, QueryError, size_of
from agents.named import Named
from agents.scan import Scans
from agents.source import NotObservedError, NotServedError
from agents.virtual_tables import Module
from policies import schema

if TYPE_CHECKING:
    from agents.source import Source
    from policies.schema import Table
    from policies.verdict import Cell

__all__ = ["Engine", "Limits", "NotObservedError", "NotServedError", "QueryError", "Result"]

_WORD: Final = re.compile(r"\w+")
# All that may follow the one statement.
_NOTHING: Final = re.compile(r"(?:[\s;]|--[^\n]*(?:\n|\Z)|/\*.*?(?:\*/|\Z))*", re.DOTALL)
# Between two looks at the clock SQLite takes so many steps: a few microseconds, and at most some dozen cells of full length.
_STEPS: Final = 250


@dataclass(frozen=True, slots=True)
class Result:
    """What a query answered: `columns` in the query's order, each row by column name, and how long it took."""

    columns: tuple[str, ...]
    rows: list[dict[str, Cell]]
    milliseconds: float


class Engine:
    """Answers SQL about one source; what it reads of a table it keeps until `fresh`. One thread at a time may use it."""

    def __init__(self, source: Source, limits: Limits | None = None) -> None:
        # What a source is beyond its tables (that it remembers, or wants to be told beforehand) is asked of itself.
        self.source = source
        self._named = Named(source)
        self.limits = limits or Limits()
        self._meter = Meter(self.limits)
        self._scans = Scans(self._named, self._meter)
        self._tables = _names(source.kind)
        self._connection = guard.connect()
        functions.register(self._connection)
        collations.register(self._connection)
        self._connection.authorizer = guard.authorize
        self._connection.set_progress_handler(self._meter.progress, _STEPS)

    def query(self, sql: str) -> Result:
        """Run one SELECT.

        Raises:
            QueryError: the SQL is wrong, forbidden, or goes beyond the limits; the message is one plain sentence.
            NotServedError: a table of it is known, but not served here.
            NotObservedError: a table could not be read.
        """
        if len(sql) > self.limits.sql:
            message = f"the query is longer than {self.limits.sql:,} characters"
            raise QueryError(message)
        started = time.perf_counter()
        self._scans.trim()
        self._register(sql)
        self._meter.start()
        try:
            with self._meter.alarm():
                columns, rows = self._run(sql)
        except (apsw.Error, MemoryError, ValueError) as error:
            raise explain(error, sql, self.source.kind) from error
        return Result(columns, rows, (time.perf_counter() - started) * 1000)

    def fresh(self) -> None:
        """Forget what was read, so that the next query looks again."""
        self._scans.clear()

    def close(self) -> None:
        """Let go of SQLite."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _register(self, sql: str) -> None:
        # Only the tables that the text names: registering all of them costs more than most queries.
        for word in set(_WORD.findall(sql.lower())):
            table = self._tables.pop(word, None)
            if table is not None:
                module = cast("apsw.VTModule", Module(table, self._named, self._scans))
                self._connection.create_module(word, module, use_bestindex_object=True, eponymous_only=True, read_only=True)

    def _run(self, sql: str) -> tuple[tuple[str, ...], list[dict[str, Cell]]]:
        columns: list[tuple[str, ...]] = []
        text = _NOTHING.sub("", sql, count=1)

        def before(cursor: apsw.Cursor, statement: str, _bindings: Any) -> bool:
            if _NOTHING.fullmatch(statement):
                return True
            if columns or not _NOTHING.fullmatch(text, len(statement)):
                raise QueryError("one statement at a time, please")
            columns.append(tuple(name for name, *_ in cursor.get_description()))
            return True

        cursor = self._connection.cursor()
        cursor.exec_trace = before
        rows: list[dict[str, Cell]] = []
        for values in cursor.execute(text):
            self._keep(rows, columns[0], values)
        if not columns or not columns[0]:
            raise QueryError("there is no SELECT in the query")
        return columns[0], rows

    def _keep(self, rows: list[dict[str, Cell]], columns: tuple[str, ...], values: tuple[Any, ...]) -> None:
        if len(rows) >= self.limits.rows:
            message = f"the query gives more than {self.limits.rows:,} rows"
            raise QueryError(message)
        self._meter.hold(size_of(values))
        rows.append(dict(zip(columns, map(shown, values), strict=True)))


def _names(kind: str) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table in schema.for_kind(kind):
        found.update(dict.fromkeys((table.name, *table.aliases), table))
    return found
