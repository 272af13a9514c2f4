# SPDX-License-Identifier: Apache-2.0
"""One read of a table: rows are pulled when SQLite asks for them, kept, and shared by every later read that wants the same."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from agents.cells import converter
from agents.limits import CELL_COST, ROW_COST, QueryError
from agents.source import FAULTS, Ask, NotObservedError, NotServedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.limits import Meter
    from agents.source import Constraint, Row, Source
    from policies.schema import Table
    from policies.verdict import Cell

    Line = tuple[Cell, ...]
    _Key = tuple[str, frozenset[tuple[str, tuple[Constraint, ...]]]]

# A longer read (a file system) is streamed to its one reader instead of kept.
KEPT_ROWS: Final = 20_000
# When the reads kept since the last query hold more than this, they are dropped before the next.
KEPT_BYTES: Final = 64 * 1024 * 1024
# When the look-ups in a table by index have taken so many seconds, all of it is read once instead of the next one: whatever
# a full read costs, at most that and this is spent, and a few cheap look-ups in a large table never bring one about.
PATIENCE: Final = 0.005
# Here a full read gives only the topmost rows, so it can replace no look-up.
_PARTIAL: Final = frozenset({"registry"})


class Scan:
    """The rows of one `Ask`, as tuples in the order of the schema's columns; columns not asked for are NULL."""

    __slots__ = (
        "_converters",
        "_empty",
        "_failure",
        "_first",
        "_least",
        "_lines",
        "_meter",
        "_rows",
        "ask",
        "readers",
        "size",
    )

    def __init__(self, table: Table, ask: Ask, rows: Iterator[Row], meter: Meter) -> None:
        self.ask = ask
        self.readers = 0
        self.size = 0
        self._meter = meter
        self._empty: list[Cell] = [None] * len(table.columns)
        self._converters = [(at, one.name, converter(one.type)) for at, one in enumerate(table.columns) if one.name in ask.columns]
        self._least = ROW_COST + CELL_COST * len(self._converters)
        self._lines: list[Line] = []
        self._first = 0
        self._failure: BaseException | None = None
        self._rows = rows

    def line(self, position: int) -> Line | None:
        """Give the row at `position`, pulling up to it; None beyond the end."""
        while position >= self._first + len(self._lines):
            if not self._pull():
                return None
        return self._lines[position - self._first]

    @property
    def broken(self) -> bool:
        """Tell whether this read ended by an error that another try may not meet; what cannot be observed stays so."""
        return self._failure is not None and not isinstance(self._failure, NotObservedError)

    @property
    def long(self) -> bool:
        """Tell whether more rows are held than are worth keeping."""
        return len(self._lines) > KEPT_ROWS

    def forget(self, position: int) -> None:
        """Drop the rows before `position`; only for a scan with one reader that never goes back."""
        dropped = position - self._first
        freed = self.size * dropped // max(1, len(self._lines))
        del self._lines[:dropped]
        self._first = position
        self.size -= freed
        self._meter.hold(-freed)

    def rowid(self, position: int) -> int:
        """Give a number that is the same for equal rows, in this scan and in others.

        SQLite runs `a = 1 OR b = 2` as two scans and tells by this number which rows the first has already given.
        """
        content = repr(self._lines[position - self._first]).encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)

    def _pull(self) -> bool:
        if isinstance(self._failure, NotObservedError):
            raise NotObservedError(str(self._failure)) from self._failure
        try:
            self._meter.check()
            row = next(self._rows, None)
        except BaseException as error:
            self._failure = error
            raise
        if row is not None:
            self._keep(row)
        return row is not None

    def _keep(self, row: Row) -> None:
        cells = self._empty.copy()
        size = self._least
        for at, name, convert in self._converters:
            value = row.get(name)
            if value is not None:
                cells[at] = cell = convert(value)
                if type(cell) is str:
                    size += len(cell)
        self._meter.hold(size)
        self.size += size
        self._lines.append(tuple(cells))


class Scans:
    """The scans of one run, so that a table is read once."""

    def __init__(self, source: Source, meter: Meter) -> None:
        self._source = source
        self._meter = meter
        self._kept: dict[_Key, Scan] = {}
        self._patience: defaultdict[str, float] = defaultdict(lambda: PATIENCE)

    def open(self, table: Table, ask: Ask) -> Scan:
        """Give a scan that answers `ask`: one already made, or a new one.

        A new one also reads the columns that an equal read took before, so that one scan serves both from then on.
        """
        key = _key(table, ask)
        same = self._kept.get(key)
        if same is not None and not same.broken and ask.columns <= same.ask.columns:
            return same
        selects = bool(ask.constraints) and _selects(table, ask)
        if selects:
            full = self._kept.get((table.name, frozenset()))
            if self._patience[table.name] <= 0 or (full and not full.broken and ask.columns <= full.ask.columns):
                return self.open(table, Ask(ask.columns))
        columns = ask.columns if same is None else ask.columns | same.ask.columns
        ask = replace(ask, columns=columns)
        rows = _guarded(self._source, table.name, ask)
        scan = self._kept[key] = Scan(table, ask, self._timed(table.name, rows) if selects else rows, self._meter)
        return scan

    def _timed(self, table: str, rows: Iterator[Row]) -> Iterator[Row]:
        while True:
            started = time.perf_counter()
            row = next(rows, None)
            self._patience[table] -= time.perf_counter() - started
            if row is None:
                return
            yield row

    def drop(self, table: Table, scan: Scan) -> None:
        """Stop sharing `scan`: it is too long to keep."""
        key = _key(table, scan.ask)
        if self._kept.get(key) is scan:
            del self._kept[key]

    def clear(self) -> None:
        """Forget every scan."""
        self._kept.clear()
        self._patience.clear()

    def trim(self) -> None:
        """Forget every scan if together they hold more than `KEPT_BYTES`."""
        if sum(scan.size for scan in self._kept.values()) > KEPT_BYTES:
            self.clear()


def _key(table: Table, ask: Ask) -> _Key:
    return table.name, frozenset(ask.constraints.items())


def _selects(table: Table, ask: Ask) -> bool:
    # A full read holds every row that an `index` column can select. A `required` or `additional` column makes rows
    # that a full read does not have (the files of a folder, the keys of another user).
    if table.required or table.name in _PARTIAL or (table.user_data and "uid" in ask.constraints):
        return False
    return {column.name for column in table.columns if column.index and not column.additional}.issuperset(ask.constraints)


def _guarded(source: Source, table: str, ask: Ask) -> Iterator[Row]:
    try:
        yield from source.rows(table, ask)
    except (NotServedError, NotObservedError, QueryError):
        raise
    except FAULTS as error:
        message = f"table {table} failed: {type(error).__name__}: {error}"
        raise QueryError(message) from error
