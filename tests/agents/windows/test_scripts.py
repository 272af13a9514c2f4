# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import re
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_pwsh

from agents.windows import scripts
from agents.windows.batch import Order

ROOT = Path(scripts.__file__).parent / "scripts"
FILES = sorted(ROOT.rglob("*.ps1"))
PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
# Verbs that change something; a look has none of them.
CHANGING = re.compile(r"\b(?:Set|New|Remove|Clear|Start|Stop|Restart|Enable|Disable|Register|Unregister|Add|Invoke)-(\w+)")
ALLOWED = {"Object", "Entry", "Document", "Type", "CimMethod"}


def wrongs(node):
    if node.type == "ERROR" or node.is_missing:
        yield node.start_point
    for child in node.children:
        yield from wrongs(child)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scripts_parse(file):
    """Every script is PowerShell to the last bracket."""
    assert [] == list(wrongs(PARSER.parse(file.read_bytes()).root_node))


def test_a_broken_script_would_be_seen():
    """The parser finds a bracket that is missing."""
    assert list(wrongs(PARSER.parse(b"if ($a) { Get-Item 'x'").root_node))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scripts_only_look(file):
    """No script uses a verb that changes a PC, and none builds code from a string it was given."""
    text = file.read_text("utf-8")

    assert set() == set(CHANGING.findall(text)) - ALLOWED
    assert "Invoke-Expression" not in text


def test_every_script_is_listed():
    """The list of scripts is the folder's."""
    assert {file.stem for file in (ROOT / "objects").glob("*.ps1")} == scripts.OBJECTS


def test_the_command_line_is_short_and_constant():
    """The line fits into cmd.exe even where the folder for temporary files has a long name; only the token changes."""
    order = Order(exports=True, objects=tuple(sorted(scripts.OBJECTS)), keys=(r"HKEY_USERS\x & del *",))
    line = order.line("ab" * 8)

    assert len(line.replace("%TEMP%", "C:\\Users\\" + "x" * 60 + r"\AppData\Local\Temp")) < 8191
    assert line.replace("ab" * 8, "cd" * 8) == Order(exports=True).line("cd" * 8)


@pytest.mark.parametrize("token", ["ab", "a b", "..\\x", "ab&cd", "g" * 16])
def test_a_token_is_hexadecimal(token):
    """No other text can become part of a command line."""
    with pytest.raises(ValueError, match=re.escape(token)):
        Order(exports=True).line(token)


def test_what_is_asked_travels_as_data():
    """A key with every sign that cmd.exe and PowerShell know stands in the input as one JSON string, in ASCII."""
    data = Order(keys=("HKEY_USERS\\\"'; & | $(x) 中",)).input("ab" * 8)

    assert data.isascii()
    assert b"& |" in data
    assert "& |" not in Order(keys=("x & | y",)).line("ab" * 8)
