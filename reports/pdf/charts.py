# SPDX-License-Identifier: Apache-2.0
"""The charts of an item, each with the table that says the same below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Text
from reports.pdf.grid import Column, Grid
from reports.pdf.plot import Plot, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.pdf.flow import Flow
    from reports.series import Chart

_HEIGHT = 112.0


def charts(flow: Flow, found: Sequence[Chart]) -> None:
    """Place them one below the other; a chart stands on one page with its title and its table's beginning."""
    for chart in found:
        flow.gap(6)
        flow.room(_HEIGHT + 90 if chart.points else 60)
        flow.add(Text(chart.title, look.LABEL))
        if chart.note:
            flow.add(Text(chart.note, look.NOTE))
        if chart.points:
            points = [Point(*point) for point in chart.points]
            flow.add(Gap(3), Plot(points, chart.ticks, "", limits=chart.limits, height=_HEIGHT).figure())
        if chart.rows:
            grid = Grid(tuple(Column(title, 1.4 if number == 0 else 1, number > 0) for number, title in enumerate(chart.columns)))
            flow.table(grid, (grid.row(*_cells(row.cells)) for row in chart.rows))


def _cells(texts: Sequence[str]) -> list[Text]:
    return [Text(text, look.CELL if number == 0 else look.CELL.to("right")) for number, text in enumerate(texts)]
