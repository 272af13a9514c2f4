# SPDX-License-Identifier: Apache-2.0
"""Know the two fonts of a report: how wide a text is, where its lines break, and what they cannot draw."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from reports.fonts import FontError
from reports.pdf.lines import break_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reports.fonts import Faces
    from reports.pdf.look import Style

# Categories that draw nothing or reorder what stands around them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_REMEMBERED = 20_000


class _Widths(dict[str, float]):
    """Width of each character at size 1, read from the font when first asked for."""

    def __init__(self, font: TTFont) -> None:
        super().__init__()
        self._font = font

    def __missing__(self, character: str) -> float:
        width = float(self._font.face.charWidths.get(ord(character), self._font.face.defaultWidth)) / 1000
        self[character] = width
        return width


@dataclass(slots=True)
class Ink:
    """The registered fonts of one document; `replaced` counts the characters written as U+XXXX for want of a glyph."""

    names: dict[str, str]
    widths: dict[str, _Widths]
    covered: frozenset[str]
    replaced: dict[str, int] = field(default_factory=dict)
    _lines: dict[tuple[str, str, float], tuple[str, ...]] = field(default_factory=dict)

    def width(self, text: str, style: Style) -> float:
        """Measure a line in points."""
        return sum(map(self.widths[style.face].__getitem__, text)) * style.size

    def lines(self, text: str, style: Style, width: float) -> tuple[str, ...]:
        """Break `text` for a column `width` points wide; repeated texts are broken once."""
        em = width / style.size
        key = (text, style.face, em)
        found = self._lines.get(key)
        if found is None:
            advance = self.widths[style.face]
            found = break_lines(self.legible(text), em, lambda part: sum(map(advance.__getitem__, part)))
            if len(self._lines) < _REMEMBERED:
                self._lines[key] = found
        return found

    def legible(self, text: str) -> str:
        """Write what has no glyph, or must not act on the page, as its code point: U+1F600."""
        if self.covered.issuperset(text):
            return text
        return "".join(map(self._shown, text))

    def _shown(self, character: str) -> str:
        if character in self.covered or character == "\n":
            return character
        if character == "\t":
            return " "
        code = f"U+{ord(character):04X}"
        self.replaced[code] = self.replaced.get(code, 0) + 1
        return code


def load(faces: Faces) -> Ink:
    """Register both fonts with the PDF library under names made from their files.

    Raises:
        FontError: a file is no TrueType font.
    """
    fonts = {face: _register(path) for face, path in (("serif", faces.serif), ("sans", faces.sans))}
    covered = frozenset.intersection(*(drawable(map(chr, font.face.charToGlyph)) for font in fonts.values()))
    return Ink(
        names={face: font.fontName for face, font in fonts.items()},
        widths={face: _Widths(font) for face, font in fonts.items()},
        covered=covered | {"\u00a0"},
    )


def drawable(characters: Iterable[str]) -> frozenset[str]:
    """Leave out the characters that leave no ink or change the order of others."""
    return frozenset(c for c in characters if unicodedata.category(c) not in _UNSEEN)


def _register(path: Path) -> TTFont:
    try:
        font = TTFont(path.stem, str(path))
    except (TTFError, OSError) as error:
        message = f"{path}: cannot be used as a font: {error}"
        raise FontError(message) from error
    pdfmetrics.registerFont(font)
    # The library knows one font of a PostScript name in a process, and silently draws with the one it met first.
    known = pdfmetrics.getFont(font.fontName)
    if not isinstance(known, TTFont) or known.face.filename != str(path):
        message = f"{path}: another font of this one's name is in use"
        raise FontError(message)
    return font
