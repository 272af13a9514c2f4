# SPDX-License-Identifier: Apache-2.0
"""The table of contents: two levels, each line a link to its page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from reports.pdf import look
from reports.pdf.blocks import Gap, Text, Whole
from reports.pdf.grid import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.pdf.flow import Flow
    from reports.pdf.ink import Ink
    from reports.pdf.pen import Pen
    from reports.words import Say

_NUMBER = 28.0
_FIRST = look.Style("sans", 10, 18, look.ACCENT)
_SECOND = look.Style("serif", 9.5, 14)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a title that leads to the bookmark `key`."""

    key: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class _Line(Whole):
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

    def _text(self) -> Text:
        return Text(self.entry.title, _FIRST) if self.entry.level == 0 else Text(self.entry.title, _SECOND, indent=14)


def contents(flow: Flow, entries: Sequence[Entry], say: Say) -> None:
    """Fill the contents pages."""
    flow.new_page()
    flow.mark("contents", say("contents.title"), 0)
    flow.add(Text(say("contents.title"), look.H1), Gap(10))
    waiting: list[Entry] = []
    for entry, after in zip(entries, [*entries[1:], entries[0]], strict=True):
        if entry.level == 0:
            _columns(flow, waiting)
            waiting = []
            flow.add(_Line(entry), keep=look.KEEP if after.level > 0 else 0)
        else:
            waiting.append(entry)
    _columns(flow, waiting)


def _columns(flow: Flow, entries: Sequence[Entry]) -> None:
    """Set the lines of the second level in two columns, so that the whole list is seen at once."""
    half = (len(entries) + 1) // 2
    for left, right in zip_longest(entries[:half], entries[half:]):
        cells = [_Line(left), _Line(right) if right else Text("", _SECOND)]
        flow.add(Row(cells, (1, 1), ruled=False))
