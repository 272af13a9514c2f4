# SPDX-License-Identifier: Apache-2.0
"""The bank's own table: every item with its result, one sentence and the page of its explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Stack, Text, Whole
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.marks import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.pdf.ink import Ink
    from reports.pdf.pen import Pen
    from reports.report import ItemResult, Report, SectionResult
    from reports.words import Say

_RULES = 5
_SECTION = look.Style("sans", 9, 14, look.ACCENT)


@dataclass(frozen=True, slots=True)
class PageOf(Whole):
    """The page number of a bookmark, aligned right, as a link."""

    key: str
    style: look.Style = look.CELL

    def height(self, ink: Ink, width: float) -> float:
        """Take one line."""
        del ink, width
        return self.style.leading

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        """Leave the number to the end of the document."""
        baseline = top - (self.style.leading + self.style.size * 0.72) / 2
        pen.page_number(self.key, x + width, baseline, self.style.to("right"))
        pen.link(self.key, x, top - self.style.leading, width, self.style.leading)


def checklist(flow: Flow, report: Report, say: Say) -> None:
    """Fill the table and the rule by which its results come about."""
    flow.chapter("checklist", say("checklist.title"))
    grid = Grid(
        (
            Column(say("checklist.number"), 0.75),
            Column(say("checklist.item"), 2.7),
            Column(say("checklist.supply"), 2.6),
            Column(say("checklist.result"), 2.3),
            Column(say("checklist.remark"), 3.8),
            Column(say("checklist.page"), 0.6, figures=True),
        )
    )
    flow.table(grid, (row for section in report.sections for row in _section(grid, section, say)))
    flow.together(
        [
            Gap(4),
            Text(say("rule.title"), look.H3.tint(look.ACCENT)),
            Gap(3),
            *(Text(say(f"rule.{number}"), look.SMALL) for number in range(1, _RULES + 1)),
        ]
    )


def _section(grid: Grid, section: SectionResult, say: Say) -> Iterator[Row]:
    yield Row([Text(f"{section.number}  {section.title}", _SECTION)], (1,), keep=look.KEEP)
    before = list(section.gaps)
    for item in section.items:
        while before and _place(before[0]) < _place(item.number):
            yield Row([Text(say("checklist.gap", number=before.pop(0)), look.NOTE)], (1,))
        yield _item(grid, item, say)


def _place(number: str) -> int:
    return int(number.rpartition(".")[2])


def _item(grid: Grid, item: ItemResult, say: Say) -> Row:
    key = f"item-{item.number}"
    marks: list[Block] = [Verdict(item.mark, say(f"mark.{item.mark}"))]
    marks += [Verdict(mark, say(f"mark.{mark}"), look.NOTE, 6.4) for mark in item.also]
    return grid.row(
        Text(item.number, look.CELL, to=key),
        Text(item.title, look.CELL, to=key),
        Text(item.supply, look.CELL),
        Stack(marks),
        Text(item.remark, look.CELL),
        PageOf(key),
    )
