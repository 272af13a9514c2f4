# SPDX-License-Identifier: Apache-2.0
"""The closing pages: methods and limits, verification, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.clock import Clock
from reports.pdf import look
from reports.pdf.blocks import Figure, Gap, Text
from reports.pdf.code import qr
from reports.pdf.grid import Column, Grid, Row
from reports.pdf.registers import none

if TYPE_CHECKING:
    from reports.pdf.flow import Flow
    from reports.pdf.pen import Pen
    from reports.report import Report
    from reports.words import Say

_QR = 110.0
_LIMITS = 5


def methods(flow: Flow, report: Report, say: Say) -> None:
    """Say by which means was looked, what cannot be seen, and what made the report."""
    flow.chapter("methods", say("methods.title"))
    flow.heading(say("methods.sources"))
    if report.sources:
        shares = {"source": 4, "kinds": 3.4, "subjects": 1, "checks": 1}
        grid = Grid(tuple(Column(say(f"methods.{key}"), share, share == 1) for key, share in shares.items()))
        rows = (
            grid.row(
                Text(source.name, look.CELL),
                Text(say.join(list(source.kinds)), look.CELL),
                Text(str(source.subjects), look.CELL.to("right")),
                Text(str(source.checks), look.CELL.to("right")),
            )
            for source in report.sources
        )
        flow.table(grid, rows)
    else:
        none(flow, "methods.no_sources", say)
    _limits(flow, say)
    flow.heading(say("methods.versions"))
    grid = Grid((Column(say("methods.name"), 2), Column(say("methods.version"), 6)))
    flow.table(grid, (grid.row(Text(name, look.CELL), Text(value, look.CELL)) for name, value in report.versions))


def _limits(flow: Flow, say: Say) -> None:
    flow.heading(say("methods.limits"))
    texts = [say(f"limit.{number}") for number in range(1, _LIMITS + 1)]
    replaced = flow.pen.ink.replaced
    if replaced:
        texts.append(say("limit.replaced", codes=say.join(sorted(replaced))))
    for number, text in enumerate(texts, 1):
        flow.add(Row([Text(f"{number}.", look.BODY), Text(text, look.BODY)], (0.5, 16), ruled=False))


def verification(flow: Flow, report: Report, say: Say) -> None:
    """Print the ledger's head in full and how to check it."""
    flow.chapter("verify", say("verify.title"))
    flow.add(Text(say("verify.text"), look.BODY), Gap(10))
    ledger, minutes = report.ledger, Clock(_minutes(report.offset))
    span = (
        say("items.span", first=minutes.full(ledger.first_at), last=minutes.full(ledger.last_at)) if ledger.entries else say("none")
    )
    facts = {"head": ledger.head, "entries": str(ledger.entries), "runs": str(ledger.runs), "period": span}
    facts["signer"] = say("verify.unsigned")
    for key, value in facts.items():
        flow.add(Row([Text(say(f"verify.{key}"), look.LABEL), Text(value, look.BODY)], (1.6, 5)))
    flow.heading(say("verify.how"))
    flow.add(Text(say("verify.step1"), look.BODY), Text(say("verify.step2"), look.BODY), Gap(10))
    flow.add(Figure(_QR, lambda pen, x, top, _width: qr(pen, x, top, _QR, f"{report.number} {ledger.head}")))


def _minutes(offset: str) -> int:
    hours, minutes = offset[1:].split(":")
    return (int(hours) * 60 + int(minutes)) * (-1 if offset[0] == "-" else 1)


def signatures(flow: Flow, say: Say) -> None:
    """Leave room for four parties to sign and seal."""
    flow.chapter("sign", say("sign.title"))
    flow.add(Text(say("sign.text"), look.BODY), Gap(16))
    for key in ("prepared", "reviewed", "approved", "received"):
        title = say(f"sign.{key}")
        flow.add(Figure(118, lambda pen, x, top, width, title=title: _party(pen, (x, top, width), title, say)))  # type: ignore[misc]


def _party(pen: Pen, box: tuple[float, float, float], title: str, say: Say) -> None:
    x, top, width = box
    pen.rule(x, top, width, look.HAIRLINE, look.ACCENT)
    pen.line(x, top - 20, title, look.H3)
    for number, key in enumerate(("sign.name", "sign.date")):
        y = top - 52 - 32 * number
        pen.line(x, y, say(key), look.LABEL)
        pen.rule(x + 64, y - 2, width * 0.34, look.HAIRLINE, look.INK)
    pen.line(x + width * 0.62, top - 64, say("sign.seal"), look.LABEL.to("centre"), width * 0.38)
