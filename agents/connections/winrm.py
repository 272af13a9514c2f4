# SPDX-License-Identifier: Apache-2.0
"""A Windows PC reached by WinRM: one visit brings what all tables need; nothing is installed or left behind."""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from agents import __version__
from agents.connections.deadline import Deadline
from agents.connections.local import not_served
from agents.connections.winrm_session import Session
from agents.source import NotObservedError
from agents.tables.windows import EXPORTED, OBJECTS, TABLES, function
from agents.windows.batch import RubbishError, unpack
from agents.windows.pc import Pc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.connections.winrm_target import WinRmTarget
    from agents.source import Ask, Row
    from agents.windows.batch import Order, Parcel

_WORD: Final = re.compile(r"\w+")


class WinRmSource:
    """Answers the Windows tables of one PC; one thread at a time may use it."""

    kind = "windows"

    def __init__(self, session: Session, place: str) -> None:
        self.label = f"winrm/menshen {__version__}"
        self._session = session
        self._place = place
        self.pc = Pc(self._visit)
        self._failure: NotObservedError | None = None

    def expect(self, queries: Iterable[str]) -> None:
        """Be told what will be asked, and bring it all in one visit, which may take longer than a query may."""
        words = {word for query in queries for word in _WORD.findall(query.lower())}
        objects = sorted({name for table in words & OBJECTS.keys() for name in OBJECTS[table]})
        exports = not words.isdisjoint(EXPORTED)
        if objects or exports:
            # What went wrong is kept: every question that needs the visit is answered with it.
            with suppress(NotObservedError):
                self.pc.prepare(objects, exports=exports)

    def serves(self, table: str) -> bool:
        """Tell whether a function serves `table`."""
        return table in TABLES

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`.

        Raises:
            NotServedError: no function serves the table.
            NotObservedError: the PC says so, or is lost.
        """
        if table not in TABLES:
            raise not_served(table)
        return function(table)(self.pc, ask)

    def _visit(self, order: Order) -> Parcel:
        if self._failure is not None:
            raise NotObservedError(str(self._failure)) from self._failure
        token = secrets.token_hex(8)
        try:
            return unpack(self._session.run(order.line(token), order.input(token)))
        except RubbishError as error:
            self._failure = NotObservedError(f"{self._place} does not answer as it should: {error}")
            raise self._failure from error
        except NotObservedError as error:
            self._failure = error
            raise


@contextmanager
def opened(target: WinRmTarget, seconds: float) -> Iterator[WinRmSource]:
    """Log on to a PC for a block, which ends at the latest `seconds` after its beginning.

    Raises:
        NotObservedError: there is no way in; the message says what would help.
    """
    session = Session(target, Deadline(seconds))
    try:
        yield WinRmSource(session, target.place)
    finally:
        session.close()
