# SPDX-License-Identifier: Apache-2.0
"""Write a work order: one page a machine that people must go to, with steps, a code to scan, and room to sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from reports import fonts
from reports.pdf import ink, look, save
from reports.pdf.code import qr
from reports.pdf.pen import Pen
from reports.words import Say

if TYPE_CHECKING:
    from pathlib import Path

    from policies.text import Language
    from reports.pdf.ink import Ink

CODE: Final = 34 * mm
BOX: Final = 3.6 * mm
LABEL: Final = 34 * mm
RESULT_GAP: Final = 13 * mm
LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One machine: `reasons` are (control, what the machine said); `steps` and `titles` are in the order's language."""

    subject: str
    asset: str
    site: str
    vendor: str
    model: str
    reasons: tuple[tuple[str, str], ...]
    steps: tuple[str, ...]
    controls: tuple[str, ...]
    titles: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        found = {name: getattr(self, name) for name in ("subject", "asset", "site", "vendor", "model")}
        return {**found, "reasons": [{"control": one, "why": why} for one, why in self.reasons], "steps": list(self.steps)}


def code_of(sheet: Sheet) -> str:
    """Give what the code on the page says: a phone shows it, and a form row can be filled from it."""
    return f"menshen:{sheet.subject}"


def write(path: Path, sheets: list[Sheet], lang: Language, at: str) -> None:
    """Write the order; `at` is the local time it was made. Without machines it has one page that says so.

    Raises:
        reports.pdf.ReportError: the file cannot be written.
        reports.fonts.FontError: the fonts cannot be prepared.
    """
    say = Say(lang)
    letters = frozenset("".join([*_texts(sheets), at, *(say(f"order.{key}") for key in _WORDS)]))
    pot = ink.load(fonts.prepare(letters | frozenset("0123456789U+ABCDEF/ ")))
    canvas = Canvas(
        "",
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        pageCompression=1,
        initialFontName=pot.names["serif"],  # type: ignore[arg-type] # the stub says float
        lang=LANGUAGES[lang],
        invariant=1,
    )
    canvas.setTitle(f"{say('order.title')} · {at}")
    canvas.setCreator("Menshen")
    pages = [_Page(Pen(canvas, pot), say, at, number, len(sheets)) for number in range(1, len(sheets) + 1)]
    for page, sheet in zip(pages, sheets, strict=True):
        page.draw(sheet)
        canvas.showPage()
    if not sheets:
        _Page(Pen(canvas, pot), say, at, 1, 1).nothing()
        canvas.showPage()
    save(canvas.getpdfdata(), path, say)  # type: ignore[no-untyped-call]


_WORDS: Final = (
    "title", "asset", "subject", "site", "model", "why", "steps", "photo", "name", "date", "sign", "result", "good", "bad", "note",
    "nothing", "made", "page", "scan",
)  # fmt: skip


def _texts(sheets: list[Sheet]) -> list[str]:
    return [text for one in sheets for text in (one.subject, one.asset, one.site, one.vendor, one.model, *one.steps, *one.titles,
                                                *(part for pair in one.reasons for part in pair))]  # fmt: skip


