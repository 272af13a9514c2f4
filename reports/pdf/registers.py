# SPDX-License-Identifier: Apache-2.0
"""The registers: corrections, exceptions, inspections and documents, subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Stack, Text
from reports.pdf.grid import Column, Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.pdf.flow import Flow
    from reports.pdf.grid import Row
    from reports.report import ControlResult, ExceptionRow, Report, SubjectRow
    from reports.words import Say

_CELL = look.CELL
_FIGURE = look.CELL.to("right")


def none(flow: Flow, key: str, say: Say) -> None:
    """Say that a section is empty, and why."""
    flow.add(Text(say("none_because", reason=say(key)), look.BODY))


def corrections(flow: Flow, report: Report, say: Say) -> None:
    """List what fails, with the remedy and room for owner and date."""
    flow.chapter("corrections", say("corrections.title"))
    failing = [control for control in report.controls.values() if control.failures]
    if not failing:
        none(flow, "corrections.none", say)
        return
    flow.add(Text(say("corrections.note"), look.SMALL), Gap(4))
    shares = {"items": 1.5, "control": 3, "subjects": 0.9, "since": 1.95, "remedy": 3.5, "owner": 1.2, "due": 1.2}
    grid = Grid(tuple(Column(say(f"corrections.{key}"), share, key == "subjects") for key, share in shares.items()))
    flow.table(grid, (_correction(grid, control, report, say) for control in failing))


def _correction(grid: Grid, control: ControlResult, report: Report, say: Say) -> Row:
    numbers = [item.number for item in report.items if control.id in item.controls]
    return grid.row(
        Text(say.join(numbers), _CELL),
        Text(control.title, _CELL, to=f"failures-{control.id}"),
        Text(str(len(control.failures)), _FIGURE),
        Text(control.since or say("unknown_time"), _CELL),
        Text(control.remedy, _CELL),
        Text("", _CELL),
        Text("", _CELL),
    )


def exceptions(flow: Flow, report: Report, say: Say) -> None:
    """List every exception with its state at the time of the report."""
    flow.chapter("exceptions", say("exceptions.title"))
    if not report.exceptions:
        none(flow, "exceptions.none", say)
        return
    shares = {"id": 2.4, "scope": 2, "reason": 3.6, "approver": 2, "period": 1.4, "state": 1}
    grid = Grid(tuple(Column(say(f"exceptions.{key}"), share) for key, share in shares.items()))
    flow.table(grid, (_exception(grid, row, report, say) for row in report.exceptions))


def _exception(grid: Grid, row: ExceptionRow, report: Report, say: Say) -> Row:
    control = report.controls.get(row.control)
    scope = [Text(row.scope, _CELL)]
    if row.device:
        scope.append(Text(say("exceptions.device", device=row.device), look.NOTE))
    filing = say("exceptions.filing", text=row.filing) if row.filing else say("exceptions.no_filing")
    return grid.row(
        Stack([Text(row.id, _CELL), Text(control.title if control else row.control, look.NOTE)]),
        Stack(scope),
        Stack([Text(row.reason, _CELL), Text(say("exceptions.compensating", text=row.compensating or say("none")), look.NOTE)]),
        Stack([Text(row.approver, _CELL), Text(filing, look.NOTE)]),
        Text(f"{row.from_date}\n{row.until}", _CELL),
        Text(say(f"state.{row.state}"), _CELL),
    )


def manual(flow: Flow, report: Report, say: Say) -> None:
    """List inspections and documents, what is on record and what is missing."""
    flow.chapter("manual", say("manual.title"))
    inspected = [control for control in report.controls.values() if control.look_at]
    papers = [control for control in report.controls.values() if control.provide]
    flow.heading(say("manual.inspections"))
    if inspected:
        shares = {"what": 7, "last": 1.5, "next": 1.8, "result": 1.3, "inspector": 1.4}
        grid = Grid(tuple(Column(say(f"manual.{key}"), share) for key, share in shares.items()))
        flow.table(grid, (row for control in inspected for row in _inspections(grid, control, say)))
    else:
        none(flow, "manual.no_inspections", say)
    flow.heading(say("manual.documents"))
    if papers:
        shares = {"paper": 7, "version": 1.2, "owner": 1.4, "approved": 1.5, "valid": 1.5}
        grid = Grid(tuple(Column(say(f"manual.{key}"), share) for key, share in shares.items()))
        flow.table(grid, (row for control in papers for row in _papers(grid, control, say)))
    else:
        none(flow, "manual.no_documents", say)


def _inspections(grid: Grid, control: ControlResult, say: Say) -> Iterator[Row]:
    for one in control.inspections:
        what = Stack([Text(control.title, _CELL), Text(one.note, look.NOTE), Text(one.digest, look.NOTE)])
        yield grid.row(what, *(Text(text, _CELL) for text in (one.at, one.next_at, one.result, one.inspector)))
    if not control.inspections:
        yield grid.row(Text(control.title, _CELL), Text(say("manual.nothing_inspected"), look.NOTE), *(Text("", _CELL),) * 3)


def _papers(grid: Grid, control: ControlResult, say: Say) -> Iterator[Row]:
    for one in control.papers:
        what = Stack([Text(control.title, _CELL), Text(one.name, look.NOTE), Text(one.digest, look.NOTE)])
        yield grid.row(what, *(Text(text, _CELL) for text in (one.version, one.owner, one.approved, one.valid_until)))
    if not control.papers:
        yield grid.row(Text(control.title, _CELL), Text(say("manual.nothing_filed"), look.NOTE), *(Text("", _CELL),) * 3)


def subjects(flow: Flow, report: Report, say: Say) -> None:
    """List every subject of the inventory by kind."""
    flow.chapter("subjects", say("subjects.title"))
    if not report.subjects:
        none(flow, "subjects.none", say)
        return
    flow.add(Text(say("subjects.note"), look.SMALL))
    shares = {"name": 2.6, "site": 2.8, "system": 3, "last": 2, "pass": 0.75, "fail": 0.75, "open": 0.75}
    grid = Grid(tuple(Column(say(f"subjects.{key}"), share, share < 1) for key, share in shares.items()))
    for group in report.subjects:
        flow.heading(say("subjects.kind", kind=say(f"kind.{group.kind}"), n=len(group.rows)))
        flow.table(grid, (_subject(grid, row, say) for row in group.rows))


def _subject(grid: Grid, row: SubjectRow, say: Say) -> Row:
    return grid.row(
        Text(row.name, _CELL),
        Text(row.place, _CELL),
        Text(row.system, _CELL),
        Text(row.last or say("never"), _CELL),
        *(Text(str(figure), _FIGURE) for figure in (row.passed, row.failed, row.open)),
    )
