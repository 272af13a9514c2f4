# SPDX-License-Identifier: Apache-2.0
"""Tables: thin rules between rows, a heading that comes again on each page, rows parted only where a page is too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.pdf.blocks import Text
from reports.pdf.look import ACCENT, HAIRLINE, HEAD, RULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.pdf.blocks import Block
    from reports.pdf.ink import Ink
    from reports.pdf.pen import Pen

GUTTER = 7.0
# Space above and below the cells of a row: with a rule below it, and without.
PADDING = 2.8
PADDING_BARE = 1.4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its share of the width, and whether it holds figures (aligned right)."""

    title: str
    share: float
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, as a block; a `heading` carries the accent rule below it, others a thin one unless not `ruled`.

    `keep` is the room that must be left below it on its page: a row that is a title sets it.
    """

    cells: Sequence[Block]
    shares: tuple[float, ...]
    heading: bool = False
    ruled: bool = True
    keep: float = 0

    def height(self, ink: Ink, width: float) -> float:
        """Take the highest cell."""
        return (
            max(cell.height(ink, size) for cell, (_, size) in zip(self.cells, self._places(width), strict=True)) + 2 * self._padding
        )

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the cells and the rule below."""
        for cell, (left, size) in zip(self.cells, self._places(width), strict=True):
            cell.draw(pen, x + left, top - self._padding, size)
        below = top - self.height(pen.ink, width)
        if self.heading:
            pen.rule(x, below, width, RULE, ACCENT)
        elif self.ruled:
            pen.rule(x, below, width, HAIRLINE)

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        """Part each cell at the same height."""
        upper: list[Block] = []
        lower: list[Block] = []
        room = height - 2 * self._padding
        for cell, (_, size) in zip(self.cells, self._places(width), strict=True):
            if cell.height(ink, size) <= room:
                upper.append(cell)
                lower.append(Text("", HEAD))
                continue
            parted = cell.part(ink, size, room)
            if parted is None:
                return None
            upper.append(parted[0])
            lower.append(parted[1])
        return Row(upper, self.shares, ruled=False), Row(lower, self.shares, ruled=self.ruled)

    @property
    def _padding(self) -> float:
        return PADDING if self.ruled else PADDING_BARE

    def _places(self, width: float) -> list[tuple[float, float]]:
        free = width - GUTTER * (len(self.shares) - 1)
        unit = free / sum(self.shares)
        places: list[tuple[float, float]] = []
        left = 0.0
        for share in self.shares:
            places.append((left, share * unit))
            left += share * unit + GUTTER
        return places


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns of a table: makes its heading and its rows."""

    columns: tuple[Column, ...]

    def heading(self) -> Row:
        """Make the heading row."""
        cells = [Text(c.title, HEAD.to("right") if c.figures else HEAD) for c in self.columns]
        return Row(cells, self._shares(), heading=True)

    def row(self, *cells: Block) -> Row:
        """Make a row, one block a column."""
        return Row(cells, self._shares())

    def _shares(self) -> tuple[float, ...]:
        return tuple(column.share for column in self.columns)
