# SPDX-License-Identifier: Apache-2.0
"""Rows that someone recorded: the source behind control cases, the demo, and evidence kept for a site."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from agents.source import NotServedError
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agents.source import Ask, Row


class RecordingError(ValueError):
    """A recording speaks of a table or column that does not exist; the message gives the nearest."""


class RecordedSource:
    """Answers the tables it was given rows for, a table with no rows included; every other one is not served."""

    def __init__(self, kind: str, tables: Mapping[str, Sequence[Row]], label: str) -> None:
        """Take the rows by table name.

        Raises:
            RecordingError: no such table or column on subjects of `kind`.
        """
        self.kind = kind
        self.label = label
        self._tables = {_check(kind, name, rows): rows for name, rows in tables.items()}

    def serves(self, table: str) -> bool:
        """Tell whether rows of `table` were recorded."""
        return table in self._tables

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:  # noqa: ARG002 - SQLite picks the rows
        """Give all rows of `table`; SQLite picks those that the query wants."""
        if table not in self._tables:
            message = f"table {table} is not in the recording {self.label}"
            raise NotServedError(message)
        return self._tables[table]


def _check(kind: str, name: str, rows: Sequence[Row]) -> str:
    try:
        table = schema.find(name)
    except schema.UnknownTableError as error:
        raise RecordingError(str(error)) from error
    if kind not in table.kinds:
        message = f"table {table.name} exists on {', '.join(table.kinds)}, not on {kind}"
        raise RecordingError(message)
    known = {column.name for column in table.columns}
    for column in {column for row in rows for column in row}.difference(known):
        nearest = difflib.get_close_matches(column, known, n=1)
        message = f"table {table.name} has no column {column}{f'; did you mean {nearest[0]}?' if nearest else ''}"
        raise RecordingError(message)
    return table.name
