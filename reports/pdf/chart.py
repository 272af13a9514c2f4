# SPDX-License-Identifier: Apache-2.0
"""The one chart: a horizontal bar of results, each part told apart by pattern as well as by colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.rollup import Mark
from reports.items import ORDER
from reports.pdf.blocks import Figure
from reports.pdf.look import BAD, GOOD, IDLE, INK, PAPER, PART, SOFT, Style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reportlab.lib.colors import Color

    from reports.pdf.pen import Pen

_FILLS: Mapping[Mark, Color] = {Mark.MET: GOOD, Mark.PARTLY_MET: PART, Mark.NOT_MET: BAD, Mark.ERROR: INK, Mark.NOT_OBSERVED: IDLE}
_DARK = frozenset({Mark.MET, Mark.NOT_MET, Mark.ERROR})
# Distance and slope of the hatching; a part without an entry is plain.
_HATCH: Mapping[Mark, tuple[float, float]] = {
    Mark.NOT_MET: (5, 1),
    Mark.PARTLY_MET: (5, -1),
    Mark.INSPECTION_DUE: (4, 0),
    Mark.DOCUMENT_MISSING: (7, 1),
}


def bar(counts: Mapping[Mark, int], height: float, total: int | None = None) -> Figure:
    """Make a bar whose full width stands for `total` (default: the sum of `counts`)."""
    whole = total or sum(counts.values())

    def paint(pen: Pen, x: float, top: float, width: float) -> None:
        for mark in ORDER:
            count = counts.get(mark, 0)
            if count:
                size = width * count / whole
                _segment(pen, mark, (x, top - height, size, height), str(count))
                x += size

    return Figure(height, paint)


def swatch(mark: Mark, size: float) -> Figure:
    """Make a sample of a part for the legend."""
    return Figure(size, lambda pen, x, top, _width: _segment(pen, mark, (x, top - size + 1, size * 1.8, size - 2), ""))


def _segment(pen: Pen, mark: Mark, box: tuple[float, float, float, float], label: str) -> None:
    x, y, width, height = box
    canvas = pen.canvas
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(x, y, width, height)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setFillColor(_FILLS.get(mark, PAPER))
    canvas.rect(x, y, width, height, stroke=0, fill=1)
    _hatch(pen, mark, box)
    canvas.restoreState()
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    canvas.rect(x, y, width, height, stroke=1, fill=0)
    _label(pen, mark, box, label)


def _hatch(pen: Pen, mark: Mark, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    distance, slope = _HATCH.get(mark, (0.0, 0.0))
    if not distance:
        return
    pen.canvas.setStrokeColor(PAPER if mark in {Mark.NOT_MET, Mark.PARTLY_MET} else SOFT)
    pen.canvas.setLineWidth(0.6)
    if slope:
        left = x - height
        while left < x + width:
            begin, end = (y, y + height) if slope > 0 else (y + height, y)
            pen.canvas.line(left, begin, left + height, end)
            left += distance
    else:
        level = y + distance / 2
        while level < y + height:
            pen.canvas.line(x, level, x + width, level)
            level += distance


def _label(pen: Pen, mark: Mark, box: tuple[float, float, float, float], label: str) -> None:
    x, y, width, height = box
    style = Style("sans", min(height * 0.62, 10), height, PAPER if mark in _DARK else INK, "centre")
    need = pen.ink.width(label, style) + 3
    if not label or need > width:
        return
    # A plain plate behind the figure, so that no hatching runs through it.
    pen.canvas.setFillColor(_FILLS.get(mark, PAPER))
    pen.canvas.rect(x + (width - need) / 2, y + 1, need, height - 2, stroke=0, fill=1)
    pen.line(x, y + (height - style.size * 0.72) / 2, label, style, width)
