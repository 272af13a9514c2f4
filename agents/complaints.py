# SPDX-License-Identifier: Apache-2.0
"""Turns what SQLite complains of into a sentence that helps, with the nearest name where one was mistyped."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

import apsw

from agents import functions
from agents.guard import CELL_BYTES
from agents.limits import MEGABYTE, QueryError
from agents.source import NotServedError
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Iterable


_PLAIN: Final[dict[tuple[type[BaseException], ...], str]] = {
    (apsw.TooBigError,): f"a value is longer than {CELL_BYTES // MEGABYTE} MB",
    (apsw.BindingsError,): "the query has parameters (?), but nothing gives them values",
    (apsw.NoMemError, MemoryError): "the query needs more memory than there is",
}


def explain(error: BaseException, sql: str, kind: str) -> QueryError | NotServedError:
    """Give the error to raise in place of SQLite's (or of one of text encoding) on a subject of `kind`."""
    text = str(error).removeprefix("SQLError: ")
    what, _, name = text.partition(": ")
    if what == "no such table":
        return _no_table(name, kind)
    if what == "no such column":
        text += _hint(name.rpartition(".")[2], _columns(sql))
    elif what == "no such function":
        text += _hint(name, functions.NAMES)
    return QueryError(next((plain for kinds, plain in _PLAIN.items() if isinstance(error, kinds)), text))


def _no_table(name: str, kind: str) -> QueryError | NotServedError:
    plain = name.rpartition(".")[2]
    try:
        table = schema.find(plain.lower())
    except schema.UnknownTableError:
        names = [table.name for table in schema.for_kind(kind)]
        return QueryError(f"no such table: {plain}{_hint(plain, names)}")
    return NotServedError(f"table {table.name} exists on {', '.join(table.kinds)}, not on {kind}")


def _columns(sql: str) -> list[str]:
    words = set(re.findall(r"\w+", sql.lower()))
    used = (table for name, table in schema.tables().items() if words.intersection((name, *table.aliases)))
    return sorted({column.name for table in used for column in table.columns})


def _hint(name: str, known: Iterable[str]) -> str:
    nearest = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f"; did you mean {nearest[0]}?" if nearest else ""
