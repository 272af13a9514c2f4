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
_POSTSCRIPT_NAME = 6
# A character map of format 4 ends here; format 12 holds all of Unicode.
_BMP = 0xFFFF
_FULL = 12


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


def extend(base: Path, source: Path, target: Path, name: str, characters: Iterable[str]) -> None:
    """Write to `target` the font `base`, which `convert` made from `source`, with further characters of `source`."""
    with TTFont(source, lazy=True) as font, TTFont(base, recalcTimestamp=False) as grown:
        cmap, outlines = font.getBestCmap(), font.getGlyphSet()
        have = grown.getBestCmap()
        for character in sorted(set(characters)):
            code = ord(character)
            if code in cmap and code not in have:
                _add(grown, code, _outline(outlines[cmap[code]], 0), font["hmtx"][cmap[code]][0])
        for record in grown["name"].names:
            record.string = name if record.nameID == _POSTSCRIPT_NAME else record.string
        grown.save(target)


def _add(font: TTFont, code: int, glyph: Any, width: int) -> None:
    name = f"u{code:04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphs[name] = glyph
    font["glyf"].glyphOrder = font.getGlyphOrder()
    glyph.recalcBounds(font["glyf"])
    font["hmtx"].metrics[name] = (width, glyph.xMin if glyph.numberOfContours else 0)
    for table in font["cmap"].tables:
        if code <= _BMP or table.format == _FULL:
            table.cmap[code] = name


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
