# SPDX-License-Identifier: Apache-2.0
"""The marks of the verdicts as drawn shapes: told apart by form first, by colour second, so that grey paper will do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.rollup import Mark
from reports.pdf.blocks import Whole
from reports.pdf.look import ACCENT, BAD, CELL, GOOD, INK, PAPER, PART, SOFT, Style

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.lib.colors import Color
    from reportlab.pdfgen.canvas import Canvas

    from reports.pdf.ink import Ink
    from reports.pdf.pen import Pen

SIZE = 7.6
_SPACE = 3.6


@dataclass(frozen=True, slots=True)
class Verdict(Whole):
    """A mark followed by its word."""

    mark: Mark
    word: str
    style: Style = CELL
    size: float = SIZE

    def height(self, ink: Ink, width: float) -> float:
        """Count the lines of the word."""
        return len(ink.lines(self.word, self.style, width - self._indent())) * self.style.leading

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Draw the shape, then the word."""
        middle = top - self.style.leading / 2
        shape(pen, self.mark, x, middle - self.size / 2, self.size)
        indent = self._indent()
        style = self.style.tint(colour(self.mark))
        pen.lines(x + indent, top, pen.ink.lines(self.word, self.style, width - indent), style, width - indent)

    def _indent(self) -> float:
        return self.size + _SPACE


def colour(mark: Mark) -> Color:
    """Give the colour of a mark's word."""
    return {Mark.MET: GOOD, Mark.NOT_MET: BAD, Mark.PARTLY_MET: INK, Mark.NOT_APPLICABLE: SOFT}.get(mark, INK)


def shape(pen: Pen, mark: Mark, x: float, y: float, size: float) -> None:
    """Draw the mark in a square of `size` points with its lower left corner at (`x`, `y`)."""
    canvas = pen.canvas
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setLineWidth(size / 10)
    canvas.setLineJoin(1)
    canvas.setLineCap(1)
    _SHAPES[mark](canvas, size)
    canvas.restoreState()
    letter = _LETTERS.get(mark)
    if letter:
        style = Style("sans", size * 0.86, size, PAPER if mark is Mark.ERROR else INK, "centre")
        pen.line(x, y + size * 0.19, letter, style, size)


def _square(canvas: Canvas, size: float, fill: Color | None, edge: Color) -> None:
    canvas.setStrokeColor(edge)
    canvas.setFillColor(fill or PAPER)
    half = size / 20
    canvas.rect(half, half, size - 2 * half, size - 2 * half, stroke=1, fill=1 if fill else 0)


def _met(canvas: Canvas, size: float) -> None:
    _square(canvas, size, GOOD, GOOD)
    canvas.setStrokeColor(PAPER)
    canvas.setLineWidth(size / 6.5)
    canvas.lines([(0.22 * size, 0.5 * size, 0.42 * size, 0.28 * size), (0.42 * size, 0.28 * size, 0.79 * size, 0.74 * size)])


def _not_met(canvas: Canvas, size: float) -> None:
    _square(canvas, size, BAD, BAD)
    canvas.setStrokeColor(PAPER)
    canvas.setLineWidth(size / 6.5)
    low, high = 0.27 * size, 0.73 * size
    canvas.lines([(low, low, high, high), (low, high, high, low)])


def _partly(canvas: Canvas, size: float) -> None:
    canvas.setStrokeColor(INK)
    canvas.setFillColor(PART)
    half = size / 2
    path = canvas.beginPath()
    path.arc(size * 0.05, size * 0.05, size * 0.95, size * 0.95, 90, 180)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.circle(half, half, size * 0.45, stroke=1, fill=0)


def _excepted(canvas: Canvas, size: float) -> None:
    canvas.setStrokeColor(ACCENT)
    canvas.circle(size / 2, size / 2, size * 0.46, stroke=1, fill=0)


def _empty(canvas: Canvas, size: float) -> None:
    _square(canvas, size, None, INK)


def _paper(canvas: Canvas, size: float) -> None:
    """Draw a sheet with a folded corner."""
    canvas.setStrokeColor(INK)
    left, right, low, high, fold = 0.14 * size, 0.86 * size, 0.04 * size, 0.96 * size, 0.3 * size
    path = canvas.beginPath()
    path.moveTo(left, low)
    for point in ((right, low), (right, high - fold), (right - fold, high), (left, high)):
        path.lineTo(*point)
    path.close()
    path.moveTo(right - fold, high)
    path.lineTo(right - fold, high - fold)
    path.lineTo(right, high - fold)
    canvas.drawPath(path, stroke=1, fill=0)


def _dash(canvas: Canvas, size: float) -> None:
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(size / 6.5)
    canvas.line(0.15 * size, size / 2, 0.85 * size, size / 2)


def _error(canvas: Canvas, size: float) -> None:
    _square(canvas, size, INK, INK)


_SHAPES: dict[Mark, Callable[[Canvas, float], None]] = {
    Mark.MET: _met,
    Mark.NOT_MET: _not_met,
    Mark.PARTLY_MET: _partly,
    Mark.EXCEPTED: _excepted,
    Mark.NOT_OBSERVED: _empty,
    Mark.INSPECTION_DUE: _empty,
    Mark.DOCUMENT_MISSING: _paper,
    Mark.NOT_APPLICABLE: _dash,
    Mark.ERROR: _error,
}
_LETTERS: dict[Mark, str] = {Mark.EXCEPTED: "E", Mark.NOT_OBSERVED: "?", Mark.ERROR: "!"}
