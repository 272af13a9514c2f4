# SPDX-License-Identifier: Apache-2.0
"""The table of contents: two levels, each line a link to its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.pdf.blocks import Block
    from reports.pdf.flow import Flow
    from reports.pdf.ink import Ink
    from reports.pdf.pen import Pen
    from reports.words import Say

_NUMBER = 28.0
_FIRST = look.Style("sans", 10, 17, look.ACCENT)
_SECOND = look.Style("serif", 9.5, 14.4)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a title that leads to the bookmark `key`."""

    key: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class _Line:
    entry: Entry

    def height(self, ink: Ink, width: float) -> float:
        return self._text().height(ink, width - _NUMBER) + (4 if self.entry.level == 0 else 0)

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:
        text = self._text()
        size = text.height(pen.ink, width - _NUMBER)
        top -= self.height(pen.ink, width) - size
        text.draw(pen, x, top, width - _NUMBER)
        last = pen.ink.lines(text.text, text.style, width - _NUMBER - text.indent)[-1]
        baseline = top - size + text.style.leading - (text.style.leading + text.style.size * 0.72) / 2
        begin = x + text.indent + pen.ink.width(last, text.style) + 6
        pen.canvas.setDash(0.6, 2.6)
        pen.rule(begin, baseline, max(x + width - _NUMBER - begin, 0))
        pen.canvas.setDash()
        pen.page_number(self.entry.key, x + width, baseline, text.style.to("right"))
        pen.link(self.entry.key, x, top - size, width, size)

    def part(self, ink: Ink, width: float, height: float) -> tuple[Block, Block] | None:
        del ink, width, height

    def _text(self) -> Text:
        return Text(self.entry.title, _FIRST) if self.entry.level == 0 else Text(self.entry.title, _SECOND, indent=14)


def contents(flow: Flow, entries: Sequence[Entry], say: Say) -> None:
    """Fill the contents pages."""
    flow.new_page()
    flow.mark("contents", say("contents.title"), 0)
    flow.add(Text(say("contents.title"), look.H1), Gap(10))
    for entry, after in zip(entries, [*entries[1:], None], strict=True):
        # A chapter title keeps its first line with it.
        flow.add(_Line(entry), keep=_SECOND.leading if after and after.level > entry.level else 0)
