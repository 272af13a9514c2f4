# SPDX-License-Identifier: Apache-2.0
"""A control written for osqueryd says what the audit says, on every recorded case and in both directions."""

from __future__ import annotations

import pytest
from control_cases import cases, cases_of, known, run

from agents.connections.recorded import RecordedSource
from agents.engine import Engine, NotServedError
from policies.compile.question import KINDS, answered, question
from policies.judge import judge
from policies.lint import complaints
from policies.records import Observation, Outcome
from policies.resolve import resolve

ASKED = [case for case in cases() if case.kind in KINDS]
RULES = sorted({(case.control, case.kind) for case in ASKED})


def as_osquery(rows):
    """Give rows as osqueryd sends them: all text, NULL as the empty text."""
    return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]


def asked(case, sql):
    """Ask the recorded subject; None where a table was not recorded, which no osqueryd would answer either."""
    with Engine(RecordedSource(case.kind, case.tables, str(case))) as engine:
        try:
            return engine.query(sql).rows
        except NotServedError:
            return None


def joined_verdict(case):
    """Judge the rows of the joined statement, in osquery's form of them."""
    resolved = resolve(known().controls[case.control], case.kind, case.parameters)
    whole = question(resolved)
    rows = asked(case, whole.sql)
    if rows is None:
        return run(case).verdict
    applies, seen = answered(as_osquery(rows))
    outcome = Outcome.ROWS if applies else Outcome.INAPPLICABLE
    columns = whole.columns if applies else ()
    observation = Observation(case.control, "pc", case.kind, outcome, "2026-01-01T00:00:00Z", "x", columns, tuple(seen))
    return judge(resolved, {}, observation).verdict


@pytest.mark.parametrize(("control", "kind"), RULES)
def test_a_question_passes_the_schema_lint(control, kind):
    """The joined statement names only tables, columns and functions that osquery 5.x has."""
    resolved = resolve(known().controls[control], kind, {})

    assert [] == complaints(question(resolved).sql, kind)


@pytest.mark.parametrize(("control", "kind"), RULES)
def test_one_statement_is_judged_as_the_two_halves_are(control, kind):
    """The rows of the joined statement, all text and '' for NULL, get the verdict that the audit gives."""
    assert [] == [str(case) for case in cases_of(control, kind) if joined_verdict(case) != case.verdict]


def test_rows_of_something_else_are_refused():
    """An answer without our two leading columns is no answer to a question of ours."""
    with pytest.raises(ValueError, match="menshen_applies"):
        answered([{"ok": "1"}])
