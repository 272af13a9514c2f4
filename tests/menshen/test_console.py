# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re

import pytest

from menshen import console


def test_files_hold_no_blanks_at_line_ends(capsys, monkeypatch):
    """Into a pipe a table is printed without the blanks that fill its last column."""
    monkeypatch.delenv("COLUMNS", raising=False)
    console.show(console.table(["a", "b"], [["x", "所见 " * 200], ["y", "z"]]))
    lines = capsys.readouterr().out.splitlines()

    assert max(map(len, lines)) > 80
    assert [] == [line for line in lines if line != line.rstrip()]


def test_lines_are_not_folded_in_files(capsys, monkeypatch):
    """Into a pipe a line that is no table stays one line, so that it can be searched for."""
    monkeypatch.delenv("COLUMNS", raising=False)
    console.show("word " * 100 + "end")

    assert ["word " * 100 + "end"] == capsys.readouterr().out.splitlines()


def test_columns_are_obeyed(capsys, monkeypatch):
    """COLUMNS says how wide a table may be in a file, and nothing of a cell is lost by folding."""
    monkeypatch.setenv("COLUMNS", "40")
    console.show(console.table(["a"], [["门" * 50]]))
    lines = capsys.readouterr().out.splitlines()

    assert max(map(len, lines)) <= 40
    assert 50 == "".join(lines).count("门")


@pytest.mark.parametrize("columns", ["50", "80", "100"])
def test_a_name_stays_whole_and_nothing_is_cut(columns, capsys, monkeypatch):
    """The column of names is not folded where half a line holds it, and of the other cells nothing is lost."""
    monkeypatch.setenv("COLUMNS", columns)
    row = ["新增", "user_level_software_absent", "门" * 20, "2026-11-22 09:00 +00:00", "2026-11-23 10:01 +01:00"]
    console.show(console.table(["a", "b", "c", "d", "e"], [row], whole=1))
    out = capsys.readouterr().out

    assert max(map(len, out.splitlines())) <= int(columns)
    assert (int(columns) >= 52) == (row[1] in out)
    assert sorted("".join(row).replace(" ", "")) == sorted(re.sub(r"[\s─]", "", out)[5:])


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\x9b31m", "x\u202ey", "\x07", "\u2066z"])
def test_a_device_cannot_steer_the_terminal(text, capsys):
    """Characters that move the cursor, colour or turn what is printed are written out."""
    console.show(console.table(["a"], [[text]]))
    out = capsys.readouterr().out

    assert not set(out) & set("\x1b\r\x9b\u202e\x07\u2066")
    assert "\\u00" in out or "\\u20" in out
