# SPDX-License-Identifier: Apache-2.0
"""Draw on a page: lines of text, rules, links, and page numbers that are only known when the last page stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reports.pdf.look import HAIR, HAIRLINE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reportlab.lib.colors import Color
    from reportlab.pdfgen.canvas import Canvas

    from reports.pdf.ink import Ink
    from reports.pdf.look import Style

TOTAL = "total"


@dataclass(slots=True)
class Pen:
    """The canvas with the fonts; `pages` maps each bookmark to its page, `awaited` the forms to be drawn at the end."""

    canvas: Canvas
    ink: Ink
    pages: dict[str, int] = field(default_factory=dict)
    awaited: dict[str, tuple[str, Style, str]] = field(default_factory=dict)

    def line(self, x: float, y: float, text: str, style: Style, width: float = 0) -> None:
        """Write one line with its baseline at `y`, aligned by the style within `width`."""
        if not text:
            return
        if style.align != "left":
            free = width - self.ink.width(text, style)
            x += free if style.align == "right" else free / 2
        self.canvas.setFillColor(style.colour)
        self.canvas.setFont(self.ink.names[style.face], style.size)
        self.canvas.drawString(x, y, text)

    def lines(self, x: float, top: float, texts: Sequence[str], style: Style, width: float) -> None:
        """Write lines below `top`, a leading apart."""
        baseline = top - (style.leading + style.size * 0.72) / 2
        for number, text in enumerate(texts):
            self.line(x, baseline - number * style.leading, text, style, width)

    def rule(self, x: float, y: float, width: float, thickness: float = HAIRLINE, colour: Color = HAIR) -> None:
        """Draw a horizontal rule."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x, y, x + width, y)

    def mark(self, key: str, top: float) -> None:
        """Bookmark this place of the page as `key`."""
        self.pages[key] = self.canvas.getPageNumber()
        self.canvas.bookmarkHorizontal(key, 0, top)

    def link(self, key: str, x: float, y: float, width: float, height: float) -> None:
        """Make a rectangle lead to the bookmark `key`."""
        self.canvas.linkRect("", key, (x, y, x + width, y + height), relative=1, Border="[0 0 0]")

    def page_number(self, key: str, x: float, y: float, style: Style, after: str = "") -> None:
        """Write at `x` the number of the page on which `key` will stand, and `after`; `TOTAL` is the number of pages.

        The style says whether the text begins at `x` or (aligned right) ends there.
        """
        name = f"page-{style.face}-{style.size:g}-{style.align}-{key}"
        self.awaited[name] = (key, style, after)
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.doForm(name)
        self.canvas.restoreState()

    def settle(self) -> None:
        """Draw the awaited page numbers, once all pages are there."""
        total = self.canvas.getPageNumber() - 1
        for name, (key, style, after) in self.awaited.items():
            text = f"{total if key == TOTAL else self.pages[key]}{after}"
            self.canvas.beginForm(name, -60, -10, 60, 20)
            self.line(-100 if style.align == "right" else 0, 0, text, style, 100)
            self.canvas.endForm()
