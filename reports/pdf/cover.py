# SPDX-License-Identifier: Apache-2.0
"""The cover: what this is, about whom, as of when, and where it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Figure, Gap, Text
from reports.pdf.grid import Row

if TYPE_CHECKING:
    from reports.pdf.flow import Flow
    from reports.pdf.pen import Pen
    from reports.report import Report
    from reports.words import Say

_LABEL = look.LABEL
_VALUE = look.Style("serif", 11, 16)


def cover(flow: Flow, report: Report, say: Say) -> None:
    """Fill the first page."""
    flow.new_page()
    flow.mark("cover", report.title, 0)
    flow.add(Figure(110, lambda pen, x, top, width: pen.rule(x, top - 96, width, 2.2, look.ACCENT)))
    flow.add(Text(report.title, look.TITLE), Gap(6), Text(say("cover.subtitle"), look.H2.tint(look.SOFT)), Gap(40))
    for key, value in _facts(report, say):
        flow.add(Row([Text(say(f"cover.{key}"), _LABEL), Text(value, _VALUE)], (1, 4), ruled=False))
    if report.demonstration:
        flow.add(Gap(24), Text(say("cover.demonstration"), look.BODY.tint(look.BAD)))
    flow.add(Gap(70), Figure(40, lambda pen, x, top, width: _signature(pen, (x, top, width), say)))


def _facts(report: Report, say: Say) -> list[tuple[str, str]]:
    period = say("cover.period_value", first=report.first, last=report.last) if report.first else say("none")
    facts = [
        ("agency", report.agency or say("cover.blank")),
        ("site", report.site),
        ("bank", report.bank or say("cover.blank")),
        ("as_of", f"{report.as_of} {report.offset}"),
        ("period", f"{period} {report.offset}" if report.first else period),
        ("number", report.number),
        ("ledger", report.ledger.head[:16]),
        ("version", say("list.semicolon").join(f"{name} {value[:24]}" for name, value in report.versions)),
        ("class", report.classification),
    ]
    return [(key, value) for key, value in facts if value]


def _signature(pen: Pen, box: tuple[float, float, float], say: Say) -> None:
    x, top, width = box
    for left, key, size in ((0.0, "cover.signature", 0.52), (0.6, "cover.date", 0.4)):
        pen.line(x + left * width, top - 30, say(key), _LABEL)
        begin = pen.ink.width(say(key), _LABEL) + 8
        pen.rule(x + left * width + begin, top - 32, size * width - begin, look.HAIRLINE, look.INK)
