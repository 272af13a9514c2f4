# SPDX-License-Identifier: Apache-2.0
"""The far side: reads the tables of the machine it runs on for whoever asks over its standard input, and writes nothing.

A request is `{"id", "table", "columns", "constraints": {column: [[operator, value]]}}` for the first rows of a table, or
`{"id"}` alone for the next; `drop` names reads nobody wants any more. An answer is `{"id", "rows", "end"}` with the rows
as lists in the order of `columns`, or `{"id", "error": [kind, message]}`.
"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final

from agents.connections import frames
from agents.host import Host
from agents.source import FAULTS, Ask, Constraint, NotObservedError
from agents.tables import linux

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

    from policies.verdict import Cell

    Line = list[Cell]

# An answer is sent when it holds about so many characters, or when so many seconds have passed.
ANSWER_SIZE: Final = 256 * 1024
ANSWER_SECONDS: Final = 1.0
# A table that gives no row for so long is given up; a query may take no longer either (agents/limits.py).
TABLE_SECONDS: Final = 10.0
# What a cell costs beyond its text.
CELL_SIZE: Final = 8

NOT_OBSERVED: Final = "not observed"
LATE: Final = "late"
FAULT: Final = "fault"


class LateError(Exception):
    """The table took too long."""


class Far:
    """Serves the tables of one host; every read that is under way has a number."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reads: dict[int, Iterator[Line]] = {}

    def answer(self, request: Mapping[str, Any]) -> bytes:
        """Give the framed answer to a request."""
        for dropped in request.get("drop", ()):
            self._reads.pop(dropped, None)
        number = request["id"]
        try:
            with _alarm(TABLE_SECONDS):
                if "table" in request:
                    self._reads[number] = _lines(self._host, request)
                lines, end = _some(self._reads[number])
            found = frames.pack({"id": number, "rows": lines, "end": end})
        except NotObservedError as error:
            return self._failed(number, NOT_OBSERVED, str(error))
        except LateError:
            return self._failed(number, LATE, "")
        except FAULTS as error:
            return self._failed(number, FAULT, f"{type(error).__name__}: {error}")
        if end:
            del self._reads[number]
        return found

    def _failed(self, number: int, kind: str, message: str) -> bytes:
        self._reads.pop(number, None)
        return frames.pack({"id": number, "error": [kind, message[:4000]]})


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the other side hangs up."""
    far = Far(Host())
    while (request := frames.read(requests)) is not None:
        answers.write(far.answer(request))
        answers.flush()


def _lines(host: Host, request: Mapping[str, Any]) -> Iterator[Line]:
    columns: list[str] = request["columns"]
    constraints = {
        column: tuple(Constraint(operator, value) for operator, value in listed)
        for column, listed in request["constraints"].items()
    }
    rows = linux.function(request["table"])(host, Ask(frozenset(columns), constraints))
    return ([row.get(column) for column in columns] for row in rows)


def _some(read: Iterator[Line]) -> tuple[list[Line], bool]:
    """Pull rows until an answer is full; the second is true where no more follow."""
    lines: list[Line] = []
    size, until = 0, time.monotonic() + ANSWER_SECONDS
    for line in read:
        lines.append(line)
        size += sum(CELL_SIZE + (len(cell) if isinstance(cell, str) else 0) for cell in line)
        if size > ANSWER_SIZE or time.monotonic() > until:
            return lines, False
    return lines, True


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    previous = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _ring(_number: int, _frame: FrameType | None) -> None:
    raise LateError
