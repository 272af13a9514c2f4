# SPDX-License-Identifier: Apache-2.0
"""`menshen compile` writes what it says."""

from __future__ import annotations

import json

import jsonschema
import pytest
from commandline import ROOT, menshen


@pytest.mark.parametrize("what", ["osquery", "fleet"])
def test_what_is_told_is_there(tmp_path, what):
    """The document names every file that was written, and every rule in them."""
    told = json.loads(menshen("compile", what, "--baseline", "agent_pc", "-o", tmp_path, "--json").stdout)

    jsonschema.validate(told, json.loads((ROOT / "docs" / "schemas" / "compile.json").read_text(encoding="utf-8")))
    assert told["files"] == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert {"linux", "windows"} == {rule["kind"] for rule in told["rules"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["flet", "-b", "agent_pc"], "fleet"),
        (["fleet", "-b", "agent_pcs"], "agent_pc"),
        (["fleet", "-b", "agent_pc", "--kind", "ups"], "linux or windows"),
        (["fleet", "-b", "server_room"], "no rule"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(tmp_path, arguments, words):
    """A format, baseline or kind that is not known is refused with what is, and nothing is written."""
    done = menshen("compile", *arguments, "-o", tmp_path / "new", expected=(2,), LC_ALL="C.UTF-8")

    assert words in done.stderr
    assert not (tmp_path / "new").exists()
