# SPDX-License-Identifier: Apache-2.0
"""A Linux host reached by SSH: its tables run there, sent along, and nothing is installed or left behind."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from agents import __version__
from agents.connections import far
from agents.connections.conversation import Conversation
from agents.connections.deadline import Deadline
from agents.connections.frames import FrameError
from agents.connections.local import not_served
from agents.connections.login import log_on
from agents.limits import QueryError
from agents.source import NotObservedError
from agents.tables.linux import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.connections.target import Target
    from agents.source import Ask, Row

HOST_SECONDS: Final = 60.0


class SshSource:
    """Answers the Linux tables of one host; one thread at a time may use it."""

    kind = "linux"

    def __init__(self, conversation: Conversation) -> None:
        self.label = f"ssh/menshen {__version__}"
        self._conversation = conversation
        self._number = 0
        self._dropped: list[int] = []

    def serves(self, table: str) -> bool:
        """Tell whether a function serves `table`."""
        return table in TABLES

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`, a few hundred with each answer of the host.

        Raises:
            NotServedError: no function serves the table.
            NotObservedError: the host says so, or is lost.
            QueryError: the table failed there or took too long.
        """
        if table not in TABLES:
            raise not_served(table)
        columns = sorted(ask.columns)
        constraints = {name: [[one.operator, one.value] for one in listed] for name, listed in ask.constraints.items()}
        return self._rows({"table": table, "columns": columns, "constraints": constraints}, columns)

    def _rows(self, request: dict[str, Any], columns: list[str]) -> Iterator[Row]:
        self._number += 1
        number, table = self._number, request["table"]
        under_way = True
        try:
            while True:
                answer = self._conversation.ask({"id": number, "drop": self._dropped, **request})
                self._dropped, request = [], {}
                lines, under_way = self._read(answer, number, table)
                for line in lines:
                    if not isinstance(line, list) or len(line) != len(columns) or not all(map(_is_cell, line)):
                        raise self._conversation.rubbish(FrameError("a row has another shape than asked"))
                    yield dict(zip(columns, line, strict=True))
                if not under_way:
                    return
        finally:
            # The host keeps a read that is not at its end until it hears that nobody wants more.
            if under_way:
                self._dropped.append(number)

    def _read(self, answer: Any, number: int, table: str) -> tuple[list[Any], bool]:
        if not isinstance(answer, dict) or answer.get("id") != number:
            raise self._conversation.rubbish(FrameError("an answer belongs to no question"))
        error, lines = answer.get("error"), answer.get("rows")
        if error is not None:
            raise self._error(error, table)
        if not isinstance(lines, list):
            raise self._conversation.rubbish(FrameError("an answer has no rows"))
        return lines, answer.get("end") is not True

    def _error(self, error: Any, table: str) -> Exception:
        match error:
            case [far.NOT_OBSERVED, str(message)]:
                return NotObservedError(message)
            case [far.LATE, str()]:
                return QueryError(f"the query was stopped after {far.TABLE_SECONDS:g} seconds")
            case [far.FAULT, str(message)]:
                fault, _, cause = message.partition(": ")
                return QueryError(f"table {table} failed: {fault}: {cause}")
        return self._conversation.rubbish(FrameError("an error is of no known kind"))


def _is_cell(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


@contextmanager
def opened(target: Target, seconds: float = HOST_SECONDS) -> Iterator[SshSource]:
    """Log on to a host and start the far side; both end with the block, at the latest `seconds` after its beginning.

    Raises:
        NotObservedError: there is no way in; the message says what would help.
    """
    deadline = Deadline(seconds)
    client = log_on(target, deadline)
    try:
        yield SshSource(Conversation(client, target, deadline))
    finally:
        deadline.cancel()
        client.close()
