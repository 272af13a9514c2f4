# SPDX-License-Identifier: Apache-2.0
"""Add to any source what every subject is asked against: tables of the project's own data, the same for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.source import Foresighted
from policies import firmware

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.source import Ask, Row, Source

FIRMWARE_NAMES: Final = "firmware_names"


class Named:
    """A source that also answers `firmware_names`; where the source itself has recorded it, that counts."""

    def __init__(self, source: Source) -> None:
        self.kind, self.label = source.kind, source.label
        self._source = source

    def expect(self, queries: Iterable[str]) -> None:
        """Tell a source that is slow to reach what will be asked."""
        if isinstance(self._source, Foresighted):
            self._source.expect(queries)

    def serves(self, table: str) -> bool:
        """Tell whether the source or the project's data answer `table`."""
        return table == FIRMWARE_NAMES or self._source.serves(table)

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows. Raises as the source does."""
        if table == FIRMWARE_NAMES and not self._source.serves(table):
            return [name.row() for name in firmware.names()]
        return self._source.rows(table, ask)
