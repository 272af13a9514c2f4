# SPDX-License-Identifier: Apache-2.0
"""Break text into lines: Chinese, Latin and long paths mixed, punctuation kept where it belongs.

Rules: a line never starts with a closing mark or ends with an opening one; a Latin word, a date or a number stays whole;
what is wider than a line breaks after / . _ and the like, or else anywhere, and is never cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OPENING = "（《〈「『【〔［｛“‘([{"
CLOSING = "，。；：！？）》〉」』】〕］｝、…—”’·％℃‰,.;:!?)]}%"

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_OPEN = re.escape(OPENING)
_CLOSE = re.escape(CLOSING)
# A Latin word takes its own ASCII punctuation with it; ’ belongs to it only inside (it’s), ” and … close it.
_LATIN = rf"(?:[^ {_WIDE}“”‘’…—·℃‰（）]|’(?=\w))"
_UNIT = re.compile(rf" +|[{_OPEN}]*(?:{_LATIN}+(?:(?<=\u00a0)[{_WIDE}])?|[{_WIDE}]|[^ ])[{_CLOSE}]*", re.DOTALL)
_FIGURE = re.compile(rf"(?<=\d) (?=[%°℃{_WIDE}]|[A-Za-z]{{1,3}}\b)")
# A name and its value in evidence.
_PAIR = re.compile(r"(?<=[^ ]) = (?=[^ ])")
_PIECE = re.compile(r"[^/\\_.,;:=&?|@\-\u00a0]*[/\\_.,;:=&?|@\-\u00a0]+|[^/\\_.,;:=&?|@\-\u00a0]+")


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    """Give the lines of `text`, none wider than `width` as `measure` has it (one glyph wider than a line excepted)."""
    if "\n" not in text and measure(text) <= width:
        return (text.strip(" "),)
    glued = _PAIR.sub("\u00a0=\u00a0", _FIGURE.sub("\u00a0", text))
    return tuple(line for part in glued.split("\n") for line in _fill(part, width, measure))


def _fill(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    line = ""
    used = 0.0
    for unit in _UNIT.findall(text):
        size = measure(unit)
        if used + size <= width or (line and unit.isspace()):
            line, used = line + unit, used + size
            continue
        pieces = [unit] if size <= width else list(_pieces(unit, width, measure))
        for piece in pieces:
            size = measure(piece)
            if line and used + size > width:
                yield line.rstrip(" ")
                line, used = "", 0.0
            line, used = line + piece, used + size
    yield line.strip(" ")


def _pieces(unit: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """Cut what no line can hold: after separators, and where even that is too wide, anywhere but before a closing mark."""
    for piece in _PIECE.findall(unit):
        rest = piece
        while measure(rest) > width and len(rest) > 1:
            cut = _prefix(rest, width, measure)
            while cut > 1 and rest[cut] in CLOSING:
                cut -= 1
            yield rest[:cut]
            rest = rest[cut:]
        yield rest


def _prefix(text: str, width: float, measure: Callable[[str], float]) -> int:
    """Find by halving the length, at least 1, of the longest beginning that fits."""
    low, high = 1, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= width else (low, middle - 1)
    return low
