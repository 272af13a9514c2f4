# SPDX-License-Identifier: Apache-2.0
"""Item by item: what the bank asks, the controls behind the answer, how each was observed, and what fails where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.verdict import Verdict as Outcome
from reports.pdf import look
from reports.pdf.blocks import Figure, Gap, Stack, Text
from reports.pdf.charts import charts
from reports.pdf.failures import failures
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.marks import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.report import ControlResult, ItemResult, Report, Value
    from reports.words import Say

_LABELLED = (1.1, 7)
_REASONS_SHOWN = 4
_VALUES_SHOWN = 5


def items(flow: Flow, report: Report, say: Say) -> None:
    """Fill the chapter."""
    flow.chapter("items", say("items.title"))
    shown: dict[str, str] = {}
    for section in report.sections:
        # The section's title moves with its first item: it never stands alone above an empty half of a page.
        title = Stack([Text(f"{section.number}  {section.title}", look.H2), Gap(10)])
        for item in section.items:
            _item(flow, report, item, shown, say, title if item is section.items[0] else None)


def _item(flow: Flow, report: Report, item: ItemResult, shown: dict[str, str], say: Say, title: Block | None) -> None:
    controls = [report.controls[name] for name in item.controls]
    grid = _grid(say)
    rows = [_control(grid, control, say) for control in controls]
    before = {change.number: change.before for change in report.changes or ()}.get(item.number)
    head = _head(item, say("items.before", mark=say(f"mark.{before}")) if before else "", say)
    width = look.WIDTH
    first = grid.heading().height(flow.pen.ink, width) + rows[0].height(flow.pen.ink, width) if rows else 0
    above = title.height(flow.pen.ink, width) if title else 0
    flow.gap(12)
    flow.room(min(above + head.height(flow.pen.ink, width) + first, look.HEIGHT * 0.6) + 8)
    if title:
        flow.add(title)
    flow.mark(f"item-{item.number}", f"{item.number}  {item.title}", 1)
    flow.add(head)
    if rows:
        flow.table(grid, rows)
    if item.models:
        _models(flow, item, {control.id: control.title for control in controls}, say)
    failures(flow, [control for control in controls if control.failures], item.number, shown, say)
    charts(flow, report.charts.get(item.number, ()))


def _models(flow: Flow, item: ItemResult, titles: Mapping[str, str], say: Say) -> None:
    """Tell per model how many machines meet each firmware control, by which evidence, and which do not."""
    grid = Grid(
        (
            Column(say("models.title"), 3.2),
            Column(say("models.model"), 2.4),
            Column(say("models.met"), 1.1, figures=True),
            Column(say("models.grades"), 2.6),
            Column(say("models.missing"), 4.2),
        )
    )
    rows = [
        grid.row(
            Text(titles[one.control], look.NOTE),
            Text(one.model, look.NOTE),
            Text(f"{one.met}/{one.total}", look.CELL.to("right")),
            Text(one.grades, look.NOTE),
            Text(one.missing, look.NOTE),
        )
        for one in item.models
    ]
    flow.gap(6)
    flow.table(grid, rows)


def _head(item: ItemResult, before: str, say: Say) -> Block:
    also = say("items.also", marks=say.join([say(f"mark.{mark}") for mark in item.also])) if item.also else ""
    remark = say("list.semicolon").join(filter(None, (also, item.remark, before)))
    lines: list[tuple[str, Block]] = [
        ("items.asks", Text(item.supply, look.BODY)),
        ("items.clauses", Text(say.join(list(item.clauses)) or say("none"), look.NOTE)),
        ("items.result", Stack([Verdict(item.mark, say(f"mark.{item.mark}"), look.BODY, 9), Text(remark, look.SMALL)])),
    ]
    if not item.controls:
        lines.append(("items.control", Text(say("items.no_controls"), look.SMALL)))
    return Stack(
        [
            Figure(5, lambda pen, x, top, width: pen.rule(x, top - 1, width, look.RULE, look.ACCENT)),
            Text(f"{item.number}  {item.title}", look.H3),
            Gap(2),
            *(Row([Text(say(key), look.LABEL), block], _LABELLED, ruled=False) for key, block in lines),
            Gap(3),
        ]
    )


def _grid(say: Say) -> Grid:
    return Grid(
        (
            Column(say("items.control"), 5.6),
            Column(say("items.observed"), 2.7),
            Column(say("items.pass"), 0.62, figures=True),
            Column(say("items.fail"), 0.62, figures=True),
            Column(say("items.other"), 0.62, figures=True),
            Column(say("items.verdict"), 1.75),
        )
    )


def _control(grid: Grid, control: ControlResult, say: Say) -> Row:
    counts = control.counts
    still_open = sum(counts.get(verdict, 0) for verdict in (Outcome.UNKNOWN, Outcome.ERROR, Outcome.MANUAL_DUE))
    figures = (counts.get(Outcome.PASS, 0), counts.get(Outcome.FAIL, 0), still_open)
    return grid.row(
        Stack([Text(control.title, look.CELL), *(Text(line, look.NOTE) for line in _details(control, say))]),
        Stack([Text(line, look.NOTE) for line in _observed(control, say)]),
        *(Text(str(figure), look.CELL.to("right")) for figure in figures),
        Verdict(control.mark, say(f"mark.{control.mark}")),
    )


def _details(control: ControlResult, say: Say) -> Iterator[str]:
    values = [value for value in control.values if value.text]
    for value in values[:_VALUES_SHOWN]:
        yield _value(value, say, many=len(values) > 1)
    if len(values) > _VALUES_SHOWN:
        yield say("more_rows", n=len(values) - _VALUES_SHOWN)
    yield from _people(control, say)
    excepted, inapplicable = (control.counts.get(verdict, 0) for verdict in (Outcome.EXCEPTED, Outcome.NOT_APPLICABLE))
    if excepted or inapplicable:
        yield say("items.counts_also", excepted=excepted, inapplicable=inapplicable)
    for reason in control.reasons[:_REASONS_SHOWN]:
        text = reason.text or say("items.no_reason")
        yield say("items.reason", verdict=say(f"verdict.{reason.verdict}"), n=reason.subjects, reason=text)
    if len(control.reasons) > _REASONS_SHOWN:
        yield say("items.more_reasons", n=len(control.reasons) - _REASONS_SHOWN)


def _value(value: Value, say: Say, *, many: bool) -> str:
    text = say("items.value", value=value.text, origin=value.origin)
    return say("items.value_subjects", n=value.subjects, value=text) if many else text


def _people(control: ControlResult, say: Say) -> Iterator[str]:
    if control.look_at:
        yield say("items.inspect", what=control.look_at, days=control.every_days)
    if control.provide:
        yield say("items.document", what=control.provide, days=control.every_days)
    for look_ in control.inspections:
        yield say("items.inspected", at=look_.at, result=look_.result, inspector=look_.inspector)
    for paper in control.papers:
        yield say("items.filed", name=paper.name, version=paper.version, owner=paper.owner, approved=paper.approved)


def _observed(control: ControlResult, say: Say) -> Iterator[str]:
    if not control.last:
        yield say("items.not_looked")
        return
    yield from control.sources
    yield control.last if control.first == control.last else say("items.span", first=control.first, last=control.last)
