# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from policies import located
from policies.problems import CatalogueError, Problem


def refused(raw: bytes | str) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        located.read("x.yml", raw.encode() if isinstance(raw, str) else raw)
    return caught.value.problems


def test_values_are_those_of_pyyaml():
    """The fast reader and PyYAML's own safe loader read the packaged requirements alike."""
    raw = files("policies").joinpath("requirements.yml").read_bytes()

    assert yaml.load(raw, Loader=yaml.CSafeLoader) == located.read("x.yml", raw).value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("off", False),
        ("null", None),
        ("", None),
        ("~", None),
        ("-5", -5),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("'900'", "900"),
        ("12:30", "12:30"),
        ("0644", "0644"),
        ("2026-11-22", "2026-11-22"),
        ("1_000", "1_000"),
        ("9.5.1", "9.5.1"),
        ("+", "+"),
        ("|\n  one\n  two\n", "one\ntwo\n"),
    ],
)
def test_plain_scalars(text, value):
    """Numbers and booleans are read as people mean them; clock times, file modes, dates and versions stay text."""
    read = located.read("x.yml", f"a: {text}\n".encode()).value["a"]

    assert value == read
    assert type(value) is type(read)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", (3, 1), "a second key a; the first is on line 1"),
        ("a:\n  b: 1\n  b: 2\n", (3, 3), "a second key b; the first is on line 2"),
        ("a: [1, 2\nb: 3\n", (2, 2), "not YAML: "),
        ("a: 'open\n", (2, 1), "not YAML: "),
        ("a: *x\nb: &x 1\n", (1, 4), "an alias of nothing"),
        ("a: &x [*x]\n", (1, 8), "an alias of nothing"),
        ("a: !!str 1\n", (1, 4), "a tag"),
        ("a: 1\n---\nb: 2\n", (2, 1), "a second document"),
        ("[1, 2]: 3\n", (1, 1), "a key must be a word"),
        (b"a: 1\nb: \xff\n", (2, 1), "not UTF-8"),
        ("a: \x01\n", (1, 1), "not YAML: "),
    ],
)
def test_what_cannot_be_read_is_located(text, place, message):
    """Broken YAML, second keys, blind aliases, tags and other bytes are refused with line and column."""
    problem = refused(text)[0]

    assert place == (problem.line, problem.column)
    assert message in problem.message


def test_a_byte_order_mark_is_no_text():
    """Editors of Windows begin a file with one."""
    assert {"a": 1} == located.read("x.yml", b"\xef\xbb\xbfa: 1\n").value


def test_an_alias_is_what_its_anchor_stands_for():
    """The same SQL for two kinds may be written once."""
    assert {"a": {"b": 1}, "c": {"b": 1}} == located.read("x.yml", b"a: &x {b: 1}\nc: *x\n").value


def test_all_problems_of_a_file_come_together():
    """Tags and second keys do not hide each other."""
    problems = refused("a: !t 1\na: !t 2\n")

    assert [(1, 4), (2, 1), (2, 4)] == [(problem.line, problem.column) for problem in problems]


def test_mappings_know_their_lines():
    """Each key of a mapping remembers its line, for provenance."""
    value = located.read("x.yml", b"a: 1\nb:\n  c: 2\n  d: 3\n").value

    assert {"a": 1, "b": 2} == value.lines
    assert {"c": 3, "d": 4} == value["b"].lines


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), (1, 1)),
        (("b",), (2, 1)),
        (("b", "c"), (3, 3)),
        (("b", "c", 1), (3, 10)),
        (("b", "gone"), (2, 1)),
        (("b", "c", 9), (3, 3)),
    ],
)
def test_a_problem_stands_at_its_key(keys, place):
    """A problem is at the key or item named, or at the nearest thing above it that exists."""
    document = located.read("x.yml", b"a: 1\nb:\n  c: [x, y]\n")

    problem = document.problem("wrong", keys)

    assert ("x.yml", *place, "wrong") == (problem.path, problem.line, problem.column, problem.message)


def test_problems_print_as_editors_jump():
    """A problem prints as path:line:column: message, an error as all of them sorted, one a line."""
    error = CatalogueError([Problem("b.yml", 2, 3, "second"), Problem("a.yml", 1, 1, "first"), Problem("inventory", 0, 0, "third")])

    assert "a.yml:1:1: first\nb.yml:2:3: second\ninventory: third" == str(error)
