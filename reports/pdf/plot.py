# SPDX-License-Identifier: Apache-2.0
"""Line charts that are read in grey: a dark line over a pale band, dashed limits, labelled axes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing, Line, Polygon, PolyLine, String

from reports.pdf.blocks import Figure
from reports.pdf.look import ACCENT, HAIR, IDLE, INK, SOFT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reports.pdf.pen import Pen

_LEFT: Final = 34.0
_BELOW: Final = 24.0
_ABOVE: Final = 4.0
_SIZE: Final = 7.0
_STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Point:
    """One point: `at` on the x axis, figures None where nothing was known."""

    at: float
    lowest: float | None
    mean: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A span that is marked along the x axis, with its label."""

    begin: float
    end: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart: its points, the ticks of the x axis as (place, label), its limits, and spans to be marked."""

    points: Sequence[Point]
    ticks: Sequence[tuple[float, str]]
    unit: str
    axis: str = ""
    limits: Sequence[float] = ()
    bars: Sequence[Bar] = field(default_factory=tuple)
    height: float = 118.0

    def figure(self) -> Figure:
        """Give it as a block of a page."""
        return Figure(self.height, self._paint)

    def _paint(self, pen: Pen, x: float, top: float, width: float) -> None:
        font = pen.ink.names["sans"]
        drawing = Drawing(width, self.height)
        for shape in _shapes(self, width, font):
            drawing.add(shape)
        renderPDF.draw(drawing, pen.canvas, x, top - self.height)


def _shapes(plot: Plot, width: float, font: str) -> Iterator[Line | Polygon | PolyLine | String]:
    frame = _Frame.of(plot, width)
    yield from _bars(plot, frame, font)
    yield from _band(plot, frame)
    yield from _grid(plot, frame, font)
    for limit in plot.limits:
        y = frame.y(limit)
        yield Line(frame.left, y, frame.right, y, strokeColor=INK, strokeWidth=0.7, strokeDashArray=[4, 2])
    for run in _runs(plot.points):
        line = [value for point in run for value in (frame.x(point.at), frame.y(point.mean or 0.0))]
        if len(run) == 1:
            line = [line[0] - 0.6, line[1], line[0] + 0.6, line[1]]
        yield PolyLine(line, strokeColor=ACCENT, strokeWidth=1.1)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where values lie on the drawing."""

    left: float
    right: float
    low: float
    high: float
    begin: float
    end: float
    bottom: float
    top: float

    @classmethod
    def of(cls, plot: Plot, width: float) -> _Frame:
        known = [value for point in plot.points for value in (point.lowest, point.highest) if value is not None]
        low, high = min([*known, *plot.limits], default=0.0), max([*known, *plot.limits], default=1.0)
        room = (high - low) * 0.08 or 1.0
        # A share does not go below nothing.
        low = max(0.0, low - room) if low >= 0 else low - room
        times = [point.at for point in plot.points] or [0.0]
        begin, end = min(times), max(times)
        return cls(_LEFT, width - 4, low, high + room, begin, end if end > begin else begin + 1, _BELOW, plot.height - _ABOVE)

    def x(self, at: float) -> float:
        return self.left + (self.right - self.left) * (at - self.begin) / (self.end - self.begin)

    def y(self, value: float) -> float:
        return self.bottom + (self.top - self.bottom) * (value - self.low) / (self.high - self.low)


def _grid(plot: Plot, frame: _Frame, font: str) -> Iterator[Line | String]:
    for value in _levels(frame.low, frame.high):
        y = frame.y(value)
        yield Line(frame.left, y, frame.right, y, strokeColor=HAIR, strokeWidth=0.3)
        yield String(frame.left - 4, y - 2.4, f"{value:g}", fontName=font, fontSize=_SIZE, fillColor=SOFT, textAnchor="end")
    yield Line(frame.left, frame.bottom, frame.right, frame.bottom, strokeColor=SOFT, strokeWidth=0.6)
    for place, label in plot.ticks:
        x = frame.x(place)
        yield Line(x, frame.bottom, x, frame.bottom - 2.5, strokeColor=SOFT, strokeWidth=0.6)
        yield String(x, frame.bottom - 10, label, fontName=font, fontSize=_SIZE, fillColor=SOFT, textAnchor="middle")
    yield String(frame.right, frame.bottom - 20, plot.axis, fontName=font, fontSize=_SIZE, fillColor=SOFT, textAnchor="end")
    yield String(frame.left, frame.top - _SIZE + 2, plot.unit, fontName=font, fontSize=_SIZE, fillColor=INK)


def _levels(low: float, high: float) -> Iterator[float]:
    """Give three to six round figures between two values."""
    raw = (high - low) / 4
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in _STEPS if factor * power >= raw)
    value = math.ceil(low / step) * step
    while value <= high:
        yield round(value, 10)
        value += step


def _band(plot: Plot, frame: _Frame) -> Iterator[Polygon]:
    for run in _runs(plot.points):
        upper = [(frame.x(point.at), frame.y(point.highest or 0.0)) for point in run]
        lower = [(frame.x(point.at), frame.y(point.lowest or 0.0)) for point in reversed(run)]
        corners = [value for corner in (*upper, *lower) for value in corner]
        yield Polygon(corners, fillColor=IDLE, strokeColor=None)


def _bars(plot: Plot, frame: _Frame, font: str) -> Iterator[Polygon | String]:
    for number, bar in enumerate(plot.bars):
        x, end = frame.x(max(bar.begin, frame.begin)), frame.x(min(bar.end, frame.end))
        wide, high = max(end - x, 0.8), frame.top - frame.bottom
        corners = [x, frame.bottom, x + wide, frame.bottom, x + wide, frame.bottom + high, x, frame.bottom + high]
        yield Polygon(corners, fillColor=HAIR, strokeColor=SOFT, strokeWidth=0.3)
        # Labels of neighbours stand on two levels.
        y = frame.top - 9 - 8 * (number % 3)
        yield String(x + 2, y, bar.label, fontName=font, fontSize=_SIZE, fillColor=INK)


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Part the points where nothing was known: a gap is a gap, not a line across it."""
    run: list[Point] = []
    for point in points:
        if point.mean is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run
