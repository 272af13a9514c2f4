# SPDX-License-Identifier: Apache-2.0
"""How the pages look: sizes in points, colours that stay apart on grey paper, styles of text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

if TYPE_CHECKING:
    from reportlab.lib.colors import Color

PAGE_WIDTH = 210 * mm
PAGE_HEIGHT = 297 * mm
SIDE = 18 * mm
TOP = 22 * mm
BOTTOM = 20 * mm
WIDTH = PAGE_WIDTH - 2 * SIDE
HEIGHT = PAGE_HEIGHT - TOP - BOTTOM

INK = HexColor(0x1A1A1A)
SOFT = HexColor(0x5F6670)
ACCENT = HexColor(0x0F4C5C)
HAIR = HexColor(0xB8BEC4)
PAPER = HexColor(0xFFFFFF)
GOOD = HexColor(0x1E6B47)
BAD = HexColor(0xA3202A)
PART = HexColor(0xC98A1B)
IDLE = HexColor(0xD9DDE1)

# A title takes at least this much of what follows it onto its page.
KEEP = 70.0
# What is higher than this share of a page may be parted although it would fit on the next page whole.
WHOLE = 0.4

HAIRLINE = 0.4
RULE = 0.9


@dataclass(frozen=True, slots=True)
class Style:
    """One kind of text: `face` is serif (宋) or sans (黑), `size` and `leading` are points."""

    face: Literal["serif", "sans"]
    size: float
    leading: float
    colour: Color = INK
    align: Literal["left", "right", "centre"] = "left"

    def to(self, align: Literal["left", "right", "centre"]) -> Style:
        """Give the same style, aligned otherwise."""
        return replace(self, align=align)

    def tint(self, colour: Color) -> Style:
        """Give the same style in another colour."""
        return replace(self, colour=colour)


BODY = Style("serif", 9.75, 14.2)
SMALL = Style("serif", 8.5, 12.2)
NOTE = Style("serif", 8, 11.4, SOFT)
CELL = SMALL
HEAD = Style("sans", 8.5, 12.2, ACCENT)
LABEL = Style("sans", 8.5, 12.2, SOFT)
TITLE = Style("sans", 24, 34, ACCENT)
H1 = Style("sans", 16, 23, ACCENT)
H2 = Style("sans", 13, 18.5, ACCENT)
H3 = Style("sans", 11, 15.5, INK)
RUNNING = Style("sans", 7.5, 10, SOFT)
WARNING = Style("sans", 9, 12, BAD, "centre")
