# SPDX-License-Identifier: Apache-2.0
"""SQLite virtual tables, one for each table of the schema, with osquery's rules of what a query hands down to a table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import apsw

from agents.cells import converter
from agents.limits import QueryError
from agents.source import Ask, Constraint, NotServedError

if TYPE_CHECKING:
    from agents.scan import Scan, Scans
    from agents.source import Source
    from policies.schema import Column, Table
    from policies.verdict import Cell

_OPERATORS: Final[dict[int, str]] = {
    apsw.SQLITE_INDEX_CONSTRAINT_EQ: "=",
    apsw.SQLITE_INDEX_CONSTRAINT_IS: "=",
    apsw.SQLITE_INDEX_CONSTRAINT_GT: ">",
    apsw.SQLITE_INDEX_CONSTRAINT_GE: ">=",
    apsw.SQLITE_INDEX_CONSTRAINT_LT: "<",
    apsw.SQLITE_INDEX_CONSTRAINT_LE: "<=",
    apsw.SQLITE_INDEX_CONSTRAINT_LIKE: "LIKE",
    apsw.SQLITE_INDEX_CONSTRAINT_GLOB: "GLOB",
    apsw.SQLITE_INDEX_CONSTRAINT_REGEXP: "REGEXP",
}
_ORDERING: Final = frozenset({">", ">=", "<", "<="})
# Tables that look names up without regard to case: no collation finds more than they give.
_CASELESS: Final = frozenset({"registry"})
_CHEAP: Final = 1.0
_DEAR: Final = 1e6


class Module:
    """Serves one table of a source under its own name and its aliases."""

    def __init__(self, table: Table, source: Source, scans: Scans) -> None:
        self.table = table
        self.source = source
        self.scans = scans
        # Every name SQLite sees, aliases after the real columns, and the place of the real column behind it.
        self.columns: list[Column] = list(table.columns)
        self.declaration = _declare(table, source.kind)
        self.columns += [column for column in table.columns for _ in column.aliases]
        self.real = [*range(len(table.columns)), *(at for at, column in enumerate(table.columns) for _ in column.aliases)]

    def Connect(self, *_: Any) -> tuple[str, VirtualTable]:  # noqa: N802 - APSW's name
        """Declare the table. Raises NotServedError where the source cannot answer it, so that no query half runs."""
        if not self.source.serves(self.table.name):
            self.source.rows(self.table.name, Ask(frozenset()))
            message = f"table {self.table.name} is not served by {self.source.label}"
            raise NotServedError(message)
        return self.declaration, VirtualTable(self)

    Create = Connect


class VirtualTable:
    """What SQLite plans with."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def BestIndexObject(self, info: apsw.IndexInfo) -> bool:  # noqa: N802 - APSW's name
        """Choose the constraints the table is told of; SQLite checks every row again, so none is left out of its own check."""
        plan: list[str] = []
        for which in range(info.nConstraint):
            term = self._term(info, which)
            if term:
                plan.append(term)
                info.set_aConstraintUsage_argvIndex(which, len(plan))
        info.idxStr = ",".join(map(str, sorted(info.colUsed))) + ";" + ",".join(plan)
        info.estimatedCost = _CHEAP if plan else _DEAR
        return True

    def _term(self, info: apsw.IndexInfo, which: int) -> str | None:
        operator = _OPERATORS.get(info.get_aConstraint_op(which))
        at = info.get_aConstraint_iColumn(which)
        if operator is None or at < 0 or not info.get_aConstraint_usable(which):
            return None
        column = self._module.columns[at]
        if not column.constrains or (operator in _ORDERING and column.type == "TEXT"):
            return None
        # A comparison by another collation than the column's matches rows that a look-up by the column's would miss.
        alike = self._module.table.name in _CASELESS
        foreign = not alike and info.get_aConstraint_collation(which).lower() != (column.collate or "binary")
        if operator == "=" and foreign and not column.required and not column.hidden:
            return None
        return f"{at} {operator}"

    def Open(self) -> Cursor:  # noqa: N802 - APSW's name
        """Begin a walk over the rows."""
        return Cursor(self._module)

    def Disconnect(self) -> None:  # noqa: N802 - APSW's name
        """Nothing is held."""

    Destroy = Disconnect


