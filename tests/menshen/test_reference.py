# SPDX-License-Identifier: Apache-2.0
"""The reference pages are what the catalogue and the schemas say."""

from __future__ import annotations

import re

import pytest

from menshen import reference
from policies import catalogue, schema


@pytest.mark.parametrize("file", ["controls.en.md", "controls.zh.md", "tables.en.md", "tables.zh.md"])
def test_the_committed_pages_are_what_is_generated(file):
    """After a change of a control or a table: `python -m menshen.reference`."""
    assert (reference.FOLDER / file).read_text(encoding="utf-8") == reference.pages()[file]


def test_every_control_and_table_has_its_place():
    """One line for each control, one block for each table, and every link leads to a file."""
    pages = reference.pages()
    linked = re.findall(r"^\| \[(\w+)\]\(([^)]+)\) \|", pages["controls.zh.md"], re.MULTILINE)

    assert sorted(catalogue.load().controls) == sorted(name for name, _ in linked)
    assert all((reference.FOLDER / path).is_file() for _, path in linked)
    assert sorted(schema.tables()) == sorted(re.findall(r"^### (\w+)$", pages["tables.en.md"], re.MULTILINE))
