# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.pdf.lines import CLOSING, OPENING, break_lines


def measure(text):
    """Count a wide character as 2 and any other as 1."""
    return sum(2 if ord(c) >= 0x2E80 or c in "“”‘’…—" else 1 for c in text)


MIXED = st.text(st.sampled_from("中文系统日志，。；：！？）》（《“”abcXYZ019./_-:% "), max_size=120)


@given(MIXED, st.integers(8, 60))
def test_no_character_is_lost(text, width):
    """Line breaks drop nothing but blanks."""
    lines = break_lines(text, width, measure)
    assert "".join(text.split()) == "".join("".join(lines).replace("\u00a0", " ").split())


@given(MIXED, st.integers(12, 60))
def test_no_line_is_too_wide(text, width):
    """Whatever is in the text, no line is wider than its column, but for marks that may not be parted from their word."""
    for line in break_lines(text, width, measure):
        core = line.rstrip(CLOSING + " ").lstrip(OPENING + " ")
        assert measure(core) <= width


@given(st.text(st.sampled_from("中文，。；：！？）》（《、”"), min_size=1, max_size=80), st.integers(8, 40))
def test_no_line_starts_with_a_closing_mark(text, width):
    """A closing mark stays with the character before it."""
    lines = break_lines("字" + text, width, measure)
    assert [] == [line for line in lines[1:] if line[0] in "，。；：！？）》、”" and not _only_marks(line, lines)]


def _only_marks(line, lines):
    """A run of marks longer than a line has nowhere to go."""
    return len(line.rstrip(CLOSING)) == 0 or lines[lines.index(line) - 1].strip(CLOSING + OPENING) == ""


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("屏幕闲置后自动锁定，不得例外。", 18, ("屏幕闲置后自动锁", "定，不得例外。")),
        ("见（附录）", 4, ("见", "（附", "录）")),
        ("闲置 600 秒锁屏", 10, ("闲置", "600\u00a0秒锁屏")),
        ("/etc/dconf/db/local.d/locks", 14, ("/etc/dconf/db/", "local.d/locks")),
        ("a" * 10, 4, ("aaaa", "aaaa", "aa")),
        ("key = a; ok = 0", 11, ("key\u00a0=\u00a0a;", "ok\u00a0=\u00a00")),
        ("one two", 5, ("one", "two")),
        ("第一行\n第二行", 20, ("第一行", "第二行")),
        ("", 10, ("",)),
    ],
)
def test_breaks(text, width, expected):
    """Chinese breaks between characters, Latin between words, figures stay with their unit, paths break after a slash."""
    assert expected == break_lines(text, width, measure)
