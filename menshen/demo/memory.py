# SPDX-License-Identifier: Apache-2.0
"""An engine that remembers: of hosts whose tables hold the same rows, only the first is asked."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from agents.engine import Result
    from menshen.demo.world import Recorded

Memory = dict["Hashable", "Result"]
LABEL = "recorded/demo"


class RememberingEngine(Engine):
    """Answers from recorded tables, and keeps each answer for as long as the memory is shared."""

    def __init__(self, kind: str, tables: Mapping[str, Recorded], memory: Memory) -> None:
        super().__init__(RecordedSource(kind, {name: one.rows for name, one in tables.items()}, LABEL))
        self._keys = {name: one.key for name, one in tables.items()}
        self._memory = memory

    def query(self, sql: str) -> Result:
        """Run one SELECT, or recall what it answered about tables with the same rows; errors as `Engine.query`."""
        key = (self.source.kind, sql, tuple(self._keys.get(name) for name in _tables(self.source.kind, sql)))
        known = self._memory.get(key)
        if known is None:
            known = self._memory[key] = super().query(sql)
        return known


@cache
def _names(kind: str) -> dict[str, str]:
    return {word: table.name for table in schema.for_kind(kind) for word in (table.name, *table.aliases)}


@cache
def _tables(kind: str, sql: str) -> tuple[str, ...]:
    known = _names(kind)
    return tuple(sorted({known[word] for word in re.findall(r"\w+", sql.lower()) if word in known}))
