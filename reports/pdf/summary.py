# SPDX-License-Identifier: Apache-2.0
"""The summary: one page that says how it stands, what changed, what is worst and what was not seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reports.items import ORDER
from reports.pdf import look
from reports.pdf.blocks import Gap, Text
from reports.pdf.chart import bar, swatch
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.marks import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.rollup import Mark
    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.report import Change, Report
    from reports.words import Say

_LEGEND_COLUMNS = 3
_TEXT = look.Style("serif", 9, 13)
_NAMES_SHOWN = 12
# The summary names the first; each changed item says so itself.
_CHANGES_SHOWN = 6


def summary(flow: Flow, report: Report, say: Say) -> None:
    """Fill the summary."""
    flow.chapter("summary", say("summary.title"))
    counts = Counter(item.mark for item in report.items)
    flow.heading(say("summary.results", n=len(report.items)))
    flow.add(bar(counts, 20), Gap(5), *_legend(counts, say))
    _sections(flow, report, say)
    flow.heading(say("summary.changes"))
    flow.add(*(Text(line, _TEXT) for line in _changes(report.changes, say)))
    _worst(flow, report, say)
    flow.heading(say("summary.coverage"), keep=4 * _TEXT.leading)
    flow.add(*(Text(line, _TEXT) for line in _coverage(report, say)))
    valid = sum(row.state == "valid" for row in report.exceptions)
    flow.add(Text(say("summary.exceptions_some", n=valid) if valid else say("summary.exceptions_none"), _TEXT, to="exceptions"))


def _legend(counts: Counter[Mark], say: Say) -> list[Block]:
    """Give the figures of the chart again as a table, mark by mark."""
    cells: list[list[Block]] = [
        [swatch(mark, 9), Verdict(mark, say(f"mark.{mark}")), Text(str(counts[mark]), look.CELL.to("right"))] for mark in ORDER
    ]
    rows: list[Block] = []
    for start in range(0, len(cells), _LEGEND_COLUMNS):
        line = [block for cell in cells[start : start + _LEGEND_COLUMNS] for block in (*cell, Text("", look.CELL))]
        rows.append(Row(line, (0.9, 4.4, 0.6, 0.5) * _LEGEND_COLUMNS, ruled=False))
    return rows


def _sections(flow: Flow, report: Report, say: Say) -> None:
    flow.heading(say("summary.sections"))
    most = max(len(section.items) for section in report.sections)
    for section in report.sections:
        title = Text(f"{section.number}  {section.title}", look.CELL, to=f"item-{section.items[0].number}")
        figure = Text(str(len(section.items)), look.CELL.to("right"))
        flow.add(Row([title, figure, bar(Counter(item.mark for item in section.items), 10, most)], (3.6, 0.7, 6), ruled=False))


def _changes(changes: Sequence[Change] | None, say: Say) -> list[str]:
    if changes is None:
        return [say("summary.no_previous")]
    if not changes:
        return [say("summary.no_change")]
    lines = []
    for direction in ("worse", "open", "better", "new"):
        names = [_change(change, say) for change in changes if change.direction == direction]
        if names:
            shown = say.join(names[:_CHANGES_SHOWN])
            if len(names) > _CHANGES_SHOWN:
                shown = say("coverage.and_more", names=shown, n=len(names))
            lines.append(say(f"summary.{direction}", n=len(names), items=shown))
    return lines


def _change(change: Change, say: Say) -> str:
    if change.before is None:
        return change.number
    return say("summary.change", item=change.number, before=say(f"mark.{change.before}"), after=say(f"mark.{change.after}"))


def _worst(flow: Flow, report: Report, say: Say) -> None:
    flow.heading(say("summary.worst"))
    if not report.worst:
        flow.add(Text(say("summary.no_worst"), _TEXT))
        return
    grid = Grid(
        (
            Column(say("summary.control"), 6),
            Column(say("summary.severity"), 1),
            Column(say("summary.failing"), 1, figures=True),
            Column(say("summary.since"), 2),
        )
    )
    rows = []
    for name in report.worst:
        control = report.controls[name]
        rows.append(
            grid.row(
                Text(control.title, look.CELL, to=f"failures-{name}"),
                Text(say(f"severity.{control.severity}"), look.CELL),
                Text(str(len(control.failures)), look.CELL.to("right")),
                Text(control.since or say("unknown_time"), look.CELL),
            )
        )
    flow.table(grid, rows)


def _coverage(report: Report, say: Say) -> list[str]:
    coverage = report.coverage
    lines = [say("coverage.subjects", total=coverage.total, seen=coverage.seen)]
    if coverage.unseen:
        names = say.join(list(coverage.unseen[:_NAMES_SHOWN]))
        if len(coverage.unseen) > _NAMES_SHOWN:
            names = say("coverage.and_more", names=names, n=len(coverage.unseen))
        lines.append(say("coverage.unseen", names=names))
    if coverage.stalest:
        lines.append(say("coverage.oldest", subject=coverage.stalest, time=coverage.stalest_at, hours=coverage.hours))
    return lines
