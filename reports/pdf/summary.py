# SPDX-License-Identifier: Apache-2.0
"""The summary: one page that says how it stands, what changed, what is worst and what was not seen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Text
from reports.pdf.chart import PARTS, bar, swatch
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.marks import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.report import Change, Report
    from reports.words import Say

_LEGEND_COLUMNS = 3
_NAMES_SHOWN = 12


def summary(flow: Flow, report: Report, say: Say) -> None:
    """Fill the summary."""
    flow.chapter("summary", say("summary.title"))
    counts = Counter(item.mark for item in report.items)
    flow.heading(say("summary.results", n=len(report.items)))
    flow.add(bar(counts, 20), Gap(6), *_legend(counts, say))
    _sections(flow, report, say)
    flow.heading(say("summary.changes"))
    flow.add(*(Text(line, look.BODY) for line in _changes(report.changes, say)))
    _worst(flow, report, say)
    flow.heading(say("summary.coverage"))
    flow.add(*(Text(line, look.BODY) for line in _coverage(report, say)))
    flow.heading(say("summary.exceptions"))
    valid = sum(row.state == "valid" for row in report.exceptions)
    flow.add(Text(say("summary.exceptions_some", n=valid) if valid else say("summary.exceptions_none"), look.BODY, to="exceptions"))


def _legend(counts: Counter[object], say: Say) -> list[Block]:
    """Give the figures of the chart again as a table, mark by mark."""
    cells: list[list[Block]] = [
        [swatch(mark, 9), Verdict(mark, say(f"mark.{mark}")), Text(str(counts[mark]), look.CELL.to("right"))] for mark in PARTS
    ]
    rows: list[Block] = []
    for start in range(0, len(cells), _LEGEND_COLUMNS):
        line = [block for cell in cells[start : start + _LEGEND_COLUMNS] for block in (*cell, Text("", look.CELL))]
        rows.append(Row(line, (0.9, 3.6, 0.8, 0.9) * _LEGEND_COLUMNS, ruled=False))
    return rows


def _sections(flow: Flow, report: Report, say: Say) -> None:
    flow.heading(say("summary.sections"))
    grid = Grid(
        (
            Column(say("summary.section"), 3.6),
            Column(say("summary.items"), 0.7, figures=True),
            Column(say("summary.chart"), 6),
        )
    )
    most = max(len(section.items) for section in report.sections)
    rows = [
        grid.row(
            Text(f"{section.number}  {section.title}", look.CELL, to=f"item-{section.items[0].number}"),
            Text(str(len(section.items)), look.CELL.to("right")),
            bar(Counter(item.mark for item in section.items), 11, most),
        )
        for section in report.sections
    ]
    flow.table(grid, rows)


def _changes(changes: Sequence[Change] | None, say: Say) -> list[str]:
    if changes is None:
        return [say("summary.no_previous")]
    if not changes:
        return [say("summary.no_change")]
    groups = {
        "new": [change.number for change in changes if change.before is None],
        "worse": [_change(change, say) for change in changes if change.before is not None and not change.better],
        "better": [_change(change, say) for change in changes if change.better],
    }
    return [say(f"summary.{key}", n=len(names), items=say.join(names)) for key, names in groups.items() if names]


def _change(change: Change, say: Say) -> str:
    return say("summary.change", item=change.number, before=say(f"mark.{change.before}"), after=say(f"mark.{change.after}"))


def _worst(flow: Flow, report: Report, say: Say) -> None:
    flow.heading(say("summary.worst"))
    if not report.worst:
        flow.add(Text(say("summary.no_worst"), look.BODY))
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
