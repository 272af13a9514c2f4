# SPDX-License-Identifier: Apache-2.0
"""Compiled queries say what the judge says, on every recorded case."""

from __future__ import annotations

import control_cases
import pytest

from agents.connections.recorded import RecordedSource
from agents.engine import Engine, QueryError
from agents.source import NotServedError
from policies.compile.query import extension_tables, passing
from policies.lint.sql import complaints
from policies.resolve import Resolved, resolve

OSQUERY_KINDS = ("linux", "windows")
CASES = [case for case in control_cases.cases() if case.kind in OSQUERY_KINDS]


def resolved(case):
    return resolve(control_cases.known().controls[case.control], case.kind, case.parameters)


def rule(observe, when=None):
    return Resolved("some", "linux", when, observe, (), *[resolved(CASES[0]).title] * 2)


def rows(asked):
    with Engine(RecordedSource("linux", {"users": [{"uid": 0, "username": "root"}], "groups": []}, "some")) as engine:
        return engine.query(passing(asked)).rows


def test_a_row_means_exactly_that_the_judge_passes():
    """On every recorded case the compiled policy gives a row when the control passes, and none when it does not."""
    wrong = []
    for case in CASES:
        with Engine(RecordedSource(case.kind, case.tables, str(case))) as engine:
            try:
                found = bool(engine.query(passing(resolved(case))).rows)
            except (NotServedError, QueryError):
                found = False  # an error, which Fleet shows as no answer
        if found != (case.verdict == "pass"):
            wrong.append(str(case))

    assert [] == wrong
    assert {"pass", "fail", "unknown", "not_applicable"} == {case.verdict for case in CASES}


def test_every_compiled_query_is_clean():
    """Each policy stands the check of tables, columns, functions and constraints that its rule stands."""
    known = control_cases.known().controls
    rules = [resolve(known[name], kind, {}) for name, kind in control_cases.rules() if kind in OSQUERY_KINDS]

    assert {} == {(one.control, one.kind): found for one in rules if (found := complaints(passing(one), one.kind, judges=False))}
    assert 200 < len(rules)


@pytest.mark.parametrize(
    ("observe", "when", "passes"),
    [
        ("SELECT uid, 1 AS ok FROM users", None, True),
        ("SELECT uid, '1' AS ok FROM users;", None, True),
        ("SELECT uid, 1 AS ok FROM users -- all of them", None, True),
        ("SELECT uid, 0 AS ok FROM users", None, False),
        ("SELECT uid, NULL AS ok FROM users", None, False),
        ("SELECT uid, 2 AS ok FROM users", None, False),
        ("SELECT gid, 1 AS ok FROM groups", None, False),
        ("SELECT uid, ok FROM users, (SELECT 1 AS ok UNION ALL SELECT NULL)", None, False),
        ("SELECT uid, 1 AS ok FROM users", "SELECT 1 FROM users WHERE uid = 0", True),
        ("SELECT uid, 1 AS ok FROM users", "SELECT 1 FROM groups", False),
    ],
)
def test_only_what_is_met_gives_a_row(observe, when, passes):
    """Nothing seen, nothing said, any other answer and a rule that does not apply give no row."""
    assert passes == bool(rows(rule(observe, when)))


def test_own_tables_are_named():
    """A rule that reads Menshen's tables says which, from its `when` too; a word in a text or a column is no table."""
    assert () == extension_tables(rule("SELECT 'module_config' AS time, 1 AS ok FROM users"))
    assert ("file_lines", "module_config") == extension_tables(
        rule("SELECT module, 1 AS ok FROM module_config", "SELECT 1 FROM file_lines WHERE path = '/etc/x'")
    )
