# SPDX-License-Identifier: Apache-2.0
"""Turn a font with PostScript outlines into a small TrueType font, the only kind the PDF library can embed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# How far, in units of 1/1000 em, a quadratic curve may lie from the cubic one: not visible at any print size.
_TOLERANCE = 1.0
_DIGITS = "0123456789"
_NOTDEF = ".notdef"


def coverage(source: Path) -> frozenset[str]:
    """Give every character the font file `source` can draw."""
    with TTFont(source, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def is_truetype(source: Path) -> bool:
    """Tell whether the file holds TrueType outlines and can be embedded as it is."""
    with TTFont(source, lazy=True) as font:
        return "glyf" in font


def convert(source: Path, target: Path, name: str, characters: Iterable[str]) -> None:
    """Write to `target` a TrueType font called `name` with those of `characters` that `source` has.

    The ten digits get one width, so that columns of figures stand straight. Equal input gives equal bytes.
    """
    with TTFont(source, lazy=True) as font:
        cmap = font.getBestCmap()
        wanted = {ord(c): cmap[ord(c)] for c in sorted(set(characters)) if ord(c) in cmap}
        order = [_NOTDEF, *dict.fromkeys(wanted.values())]
        shifts, widths = _advances(font, [cmap[ord(d)] for d in _DIGITS if ord(d) in wanted])
        outlines = font.getGlyphSet()
        glyphs = {glyph: _outline(outlines[glyph], shifts.get(glyph, 0)) for glyph in order}
        _assemble(font, name, wanted, glyphs, {g: widths.get(g, font["hmtx"][g][0]) for g in order}).save(target)


def _advances(font: TTFont, digits: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Centre each digit in the width of the widest."""
    metrics = font["hmtx"]
    widest = max((metrics[digit][0] for digit in digits), default=0)
    return {digit: (widest - metrics[digit][0]) // 2 for digit in digits}, dict.fromkeys(digits, widest)


def _outline(glyph: Any, shift: int) -> Any:
    pen = TTGlyphPen(None)
    quadratic = Cu2QuPen(pen, _TOLERANCE, reverse_direction=True)
    glyph.draw(TransformPen(quadratic, (1, 0, 0, 1, shift, 0)) if shift else quadratic)
    return pen.glyph()


def _assemble(font: TTFont, name: str, cmap: dict[int, str], glyphs: dict[str, Any], widths: dict[str, int]) -> TTFont:
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(
        {glyph: (widths[glyph], glyphs[glyph].xMin if glyphs[glyph].numberOfContours else 0) for glyph in glyphs}
    )
    builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    builder.setupNameTable({"familyName": name, "styleName": "Regular", "psName": name, "fullName": name})
    old = font["OS/2"]
    builder.setupOS2(
        sTypoAscender=old.sTypoAscender, sTypoDescender=old.sTypoDescender, sCapHeight=old.sCapHeight, fsType=old.fsType
    )
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=font["head"].created, modified=font["head"].modified)
    return builder.font
