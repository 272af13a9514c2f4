# SPDX-License-Identifier: Apache-2.0
"""The house rules that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(
    path for room in ("menshen", "agents", "policies", "reports", "roles", "tests") for path in (ROOT / room).rglob("*.py")
)
SHIPPED = [path for path in CODE if ROOT / "tests" not in path.parents]


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_every_test_says_its_law():
    """Each test function has a docstring."""
    tests = [path for path in CODE if path.name.startswith("test_")]
    silent = [
        f"{path}:{one.lineno}"
        for path in tests
        for one in functions(path)
        if one.name.startswith("test_") and not ast.get_docstring(one)
    ]

    assert [] == silent


def test_functions_are_short():
    """No function is longer than 40 lines, its docstring aside."""
    long = []
    for path in SHIPPED:
        for one in functions(path):
            body = one.body[1:] if ast.get_docstring(one) else one.body
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 > 40:
                long.append(f"{path}:{one.lineno} {one.name}")

    assert [] == long


def test_files_are_one_idea():
    """No file of the product is longer than 300 lines."""
    assert [] == [str(path) for path in SHIPPED if path.read_text(encoding="utf-8").count("\n") > 300]


@pytest.mark.parametrize("suffix", [".py", ".yml", ".sh"])
def test_licence_is_named(suffix):
    """Each source file names its licence in the first three lines."""
    rooms = ("menshen", "agents", "policies", "reports", "tests", "inventory", "playbooks", "roles")
    files = [path for room in rooms for path in (ROOT / room).rglob(f"*{suffix}")]
    bare = [
        str(path)
        for path in files
        if "SPDX-License-Identifier" not in "".join(path.read_text("utf-8").splitlines(keepends=True)[:3])
    ]

    assert [] == bare
