# SPDX-License-Identifier: Apache-2.0
"""What stands between the engine and a subject: a source of rows, asked table by table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.records import Observation
    from policies.resolve import Resolved
    from policies.verdict import Cell

    Row = Mapping[str, Cell]

# What a fault in a table function looks like; a source's own two errors pass as they are.
FAULTS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


class NotServedError(LookupError):
    """The table is known, but this source cannot answer it. The message is complete and fit for people."""


class NotObservedError(Exception):
    """The table is served, but the subject did not let itself be looked at (no right, no tool, no answer).

    Never stands for "looked and found nothing": that is no row. The message says what would help.
    """


@dataclass(frozen=True, slots=True)
class Constraint:
    """A usable `column operator value` of the query; operator is one of = > >= < <= LIKE GLOB REGEXP."""

    operator: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Ask:
    """What one scan of a table wants.

    `columns` are the names SQLite will read. `constraints` are only on columns the schema marks required, index or
    additional; a table may use them to do less, and never has to: SQLite checks every row again.
    """

    columns: frozenset[str]
    constraints: Mapping[str, tuple[Constraint, ...]] = field(default_factory=dict)

    def wants(self, *columns: str) -> bool:
        """Tell whether any of `columns` will be read."""
        return not self.columns.isdisjoint(columns)

    def values(self, column: str, operator: str = "=") -> tuple[str, ...]:
        """Give the texts `column` is compared with by `operator`, NULL and empty ones dropped."""
        found = (one.value for one in self.constraints.get(column, ()) if one.operator == operator)
        return tuple(str(value) for value in found if value not in {None, ""})


class Source(Protocol):
    """A subject that answers tables; its label stands in the evidence, such as `local/menshen 0.1.0`."""

    @property
    def kind(self) -> str:
        """Name the subject kind."""
        ...

    @property
    def label(self) -> str:
        """Name connection and collector."""
        ...

    def serves(self, table: str) -> bool:
        """Tell whether `rows` can answer `table`."""
        ...

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`; missing columns are NULL.

        Raises:
            NotServedError: the source has no such table.
            NotObservedError: the subject could not be looked at.
        """
        ...


@runtime_checkable
class Foresighted(Protocol):
    """A source that is slow to reach: told beforehand what will be asked, it brings all of it at once."""

    def expect(self, queries: Iterable[str]) -> None:
        """Take the SQL that is going to be asked."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A source that asks nobody: its subject has reported by itself, and what it said last is all there is."""

    def recall(self, question: Resolved, at: str) -> Observation:
        """Give what was last seen of one control; unobserved, with the reason, where that is too old or nothing."""
        ...
