# SPDX-License-Identifier: Apache-2.0
"""Compose the whole document: pages in their order, running header and footer, metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.pdfgen.canvas import Canvas

from reports.pdf import closing, look, registers
from reports.pdf.checklist import checklist
from reports.pdf.contents import Entry, contents
from reports.pdf.cover import cover
from reports.pdf.failures import appendix, needs_appendix
from reports.pdf.flow import Flow, Running
from reports.pdf.items import items
from reports.pdf.pen import Pen
from reports.pdf.summary import summary

if TYPE_CHECKING:
    from reports.pdf.ink import Ink
    from reports.report import Report
    from reports.words import Say

_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_CHAPTERS = ("summary", "checklist", "items", "corrections", "exceptions", "manual", "subjects", "methods", "verify", "sign")


def compose(report: Report, ink: Ink, say: Say) -> bytes:
    """Draw all pages and give the PDF file."""
    canvas = Canvas(
        "",
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        pageCompression=1,
        initialFontName=ink.names["serif"],  # type: ignore[arg-type] # the stub says float
        lang=_LANGUAGES[report.lang],
        invariant=1,
    )
    _describe(canvas, report, say)
    pen = Pen(canvas, ink)
    flow = Flow(pen, _running(report, say))
    cover(flow, report, say)
    contents(flow, _entries(report, say), say)
    summary(flow, report, say)
    checklist(flow, report, say)
    items(flow, report, say)
    registers.corrections(flow, report, say)
    registers.exceptions(flow, report, say)
    registers.manual(flow, report, say)
    registers.subjects(flow, report, say)
    closing.methods(flow, report, say)
    closing.verification(flow, report, say)
    closing.signatures(flow, say)
    if needs_appendix(report):
        appendix(flow, report, say)
    flow.end()
    pen.settle()
    data: bytes = canvas.getpdfdata()  # type: ignore[no-untyped-call]
    return data


def _entries(report: Report, say: Say) -> list[Entry]:
    entries: list[Entry] = []
    for key in _CHAPTERS:
        entries.append(Entry(key, say(f"{key}.title"), 0))
        if key == "items":
            entries += [Entry(f"item-{item.number}", f"{item.number}  {item.title}", 1) for item in report.items]
    if needs_appendix(report):
        entries.append(Entry("appendix", say("appendix.title"), 0))
    return entries


def _running(report: Report, say: Say) -> Running:
    return Running(
        above=(_joined(say("frame.short"), report.site), say("frame.demonstration") if report.demonstration else "", report.number),
        page=(say("frame.page_before"), say("frame.page_between"), say("frame.page_after")),
        below=(say("frame.ledger", head=report.ledger.head[:8], offset=report.offset), report.classification),
    )


def _describe(canvas: Canvas, report: Report, say: Say) -> None:
    """Set title, author, subject, dates (those of the report, not of the machine) and what a viewer shows first."""
    canvas.setTitle(_joined(report.title, report.agency, report.number))
    canvas.setAuthor(report.agency)
    canvas.setSubject(say("cover.subtitle"))
    canvas.setCreator("Menshen")
    digits = "".join(filter(str.isdigit, report.as_of)) + "00"
    zone = report.offset.replace(":", "'") + "'"
    canvas.setDateFormatter(lambda *_moment: f"D:{digits}{zone}")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    canvas.showOutline()


def _joined(*parts: str) -> str:
    """Join what is filled in."""
    return " · ".join(filter(None, parts))
