# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import lgpo
from policies.formats.lgpo import Instruction
from policies.formats.registry import FormatError, Setting, setting

KEY = r"Software\Policies\Menshen"
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff;"), max_size=12)


@given(st.lists(st.builds(Instruction, st.sampled_from(["Computer", "User"]), LINES.filter(bool), LINES, LINES.filter(bool))))
def test_every_instruction_comes_back(instructions):
    """What is written is what is read."""
    assert tuple(instructions) == lgpo.load(lgpo.dump(instructions))


@pytest.mark.parametrize(
    ("type_name", "value", "action"),
    [
        ("REG_DWORD", 4, "DWORD:4"),
        ("REG_SZ", "a:b", "SZ:a:b"),
        ("REG_EXPAND_SZ", "%x%", "EXSZ:%x%"),
        ("REG_MULTI_SZ", ["a", "b"], "MULTISZ:a\\0b"),
        ("REG_BINARY", "0aff", "BINARY:0aff"),
    ],
)
def test_values_have_their_words(type_name, value, action):
    """Each type has LGPO's own word."""
    assert Instruction("Computer", KEY, "x", action) == lgpo.of("Computer", KEY, setting(KEY, "x", type_name, value))


def test_a_type_without_a_word_is_refused():
    """A number of eight bytes, and data that does not fit its type, cannot be said in LGPO text."""
    for one in (setting(KEY, "x", "REG_QWORD", 1), Setting(KEY, "x", 4, b"\1")):
        with pytest.raises(FormatError):
            lgpo.of("Computer", KEY, one)


def test_comments_are_left_out():
    """Lines that begin with a semicolon say nothing."""
    assert (Instruction("Computer", KEY, "x", "DELETE"),) == lgpo.load(
        f"; by hand\r\nComputer\r\n{KEY}\r\nx\r\nDELETE\r\n".encode()
    )


@pytest.mark.parametrize("text", ["Computer\nK\nx\n", "Nobody\nK\nx\nDELETE\n", "User\n\nx\nDELETE\n", b"\xff\xfea"])
def test_other_texts_are_refused(text):
    """Too few lines, another scope, no key or another encoding is no LGPO text."""
    with pytest.raises(FormatError):
        lgpo.load(text if isinstance(text, bytes) else text.encode())


def test_no_text_brings_lines_of_its_own():
    """A line break in a part would become another instruction."""
    with pytest.raises(FormatError):
        lgpo.dump([Instruction("Computer", KEY, "x", "SZ:a\nb")])
