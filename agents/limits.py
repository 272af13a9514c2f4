# SPDX-License-Identifier: Apache-2.0
"""How much time and memory one query may take, and the watch that stops it."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import apsw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from policies.verdict import Cell

MEGABYTE = 1024 * 1024
# The alarm is the second line: it ends what neither SQLite nor a scan gives back in time, such as one endless regular expression.
_ALARM_GRACE = 0.25
# What one row and one cell cost in CPython beyond their text, in bytes.
ROW_COST = 120
CELL_COST = 32


class QueryError(Exception):
    """The query is wrong, forbidden, or needs more than its limits. The message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most one query may take: `seconds`, result `rows`, `memory` in bytes (rows held and SQLite's own), `sql` characters."""

    seconds: float = 10.0
    rows: int = 100_000
    memory: int = 256 * MEGABYTE
    sql: int = 256 * 1024


@dataclass(slots=True)
class Meter:
    """Counts what the running query takes; everything that works for it calls `check` or `hold`."""

    limits: Limits
    _deadline: float = field(default=float("inf"), init=False)
    _held: int = field(default=0, init=False)
    _before: int = field(default=0, init=False)

    def start(self) -> None:
        """Begin a query: set the clock and forget what the last one held."""
        self._deadline = time.monotonic() + self.limits.seconds
        self._held = 0
        self._before = apsw.memory_used()

    def check(self) -> None:
        """Raise QueryError if the time is up."""
        if time.monotonic() > self._deadline:
            raise QueryError(self._late())

    def hold(self, size: int) -> None:
        """Count `size` more bytes. Raises QueryError beyond the limit."""
        self._held += size
        if self._held > self.limits.memory:
            raise QueryError(self._full())

    def progress(self) -> bool:
        """Check time and SQLite's memory; SQLite calls this every few steps of its machine."""
        self.check()
        if self._held + apsw.memory_used() - self._before > self.limits.memory:
            raise QueryError(self._full())
        return False

    @contextmanager
    def alarm(self) -> Iterator[None]:
        """Interrupt even code that never calls `check`, where the platform can: in the main thread of a Unix process.

        An engine for the SQL of strangers therefore belongs into a main thread.
        """
        if not _alarm_is_free():
            yield
            return
        previous = signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, self.limits.seconds + _ALARM_GRACE)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        raise QueryError(self._late())

    def _late(self) -> str:
        return f"the query was stopped after {self.limits.seconds:g} seconds"

    def _full(self) -> str:
        return f"the query needs more than {self.limits.memory // MEGABYTE} MB of memory"


def size_of(row: tuple[Cell, ...]) -> int:
    """Estimate the bytes a row holds: its texts and a fixed cost for the row and each cell."""
    return ROW_COST + CELL_COST * len(row) + sum(len(cell) for cell in row if isinstance(cell, str))


def _alarm_is_free() -> bool:
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
