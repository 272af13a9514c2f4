# SPDX-License-Identifier: Apache-2.0
"""The Linux host this process runs on, or a folder that holds another one's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents import __version__
from agents.host import Host
from agents.source import NotServedError
from agents.tables.linux import TABLES, function
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.source import Ask, Row
    from agents.tables.linux import TableFunction


class LocalSource:
    """Answers the tables of `agents.tables.linux` for one host."""

    kind = "linux"

    def __init__(self, host: Host | None = None) -> None:
        self.host = host or Host()
        self.label = f"local/menshen {__version__}"
        self._functions: dict[str, TableFunction] = {}

    def serves(self, table: str) -> bool:
        """Tell whether a function serves `table`."""
        return table in TABLES

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`, importing its module when it is first asked."""
        return self._function(table)(self.host, ask)

    def _function(self, table: str) -> TableFunction:
        if table not in self._functions:
            self._functions[table] = _load(table)
        return self._functions[table]


def not_served(table: str) -> NotServedError:
    """Say that no function serves a table of the schema on a Linux host."""
    return NotServedError(f"{schema.find(table).origin} table {table} is not served by the embedded engine")


def _load(table: str) -> TableFunction:
    if table not in TABLES:
        raise not_served(table)
    return function(table)
