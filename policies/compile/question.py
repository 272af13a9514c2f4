# SPDX-License-Identifier: Apache-2.0
"""A control as one SQL statement for osqueryd, and back from its rows to what an audit sees.

osqueryd runs one statement a question and knows no `when`. So both halves travel together: the first column says whether
the control applies, the second whether the row is one of `observe` at all, and `ok` stays last.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from policies import schema
from policies.lint.sql import columns, tables
from policies.records import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.resolve import Resolved
    from policies.verdict import Cell

    Row = Mapping[str, Cell]

APPLIES: Final = "menshen_applies"
SEEN: Final = "menshen_seen"
# Kinds of subjects on which an osqueryd can run.
KINDS: Final = ("linux", "windows")
_DIGITS: Final = 16


@dataclass(frozen=True)
class Question:
    """What one control asks of one subject, as one statement; `columns` are those of its `observe`, `ok` last.

    `own` are the tables of it that osqueryd has only while Menshen's extension is registered.
    """

    control: str
    kind: str
    sql: str
    columns: tuple[str, ...]
    own: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Give a name for this very text: 16 hexadecimal digits; another value of a parameter is another question."""
        return digest(self.sql)[:_DIGITS]

    @property
    def discovery(self) -> str:
        """Give the query that answers with a row where osqueryd has all tables: over core tables only.

        One discovery query that fails stops the whole batch (osquery plugins/distributed), so it may name no table of ours.
        """
        if not self.own:
            return "SELECT 1"
        names = ", ".join(f"'{name}'" for name in self.own)
        found = f"FROM osquery_registry WHERE active = 1 AND registry = 'table' AND name IN ({names})"
        return f"SELECT 1 {found} GROUP BY registry HAVING count(DISTINCT name) = {len(self.own)}"


@lru_cache(maxsize=4096)
def _built(control: str, kind: str, when: str | None, observe: str) -> Question:
    named = {name for text in (when, observe) if text for name in tables(text, kind)}
    own = tuple(sorted(name for name in named if schema.find(name).origin == schema.MENSHEN))
    return Question(control, kind, joined(when, observe), columns(observe, kind), own)


def question(resolved: Resolved) -> Question:
    """Write a resolved control as a question.

    Raises:
        ValueError: its SQL does not fit the tables of its kind (`menshen lint` says where).
    """
    return _built(resolved.control, resolved.kind, resolved.when, resolved.observe)


def joined(when: str | None, observe: str) -> str:
    """Put `when` and `observe` into one statement; where it applies and nothing is seen, one row says just that."""
    applies = f"EXISTS (SELECT 1 FROM (\n{bare(when)}\n))" if when else "1"  # noqa: S608 - a control's own SQL
    return (
        f"SELECT a.{APPLIES}, o.* FROM (SELECT {applies} AS {APPLIES}) AS a"  # noqa: S608 - a control's own SQL
        f" LEFT JOIN (SELECT 1 AS {SEEN}, * FROM (\n{bare(observe)}\n)) AS o ON a.{APPLIES} = 1"
    )


def bare(sql: str) -> str:
    """Give a statement without the semicolon and blanks at its end."""
    return sql.strip().rstrip(";").rstrip()


def answered(rows: Iterable[Row]) -> tuple[bool, list[dict[str, Cell]]]:
    """Read the rows of a question: whether the control applies, and the rows of its `observe`.

    Values may be SQLite's own or osquery's, which are all text with '' for NULL. No row at all answers nothing and is
    read as applying with nothing seen, which no judge takes for met.

    Raises:
        ValueError: a row is not of such a question.
    """
    applies = True
    seen: list[dict[str, Cell]] = []
    for row in rows:
        if APPLIES not in row or SEEN not in row:
            raise ValueError(f"the answer has no columns {APPLIES} and {SEEN}")
        applies = str(row[APPLIES]) == "1"
        if applies and str(row[SEEN]) == "1":
            seen.append({name: cell for name, cell in row.items() if name not in {APPLIES, SEEN}})
    return applies, seen
