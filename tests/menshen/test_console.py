# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

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


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\x9b31m", "x\u202ey", "\x07", "\u2066z"])
def test_a_device_cannot_steer_the_terminal(text, capsys):
    """Characters that move the cursor, colour or turn what is printed are written out."""
    console.show(console.table(["a"], [[text]]))
    out = capsys.readouterr().out

    assert not set(out) & set("\x1b\r\x9b\u202e\x07\u2066")
    assert "\\u00" in out or "\\u20" in out
