# SPDX-License-Identifier: Apache-2.0
"""The seven verdicts, and how rows become one of them.

The answer convention (DESIGN §3): each row is one thing looked at and ends with a column `ok`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Cell = str | int | float | None
    Row = Mapping[str, Cell]


class Verdict(StrEnum):
    """What can be said of one control on one subject."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    EXCEPTED = "excepted"
    MANUAL_DUE = "manual_due"


class AnswerError(ValueError):
    """A query broke the answer convention: `ok` is missing, not last, or not 0, 1 or NULL."""


# osquery sends every value as text and NULL as the empty string (facts: osquery TLS API, distributed write).
_TRUE: frozenset[object] = frozenset({1, "1"})
_FALSE: frozenset[object] = frozenset({0, "0"})
_ABSENT: frozenset[object] = frozenset({None, ""})


def is_ok(cell: Cell) -> bool | None:
    """Read one `ok` cell: True, False, or None where nothing could be said.

    Raises:
        AnswerError: the cell is none of 0, 1, NULL (or osquery's text forms of them).
    """
    if cell in _TRUE:
        return True
    if cell in _FALSE:
        return False
    if cell in _ABSENT:
        return None
    message = f"column ok must be 0, 1 or NULL, not {cell!r}"
    raise AnswerError(message)


def of_rows(columns: Iterable[str], rows: Iterable[Row]) -> Verdict:
    """Judge the rows of an `observe` query: any 0 fails, a NULL or no row at all is unknown, else pass.

    Raises:
        AnswerError: the last column is not `ok`, or a cell of it is none of 0, 1, NULL.
    """
    names = list(columns)
    if not names or names[-1] != "ok" or "ok" in names[:-1]:
        message = f"the last column must be named ok, and only it: {', '.join(names) or 'no column'}"
        raise AnswerError(message)
    answers = [is_ok(row["ok"]) for row in rows]
    if False in answers:
        return Verdict.FAIL
    if not answers or None in answers:
        return Verdict.UNKNOWN
    return Verdict.PASS
