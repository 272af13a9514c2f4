# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.formats import reg
from policies.formats.reg import Block
from policies.formats.registry import TYPES, FormatError, Setting, setting

KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Menshen"
HEAD = "Windows Registry Editor Version 5.00\r\n\r\n"
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=20)
KEYS = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=20).map(
    lambda text: f"{KEY}\\x{text}"
)
PLACES = st.tuples(KEYS, TEXTS)
ANY = st.builds(
    lambda place, number, data: Setting(*place, number, data),
    PLACES,
    st.sampled_from(sorted(TYPES.values())),
    st.binary(max_size=120),
)


def file(text):
    return ("\ufeff" + HEAD + text).encode("utf-16-le")


@given(st.lists(ANY, max_size=5))
def test_every_value_comes_back(values):
    """Whatever a registry can hold - broken text, odd lengths, any name - is the same after writing and reading."""
    blocks = reg.blocks_of(values)

    assert blocks == reg.load(reg.dump(blocks))


@given(st.binary(max_size=300) | st.text(max_size=100).map(file))
def test_rubbish_is_refused_and_nothing_else(content):
    """Input of any kind is read or refused with a FormatError."""
    try:
        reg.load(content)
    except FormatError:
        return


def test_all_forms_of_regedit():
    """Comments, continued bytes, escaped quotes, the default value, deletions of a value and of a key are understood."""
    text = (
        f"; a comment\r\n[{KEY}]\r\n"
        '@="default"\r\n"a\\\\b\\"c"="C:\\\\x \\"y\\""\r\n"n"=dword:0000000A\r\n"raw"=hex:01,\\\r\n  02,ff\r\n'
        '"e"=hex(2):25,00,00,00\r\n"m"=hex(7):61,00,00,00,00,00\r\n"q"=hex(b):05,00,00,00,00,00,00,00\r\n"none"=hex(0):\r\n'
        '"two lines"="a\r\nb"\r\n"gone"=-\r\n\r\n[-HKLM\\SOFTWARE\\Old[1]]\r\n'
    )

    found = reg.load(file(text))

    plain = [(one.name, one.type_name, one.value) for one in found[0].settings]
    assert [
        ("", "REG_SZ", "default"),
        ('a\\b"c', "REG_SZ", 'C:\\x "y"'),
        ("n", "REG_DWORD", 10),
        ("raw", "REG_BINARY", b"\x01\x02\xff"),
        ("e", "REG_EXPAND_SZ", "%"),
        ("m", "REG_MULTI_SZ", ["a"]),
        ("q", "REG_QWORD", 5),
        ("none", "REG_NONE", b""),
        ("two lines", "REG_SZ", "a\r\nb"),
    ] == plain
    assert ("gone",) == found[0].absent
    assert Block(r"HKEY_LOCAL_MACHINE\SOFTWARE\Old[1]", removed=True) == found[1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f'[{KEY}]\r\n"x"=dword:zz\r\n', 4),
        (f'[{KEY}]\r\nx="unquoted name"\r\n', 4),
        (f'[{KEY}]\r\n\r\n"x"="never ends\r\n', 5),
        (f'[{KEY}]\r\n"x"="a" b\r\n', 4),
        (f'[{KEY}]\r\n"x"=dword:123456789\r\n', 4),
        (f'[{KEY}]\r\n"x"=hex:zz\r\n', 4),
        ('"x"="no key"\r\n', 3),
    ],
)
def test_what_reg_exe_would_skip_in_silence_is_named(text, line):
    """A line that cannot be understood is refused with its number."""
    with pytest.raises(FormatError, match=f"^line {line}: "):
        reg.load(file(text))


@pytest.mark.parametrize("content", [b"", b"REGEDIT4\r\n", file("").replace(b"5", b"4"), file(""), b"\xff\xfea"])
def test_other_files_are_refused(content):
    """Another header, another encoding or half a character is no .reg file; a header alone is one."""
    if content == file(""):
        assert () == reg.load(content)
    else:
        with pytest.raises(FormatError):
            reg.load(content)


def test_a_long_file_is_read_in_one_pass():
    """A hundred thousand values under one key are read in seconds, not in hours."""
    values = [setting(KEY, f"n{number}", "REG_DWORD", number) for number in range(100_000)]

    assert 100_000 == len(list(reg.settings(reg.dump(reg.blocks_of(values)))))


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        *(("REG_DWORD", 2**32), ("REG_DWORD", -1), ("REG_DWORD", True), ("REG_DWORD", "1"), ("REG_SZ", 1), ("REG_SZ", "a\0b")),
        *(("REG_MULTI_SZ", "a"), ("REG_MULTI_SZ", [""]), ("REG_BINARY", "zz"), ("REG_QWORD", 2**64), ("REG_WORD", 1)),
    ],
)
def test_data_must_fit_its_type(type_name, value):
    """A value of the wrong type is refused before it reaches a registry."""
    with pytest.raises(FormatError):
        setting(KEY, "x", type_name, value)


def test_broken_data_is_bytes():
    """Data that does not fit its type is given as it is, never as a number or text it might have been."""
    assert [b"\x01", b"a", b"\x01\x02"] == [
        Setting(KEY, "x", number, data).value for number, data in ((4, b"\x01"), (1, b"a"), (11, b"\x01\x02"))
    ]