class _Page:
    """One page, drawn from the top down; `y` is where the next line goes."""

    def __init__(self, pen: Pen, say: Say, at: str, number: int, total: int) -> None:
        self.pen, self.say, self.at = pen, say, at
        self.number, self.total = number, total
        self.y = look.PAGE_HEIGHT - look.TOP

    @property
    def ink(self) -> Ink:
        return self.pen.ink

    def draw(self, sheet: Sheet) -> None:
        """Draw one machine."""
        self._head(sheet)
        self._title("why")
        for (control, why), title in zip(sheet.reasons, sheet.titles or sheet.controls, strict=True):
            self._text(f"{title} ({control}): {why}", look.SMALL)
        self._title("steps")
        for number, step in enumerate(sheet.steps, 1):
            self._step(number, step)
        self._record(sheet)
        self._foot()

    def nothing(self) -> None:
        """Say that no machine needs hands."""
        self._text(self.say("order.title"), look.H1)
        self._text(self.say("order.nothing"), look.BODY)
        self._foot()

    def _head(self, sheet: Sheet) -> None:
        self._code(code_of(sheet))
        free = look.WIDTH - CODE - 6 * mm
        self._text(self.say("order.title"), look.H1, free)
        for key, value in (
            ("asset", sheet.asset),
            ("subject", sheet.subject),
            ("site", sheet.site),
            ("model", f"{sheet.vendor} {sheet.model}".strip()),
        ):
            lines = self.ink.lines(value or "–", look.BODY, free - LABEL)
            self.pen.lines(look.SIDE, self.y, [self.say(f"order.{key}")], look.LABEL, LABEL)
            self.pen.lines(look.SIDE + LABEL, self.y, lines, look.BODY, free - LABEL)
            self.y -= max(1, len(lines)) * look.BODY.leading
        self.y = min(self.y, look.PAGE_HEIGHT - look.TOP - CODE - 6 * mm)

    def _code(self, text: str) -> None:
        x, top = look.PAGE_WIDTH - look.SIDE - CODE, look.PAGE_HEIGHT - look.TOP
        qr(self.pen, x, top, CODE, text)
        self.pen.lines(x, top - CODE, self.ink.lines(self.say("order.scan"), look.NOTE, CODE), look.NOTE.to("centre"), CODE)

    def _title(self, key: str) -> None:
        self.y -= 7
        self.pen.rule(look.SIDE, self.y, look.WIDTH, look.RULE, look.ACCENT)
        self.y -= 4
        self._text(self.say(f"order.{key}"), look.H3)

    def _text(self, text: str, style: look.Style, width: float = look.WIDTH, x: float = look.SIDE) -> None:
        lines = self.ink.lines(text, style, width)
        self.pen.lines(x, self.y, lines, style, width)
        self.y -= len(lines) * style.leading

    def _step(self, number: int, text: str) -> None:
        canvas, top = self.pen.canvas, self.y
        canvas.setStrokeColor(look.INK)
        canvas.setLineWidth(look.RULE)
        canvas.rect(look.SIDE, top - look.BODY.leading + 2.2, BOX, BOX)
        indent = BOX + 5
        self._text(f"{number}. {self.ink.legible(text)}", look.BODY, look.WIDTH - indent, look.SIDE + indent)
        self.y -= 3

    def _record(self, sheet: Sheet) -> None:
        self._title("result")
        for control in sheet.controls:
            self.pen.lines(look.SIDE, self.y, [self.ink.legible(control)], look.SMALL, look.WIDTH)
            self._choices(self.y)
            self.y -= look.SMALL.leading + 3
        self.y -= 4
        for keys in (("photo", "note"), ("name", "date"), ("sign", "")):
            for column, key in enumerate(filter(None, keys)):
                x = look.SIDE + column * look.WIDTH / 2
                self.pen.lines(x, self.y, [self.say(f"order.{key}")], look.LABEL, LABEL)
                self.pen.rule(x + LABEL * 0.7, self.y - RESULT_GAP + 4, look.WIDTH / 2 - LABEL * 0.7 - 8, look.HAIRLINE, look.SOFT)
            self.y -= RESULT_GAP + 4

    def _choices(self, top: float) -> None:
        """Draw the two boxes of a result, and a line for the photo's number."""
        canvas, x = self.pen.canvas, look.SIDE + 70 * mm
        canvas.setStrokeColor(look.INK)
        for key in ("good", "bad"):
            canvas.rect(x, top - look.SMALL.leading + 2, BOX, BOX)
            self.pen.lines(x + BOX + 3, top, [self.say(f"order.{key}")], look.SMALL, 20 * mm)
            x += 24 * mm
        self.pen.lines(x, top, [self.say("order.photo")], look.LABEL, 20 * mm)
        self.pen.rule(
            x + 22 * mm, top - look.SMALL.leading + 2, look.PAGE_WIDTH - look.SIDE - x - 22 * mm, look.HAIRLINE, look.SOFT
        )

    def _foot(self) -> None:
        y = look.BOTTOM - 12
        self.pen.line(look.SIDE, y, self.say("order.made", at=self.at), look.RUNNING)
        number = self.say("order.page", number=self.number, total=self.total)
        self.pen.line(look.SIDE, y, number, look.RUNNING.to("right"), look.WIDTH)
