# SPDX-License-Identifier: Apache-2.0
"""The pieces a page is made of: each knows its height, draws itself, and says where it may be parted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.pdf.ink import Ink
    from reports.pdf.look import Style
    from reports.pdf.pen import Pen


class Block(Protocol):
    """A piece of a page."""

    def height(self, ink: Ink, width: float) -> float:
        """Give the height in points at this width."""

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw with the upper left corner at (`x`, `top`)."""

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        """Give what fits into `height` and the rest, or None where it cannot be parted there."""


class Whole:
    """A block that cannot be parted."""

    __slots__ = ()

    def part(self, ink: Ink, width: float, height: float) -> None:
        """Stay whole."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph in one style, plain text: nothing in it is markup. `to` makes it a link to a bookmark."""

    text: str
    style: Style
    indent: float = 0
    to: str = ""

    def height(self, ink: Ink, width: float) -> float:
        """Count the lines."""
        return len(ink.lines(self.text, self.style, width - self.indent)) * self.style.leading if self.text else 0

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write the lines."""
        lines = pen.ink.lines(self.text, self.style, width - self.indent) if self.text else ()
        pen.lines(x + self.indent, top, lines, self.style, width - self.indent)
        if self.to:
            height = len(lines) * self.style.leading
            pen.link(self.to, x, top - height, width, height)

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        """Part between lines."""
        lines = ink.lines(self.text, self.style, width - self.indent)
        count = int(height / self.style.leading + 1e-6)
        if not 0 < count < len(lines):
            return None
        return Lines(lines[:count], self.style, self.indent), Lines(lines[count:], self.style, self.indent)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines already broken: what is left of a text after a page break."""

    lines: tuple[str, ...]
    style: Style
    indent: float = 0

    def height(self, ink: Ink, width: float) -> float:
        """Count the lines."""
        del ink, width
        return len(self.lines) * self.style.leading

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Write the lines."""
        pen.lines(x + self.indent, top, self.lines, self.style, width - self.indent)

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        """Part between lines."""
        del ink, width
        count = int(height / self.style.leading + 1e-6)
        if not 0 < count < len(self.lines):
            return None
        return Lines(self.lines[:count], self.style, self.indent), Lines(self.lines[count:], self.style, self.indent)


@dataclass(frozen=True, slots=True)
class Gap(Whole):
    """Empty space."""

    points: float

    def height(self, ink: Ink, width: float) -> float:
        """Give the space."""
        del ink, width
        return self.points

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw nothing."""


@dataclass(frozen=True, slots=True)
class Figure(Whole):
    """A drawing of fixed height; `paint` gets the pen, the upper left corner and the width."""

    points: float
    paint: Callable[[Pen, float, float, float], None]

    def height(self, ink: Ink, width: float) -> float:
        """Give the fixed height."""
        del ink, width
        return self.points

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Let the drawing draw itself."""
        self.paint(pen, x, top, width)


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks one below the other."""

    blocks: Sequence[Block]

    def height(self, ink: Ink, width: float) -> float:
        """Add the heights."""
        return sum(block.height(ink, width) for block in self.blocks)

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw them downwards."""
        for block in self.blocks:
            block.draw(pen, x, top, width)
            top -= block.height(pen.ink, width)

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        """Part between blocks, or within the one that crosses the line."""
        for index, block in enumerate(self.blocks):
            size = block.height(ink, width)
            if size <= height:
                height -= size
                continue
            parted = block.part(ink, width, height)
            before, after = ([parted[0]], [parted[1]]) if parted else ([], [block])
            upper = [*self.blocks[:index], *before]
            return (Stack(upper), Stack([*after, *self.blocks[index + 1 :]])) if upper else None
        return None
