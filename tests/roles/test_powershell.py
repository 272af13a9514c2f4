# SPDX-License-Identifier: Apache-2.0
"""The two scripts for which no command does: their syntax, and that nothing is spliced into them."""

from __future__ import annotations

from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_pwsh

SCRIPTS = sorted((Path(__file__).resolve().parents[2] / "roles/enforce_windows/files").glob("*.ps1"))
# What cmd.exe takes on a line, less what encoding makes of a character: two bytes, four thirds of them.
LONGEST = 8191 * 3 // 8


def errors(text):
    tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language())).parse(text)
    return tree.root_node.has_error


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_syntax(script):
    """PowerShell's grammar accepts the script, and would not accept it broken."""
    text = script.read_bytes()

    assert not errors(text)
    assert errors(text.replace(b"{", b"", 1))


def test_the_carrier_fits_on_a_command_line():
    """The script that Ansible encodes onto a command line is short enough for cmd.exe, and has no place for parameters."""
    carrier = next(path for path in SCRIPTS if path.name == "carry.ps1").read_text(encoding="ascii")

    assert len(carrier) < LONGEST - 200
    assert not {"{{", "}}", "%s", "{0}"} & set(carrier.split())


def test_there_are_two():
    """No third script came in without its test."""
    assert ["carry.ps1", "look.ps1"] == [path.name for path in SCRIPTS]