class Cursor:
    """One walk over a scan."""

    __slots__ = ("_line", "_module", "_position", "_real", "_scan")

    def __init__(self, module: Module) -> None:
        self._module = module
        self._real = module.real
        self._scan: Scan | None = None
        self._position = 0
        self._line: tuple[Cell, ...] | None = None

    def Filter(self, _number: int, plan: str, values: tuple[Cell, ...] | None) -> None:  # noqa: N802 - APSW's name
        """Start over with the constraints of `plan` and their values.

        Raises:
            QueryError: no required column is constrained.
        """
        self.Close()
        used, terms = _read_plan(plan)
        self._demand_required(terms)
        names = frozenset(self._module.columns[at].name for at in used)
        ask = Ask(names, self._constraints(terms, values or ()))
        self._scan = self._module.scans.open(self._module.table, ask)
        self._scan.readers += 1
        self._position = 0
        self._line = self._scan.line(0)

    def _demand_required(self, terms: tuple[tuple[int, str], ...]) -> None:
        table = self._module.table
        if table.required and not any(self._module.columns[at].required for at, _ in terms):
            message = f"Table {table.name} was queried without a required column in the WHERE clause: {' or '.join(table.required)}"
            raise QueryError(message)

    def _constraints(self, terms: tuple[tuple[int, str], ...], values: tuple[Cell, ...]) -> dict[str, tuple[Constraint, ...]]:
        found: dict[str, tuple[Constraint, ...]] = {}
        for (at, operator), value in zip(terms, values, strict=True):
            column = self._module.columns[at]
            # The text of a pattern stays as it is; a compared value takes the column's type, as SQLite's comparison does.
            typed = value if operator.isalpha() else converter(column.type)(value)
            if typed not in {None, ""}:
                found[column.name] = (*found.get(column.name, ()), Constraint(operator, typed))
        return found

    def Eof(self) -> bool:  # noqa: N802 - APSW's name
        """Tell whether the walk is over."""
        return self._line is None

    def Next(self) -> None:  # noqa: N802 - APSW's name
        """Go to the next row."""
        scan = self._open_scan()
        self._position += 1
        if scan.long and scan.readers == 1:
            self._module.scans.drop(self._module.table, scan)
            scan.forget(self._position)
        self._line = scan.line(self._position)

    def Column(self, number: int) -> Cell:  # noqa: N802 - APSW's name
        """Give one cell; -1 is the row's number."""
        if number < 0:
            return self.Rowid()
        return None if self._line is None else self._line[self._real[number]]

    def Rowid(self) -> int:  # noqa: N802 - APSW's name
        """Give the row's number, see `Scan.rowid`."""
        return self._open_scan().rowid(self._position)

    def Close(self) -> None:  # noqa: N802 - APSW's name
        """Leave the scan to the others."""
        if self._scan is not None:
            self._scan.readers -= 1
            self._scan = None

    def _open_scan(self) -> Scan:
        if self._scan is None:
            message = "SQLite read a row before it began"
            raise RuntimeError(message)
        return self._scan


@lru_cache(maxsize=1024)
def _read_plan(plan: str) -> tuple[tuple[int, ...], tuple[tuple[int, str], ...]]:
    used, _, terms = plan.partition(";")
    pairs = (term.split(" ") for term in terms.split(",") if term)
    return tuple(map(int, filter(None, used.split(",")))), tuple((int(at), operator) for at, operator in pairs)


def _declare(table: Table, kind: str) -> str:
    columns = [_declare_column(column, column.name, hidden=column.hidden or _elsewhere(column, kind)) for column in table.columns]
    columns += [_declare_column(column, alias, hidden=True) for column in table.columns for alias in column.aliases]
    return f"CREATE TABLE x({', '.join(columns)})"


def _elsewhere(column: Column, kind: str) -> bool:
    return bool(column.kinds) and kind not in column.kinds


def _declare_column(column: Column, name: str, *, hidden: bool) -> str:
    # SQLite drops the collation of a hidden column, so none is promised there.
    suffix = " HIDDEN" if hidden else f" COLLATE {column.collate}" if column.collate else ""
    return f'"{name}" {column.type}{suffix}'
