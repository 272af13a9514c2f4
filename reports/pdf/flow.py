# SPDX-License-Identifier: Apache-2.0
"""Fill pages from top to bottom: page frame, page breaks, titles that never stand alone, bookmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Stack, Text
from reports.pdf.look import BOTTOM, HEIGHT, KEEP, PAGE_HEIGHT, SIDE, TOP, WHOLE, WIDTH
from reports.pdf.pen import TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.pdf.blocks import Block
    from reports.pdf.grid import Grid, Row
    from reports.pdf.pen import Pen


class TooHighError(Exception):
    """A block fits on no page and cannot be parted: a defect of the layout, never of the data."""


@dataclass(frozen=True, slots=True)
class Running:
    """What stands on every page: title, warning and number above; the words of the page count; two texts below."""

    above: tuple[str, str, str]
    page: tuple[str, str, str]
    below: tuple[str, str]


@dataclass(slots=True)
class Flow:
    """The pages being filled; `y` is the height still free above the lower margin."""

    pen: Pen
    running: Running
    y: float = 0
    fresh: bool = True
    _begun: bool = field(default=False)

    def add(self, *blocks: Block, keep: float = 0) -> None:
        """Place blocks below each other; the first begins a new page unless it and `keep` points more fit."""
        for block in blocks:
            self._place(block, keep)
            keep = 0

    def together(self, blocks: Iterable[Block]) -> None:
        """Place blocks on one page where they fit without leaving a large part of it empty."""
        stack = Stack(list(blocks))
        if stack.height(self.pen.ink, WIDTH) <= HEIGHT * WHOLE:
            self.room(stack.height(self.pen.ink, WIDTH))
        self.add(*stack.blocks, keep=KEEP)

    def room(self, points: float) -> None:
        """Begin a new page unless so much is free on this one."""
        if self.y < points and not self.fresh:
            self.new_page()

    def table(self, grid: Grid, rows: Iterable[Row]) -> None:
        """Place a table: its heading comes again on each page."""
        heading = grid.heading()
        top = heading.height(self.pen.ink, WIDTH)
        begun = False
        for row in rows:
            need = row.height(self.pen.ink, WIDTH)
            if not begun:
                self.room(min(top + need + row.keep, HEIGHT * WHOLE))
                self._draw(heading, top)
            elif need + row.keep > self.y and need <= HEIGHT - top:
                self.new_page()
                self._draw(heading, top)
            begun = True
            self._fill(row, heading)
        self.gap(5)

    def chapter(self, key: str, title: str) -> None:
        """Begin a chapter on a new page: bookmark, outline entry, title."""
        self.new_page()
        self._outline(key, title, 0)
        self.add(Text(title, look.H1), Gap(8))

    def heading(self, title: str, keep: float = KEEP) -> None:
        """Place a title inside a chapter, with `keep` points for what follows it."""
        self.gap(10)
        self.add(Text(title, look.H3.tint(look.ACCENT)), Gap(3), keep=keep)

    def mark(self, key: str, title: str, level: int) -> None:
        """Bookmark the place where the next block will stand."""
        self._outline(key, title, level)

    def gap(self, points: float) -> None:
        """Leave space, unless the page has just begun."""
        if not self.fresh:
            self.y = max(self.y - points, 0)

    def new_page(self) -> None:
        """End the page, if there is one, and begin the next."""
        if self._begun:
            self.pen.canvas.showPage()
        self._begun = True
        self.y = HEIGHT
        self.fresh = True
        self._frame()

    def end(self) -> None:
        """End the last page."""
        if self._begun:
            self.pen.canvas.showPage()
            self._begun = False

    def _place(self, block: Block, keep: float) -> None:
        need = block.height(self.pen.ink, WIDTH)
        if need + keep > self.y and not self.fresh and need <= HEIGHT * WHOLE:
            self.new_page()
        self._fill(block)

    def _fill(self, block: Block, again: Block | None = None) -> None:
        """Draw a block over as many pages as it takes; `again` is drawn at the top of each further page."""
        bare = self.fresh
        while block.height(self.pen.ink, WIDTH) > self.y:
            parted = block.part(self.pen.ink, WIDTH, self.y)
            if parted:
                self._draw(parted[0], parted[0].height(self.pen.ink, WIDTH))
                block = parted[1]
            elif bare:
                raise TooHighError(repr(block)[:200])
            self.new_page()
            if again:
                self._draw(again, again.height(self.pen.ink, WIDTH))
            bare = True
        self._draw(block, block.height(self.pen.ink, WIDTH))

    def _draw(self, block: Block, height: float) -> None:
        if self.fresh and isinstance(block, Gap):
            return
        block.draw(self.pen, SIDE, BOTTOM + self.y, WIDTH)
        self.y -= height
        self.fresh = False

    def _outline(self, key: str, title: str, level: int) -> None:
        self.pen.mark(key, BOTTOM + self.y)
        self.pen.canvas.addOutlineEntry(self.pen.ink.legible(title), key, level, closed=level > 0)

    def _frame(self) -> None:
        """Draw header and footer."""
        pen, style = self.pen, look.RUNNING
        y = PAGE_HEIGHT - TOP + 22
        left, warning, right = map(pen.ink.legible, self.running.above)
        pen.line(SIDE, y, left, style)
        pen.line(SIDE, y, warning, look.WARNING, WIDTH)
        pen.line(SIDE, y, right, style.to("right"), WIDTH)
        pen.rule(SIDE, y - 6, WIDTH)
        y = BOTTOM - 24
        before, between, after = self.running.page
        begin = f"{before}{pen.canvas.getPageNumber()}{between}"
        pen.rule(SIDE, y + 13, WIDTH)
        pen.line(SIDE, y, begin, style)
        pen.page_number(TOTAL, SIDE + pen.ink.width(begin, style), y, style, after)
        pen.line(SIDE, y, self.running.below[0], style.to("centre"), WIDTH)
        pen.line(SIDE, y, self.running.below[1], style.to("right"), WIDTH)
