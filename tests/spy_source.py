# SPDX-License-Identifier: Apache-2.0
"""A source that remembers what it was asked, for tests of the engine."""

from __future__ import annotations

from agents.source import NotServedError


class SpySource:
    """Serves tables by functions of the ask; `asked` lists (table, ask) in order, `pulled` counts rows taken."""

    def __init__(self, kind="linux", **tables):
        self.kind = kind
        self.label = "spy"
        self.tables = tables
        self.asked = []
        self.pulled = 0

    def serves(self, table):
        """Tell whether there is such a table."""
        return table in self.tables

    def rows(self, table, ask):
        """Give the rows, and remember that they were asked for."""
        if table not in self.tables:
            raise NotServedError(f"spy has no {table}")
        return self._walk(table, ask)

    def _walk(self, table, ask):
        self.asked.append((table, ask))
        rows = self.tables[table]
        for row in rows(ask) if callable(rows) else rows:
            self.pulled += 1
            yield row

    def constraints(self, table):
        """Give what `table` was constrained by, one dict a read."""
        return [
            {column: [(one.operator, one.value) for one in found] for column, found in ask.constraints.items()}
            for name, ask in self.asked
            if name == table
        ]
