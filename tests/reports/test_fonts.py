# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import threading

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from reports import fonts, glyphs

TEXT = "审计 0123456789 Abc，。"


@pytest.fixture
def cached(monkeypatch, tmp_path):
    """Use an empty cache and few characters, so that a conversion takes no time."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fonts, "common", lambda: frozenset(TEXT))
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    return tmp_path / "menshen" / "fonts"


def test_outlines_become_truetype(tmp_path):
    """The converted font has TrueType outlines for what was asked and nothing else, and keeps the metrics."""
    target = tmp_path / "a.ttf"
    glyphs.convert(fonts.sources().serif, target, "Test", TEXT)
    with TTFont(target) as font, TTFont(fonts.sources().serif) as source:
        assert set(map(ord, TEXT)) == set(font.getBestCmap())
        assert "CFF " not in font
        assert font["hmtx"][font.getBestCmap()[ord("审")]][0] == source["hmtx"][source.getBestCmap()[ord("审")]][0]


@pytest.mark.parametrize("face", ["serif", "sans"])
def test_figures_have_one_width(tmp_path, face):
    """Columns of figures stand straight: the ten digits are equally wide."""
    target = tmp_path / "a.ttf"
    glyphs.convert(getattr(fonts.sources(), face), target, "Test", TEXT)
    with TTFont(target) as font:
        cmap = font.getBestCmap()
        assert 1 == len({font["hmtx"][cmap[ord(digit)]][0] for digit in "0123456789"})


def test_equal_input_gives_equal_bytes(tmp_path):
    """Two processes that convert at once write the same file."""
    for name in ("a.ttf", "b.ttf"):
        glyphs.convert(fonts.sources().sans, tmp_path / name, "Test", TEXT)
    assert (tmp_path / "a.ttf").read_bytes() == (tmp_path / "b.ttf").read_bytes()


def test_second_call_converts_nothing(cached):
    """A report whose characters are in the common set costs no conversion, and nobody is told of one."""
    said = []
    first = fonts.prepare(TEXT, progress=said.append)
    again = fonts.prepare("审计", progress=said.append)
    assert first == again
    assert ["fonts"] == said
    assert 2 == len(list(cached.iterdir()))


def test_two_processes_give_the_same_as_one(cached, monkeypatch):
    """With a second core both fonts are converted at once, to the same bytes."""
    alone = [path.read_bytes() for path in (fonts.prepare(TEXT).serif, fonts.prepare(TEXT).sans)]
    for path in cached.iterdir():
        path.unlink()
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert alone == [path.read_bytes() for path in (fonts.prepare(TEXT).serif, fonts.prepare(TEXT).sans)]


@pytest.mark.usefixtures("cached")
@pytest.mark.parametrize("damage", [b"", b"\0\1\0\0", None])
def test_damaged_file_is_made_again(damage):
    """An empty, cut or altered file of the cache is noticed by its checksum and rebuilt."""
    path = fonts.prepare(TEXT).serif
    good = path.read_bytes()
    path.write_bytes(good[:500] + b"\xff" + good[501:] if damage is None else damage)
    assert not fonts.whole(path)
    assert good == fonts.prepare(TEXT).serif.read_bytes()


@pytest.mark.usefixtures("cached")
def test_rare_character_of_the_font_is_added():
    """A character beyond the common set that the fonts have gets into the file; one they lack does not stop anything."""
    plain = fonts.prepare(TEXT).serif
    path = fonts.prepare("鑫😀").serif
    assert fonts.whole(path)
    with TTFont(path) as font, TTFont(plain) as before, TTFont(fonts.sources().serif) as source:
        cmap = font.getBestCmap()
        assert {*map(ord, TEXT), ord("鑫")} == set(cmap)
        assert 1000 == font["hmtx"][cmap[ord("鑫")]][0]
        assert set(before.getBestCmap()) < set(cmap)
        # The library tells fonts apart by this name.
        assert font["name"].getDebugName(6) != before["name"].getDebugName(6)
        box = font["glyf"][cmap[ord("鑫")]]
        real = source.getGlyphSet()[source.getBestCmap()[ord("鑫")]]
        pen = BoundsPen(None)
        real.draw(pen)
        assert [box.xMin, box.yMin, box.xMax, box.yMax] == pytest.approx(pen.bounds, abs=2)


def test_two_at_once_leave_whole_files(cached):
    """Conversions at the same time do not disturb each other and leave no scraps."""
    jobs = [threading.Thread(target=fonts.prepare, args=(TEXT,)) for _ in range(3)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert [True, True] == [fonts.whole(path) for path in cached.iterdir()]


def test_truetype_of_the_site_is_taken_as_it_is(cached, tmp_path):
    """A site may point to its own TrueType font: it is neither converted nor copied."""
    own = tmp_path / "own.ttf"
    glyphs.convert(fonts.sources().sans, own, "Own", TEXT)
    assert fonts.Faces(own, own) == fonts.prepare(TEXT, origin=fonts.Faces(own, own))
    assert [] == list(cached.iterdir())


def test_unwritable_cache_is_a_clear_error(monkeypatch, tmp_path):
    """A cache folder that cannot be made is an error that names it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(fonts.FontError, match="file"):
        fonts.prepare(TEXT)
