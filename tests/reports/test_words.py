# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import reports
from policies.control import Severity
from policies.rollup import Mark
from policies.schema import KINDS
from policies.verdict import Verdict
from reports.words import WORDS, Say

ROOM = Path(reports.__file__).parent


def names(text):
    """Give the names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same():
    """Every entry has words in both languages with the same names in them."""
    # English says nothing after the number of pages.
    assert ["frame.page_after"] == [key for key, (zh, en) in WORDS.items() if not (zh.strip() and en.strip())]
    assert [] == [key for key, (zh, en) in WORDS.items() if names(zh) != names(en)]


def test_english_has_no_chinese():
    """The English column holds no Chinese character."""
    assert [] == [key for key, (_, en) in WORDS.items() if any(ord(c) > 0x2E80 for c in en)]


@pytest.mark.parametrize(
    "key",
    [
        *(f"mark.{mark}" for mark in Mark),
        *(f"verdict.{verdict}" for verdict in Verdict),
        *(f"kind.{kind}" for kind in KINDS),
        *(f"severity.{severity}" for severity in Severity),
    ],
)
def test_every_member_has_a_word(key):
    """Marks, verdicts, kinds and severities all have words."""
    assert key in WORDS


def said():
    """Find every `say("…")` with a plain text in the room, with the names it is given."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called == "say":
                yield path.name, node.args[0].value, {keyword.arg for keyword in node.keywords}


def test_what_is_said_exists():
    """Every key the room uses is in the catalogue of words, with exactly the names it is given."""
    wrong = [(file, key) for file, key, given in said() if key not in WORDS or names(WORDS[key][0]) != given]
    assert [] == wrong
    assert len(list(said())) > 100


def test_missing_name_is_an_error():
    """A sentence is never printed with a hole."""
    with pytest.raises(KeyError):
        Say("zh")("summary.better", n=1)
