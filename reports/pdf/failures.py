# SPDX-License-Identifier: Apache-2.0
"""What fails on which subject: expected and found, since when; twenty under the item, all in the appendix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Text
from reports.pdf.checklist import PageOf
from reports.pdf.grid import Column, Grid, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.report import ControlResult, Failure, Report
    from reports.words import Say

SHOWN = 20


def failures(flow: Flow, controls: Sequence[ControlResult], number: str, shown: dict[str, str], say: Say) -> None:
    """Show the failing subjects of an item's controls, those of a control once: later items refer to the first."""
    earlier = [control for control in controls if control.id in shown]
    for control in controls:
        if control.id in shown:
            continue
        shown[control.id] = number
        _table(flow, control, control.failures[:SHOWN], f"failures-{control.id}", say)
        hidden = len(control.failures) - SHOWN
        if hidden > 0:
            _refer(flow, f"appendix-{control.id}", say("items.more_subjects", n=hidden))
    flow.gap(3)
    for control in earlier:
        _refer(flow, f"failures-{control.id}", say("items.shown_at", control=control.title, item=shown[control.id]))


def _refer(flow: Flow, key: str, text: str) -> None:
    """Write one line that leads to a bookmark, with its page."""
    cells: list[Block] = [Text(text, look.NOTE, to=key), PageOf(key, look.NOTE)]
    flow.add(Row(cells, (12, 0.6), ruled=False))


def appendix(flow: Flow, report: Report, say: Say) -> None:
    """Fill the appendix with all failing subjects of controls of which the items show only twenty."""
    flow.chapter("appendix", say("appendix.title"))
    flow.add(Text(say("appendix.text"), look.SMALL), Gap(4))
    for control in report.controls.values():
        if len(control.failures) > SHOWN:
            _table(flow, control, control.failures, f"appendix-{control.id}", say)


def needs_appendix(report: Report) -> bool:
    """Tell whether any control fails on more subjects than an item shows."""
    return any(len(control.failures) > SHOWN for control in report.controls.values())


def _table(flow: Flow, control: ControlResult, failing: Sequence[Failure], key: str, say: Say) -> None:
    expected = {failure.expected for failure in failing}
    same = len(expected) == 1
    flow.gap(4)
    flow.room(90)
    flow.pen.mark(key, look.BOTTOM + flow.y)
    flow.add(Text(say("items.failing", control=control.title), look.LABEL.tint(look.BAD)))
    if same and failing[0].expected:
        flow.add(Text(say("items.expected", expected=failing[0].expected), look.NOTE))
    columns = [Column(say("items.subject"), 2.2), Column(say("items.actual"), 5.4)]
    columns += [Column(say("items.since"), 1.9), Column(say("items.last_good"), 1.9)]
    if not same:
        columns.insert(1, Column(say("items.should"), 2.6))
    grid = Grid(tuple(columns))
    flow.table(grid, _rows(grid, failing, say, with_expected=not same))


def _rows(grid: Grid, failing: Iterable[Failure], say: Say, *, with_expected: bool) -> Iterable[Row]:
    for failure in failing:
        cells = [Text(failure.subject, look.CELL), Text(failure.actual, look.CELL)]
        cells += [Text(failure.since or say("unknown_time"), look.CELL), Text(failure.last_good or say("never"), look.CELL)]
        if with_expected:
            cells.insert(1, Text(failure.expected, look.CELL))
        yield grid.row(*cells)
