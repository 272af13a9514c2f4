# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.control import Control, Rule, Severity
from policies.manual import Document, Inspect
from policies.records import Finding
from policies.rollup import OPEN, Mark, item_result
from policies.text import Text
from policies.verdict import Verdict

TEXT = Text("x", "x")
MACHINE = Control(
    "c",
    "mail",
    Severity.HIGH,
    TEXT,
    TEXT,
    TEXT,
    ("R",),
    {},
    {"linux": Rule("linux", None, "SELECT 1 AS ok")},
    None,
    None,
    (),
    "c.yml",
)
PEOPLE = {"site": Rule("site", None, "SELECT 1 AS ok", manual=True)}
INSPECTED = replace(MACHINE, kinds=PEOPLE, inspect=Inspect(TEXT, 30, ("photo",)))
FILED = replace(MACHINE, kinds=PEOPLE, document=Document(TEXT, 30))
SHARED = replace(MACHINE, kinds=MACHINE.kinds | PEOPLE, inspect=Inspect(TEXT, 30, ("photo",)))
CRITICAL = replace(MACHINE, severity=Severity.CRITICAL)
P, F, U, N, E, X, M = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.UNKNOWN,
    Verdict.NOT_APPLICABLE,
    Verdict.ERROR,
    Verdict.EXCEPTED,
    Verdict.MANUAL_DUE,
)


def found(*verdicts: Verdict, kind: str = "linux") -> list[Finding]:
    return [Finding("c", f"s{n}", kind, verdict, (), 0, {}, {}, "2026-11-22T00:00:00Z", "x") for n, verdict in enumerate(verdicts)]


@pytest.mark.parametrize(
    ("pairs", "main", "also"),
    [
        ([(MACHINE, found(P, P))], Mark.MET, set()),
        ([(MACHINE, found(P, F))], Mark.PARTLY_MET, set()),
        ([(MACHINE, found(F, F))], Mark.NOT_MET, set()),
        ([(CRITICAL, found(P, F))], Mark.NOT_MET, set()),
        ([(CRITICAL, found(P, P)), (MACHINE, found(F))], Mark.PARTLY_MET, set()),
        ([(MACHINE, found(P)), (MACHINE, found(F))], Mark.PARTLY_MET, set()),
        ([(MACHINE, found(P, U))], Mark.NOT_OBSERVED, set()),
        ([(MACHINE, found(P, E, U))], Mark.ERROR, {Mark.NOT_OBSERVED}),
        ([(MACHINE, found(P, F, U, E))], Mark.PARTLY_MET, {Mark.NOT_OBSERVED, Mark.ERROR}),
        ([(MACHINE, found(F, U))], Mark.NOT_MET, {Mark.NOT_OBSERVED}),
        ([(MACHINE, found(P, X))], Mark.MET, {Mark.EXCEPTED}),
        ([(MACHINE, found(F, X))], Mark.NOT_MET, {Mark.EXCEPTED}),
        ([(CRITICAL, found(P, X))], Mark.MET, {Mark.EXCEPTED}),
        ([(MACHINE, found(X))], Mark.EXCEPTED, set()),
        ([(MACHINE, found(X, U))], Mark.NOT_OBSERVED, {Mark.EXCEPTED}),
        ([(MACHINE, found(N, N))], Mark.NOT_APPLICABLE, set()),
        ([(MACHINE, found(N, P))], Mark.MET, set()),
        ([(MACHINE, found(N, F))], Mark.NOT_MET, set()),
        ([(MACHINE, found(P)), (MACHINE, [])], Mark.NOT_OBSERVED, set()),
        ([(MACHINE, [])], Mark.NOT_OBSERVED, set()),
        ([], Mark.NOT_OBSERVED, set()),
        ([(INSPECTED, found(M, kind="site"))], Mark.INSPECTION_DUE, set()),
        ([(FILED, found(M, kind="site"))], Mark.DOCUMENT_MISSING, set()),
        ([(FILED, [])], Mark.DOCUMENT_MISSING, set()),
        ([(INSPECTED, []), (FILED, [])], Mark.INSPECTION_DUE, {Mark.DOCUMENT_MISSING}),
        ([(FILED, found(P, kind="site"))], Mark.MET, set()),
        ([(SHARED, found(P))], Mark.INSPECTION_DUE, set()),
        ([(SHARED, [*found(P), *found(P, kind="site")])], Mark.MET, set()),
    ],
)
def test_the_rule_of_the_report(pairs, main, also):
    """Each line of the printed rule, and what nobody looked at, gives the mark it says."""
    result = item_result(pairs)

    assert (main, frozenset(also)) == (result.main, result.also)


@given(
    st.lists(
        st.tuples(st.sampled_from([MACHINE, CRITICAL, INSPECTED, FILED, SHARED]), st.lists(st.sampled_from(Verdict), max_size=3))
    )
)
def test_every_input_has_an_answer_and_green_rests_on_something(drawn):
    """The rule is total; met means that something passed, nothing failed and nothing is open."""
    pairs = [(control, found(*verdicts, kind=next(reversed(control.kinds)))) for control, verdicts in drawn]
    verdicts = {finding.verdict for _, findings in pairs for finding in findings}

    result = item_result(pairs)

    if result.main is Mark.MET:
        assert P in verdicts
        assert verdicts <= {P, N, X}
        assert all(findings for _, findings in pairs)
    assert result.main not in result.also
    for mark in OPEN:
        assert bool(result.counts.get(mark)) == (mark in {result.main, *result.also})


def test_the_mark_does_not_depend_on_order():
    """Controls in any order give the same mark."""
    pairs = [(MACHINE, found(P, F)), (CRITICAL, found(P, X)), (FILED, [])]

    assert 1 == len({item_result(order).main for order in itertools.permutations(pairs)})


def test_counts_are_of_findings():
    """Counts show how many findings have each mark."""
    counts = item_result([(MACHINE, found(P, P, F, N)), (MACHINE, [])]).counts

    assert {Mark.MET: 2, Mark.NOT_MET: 1, Mark.NOT_APPLICABLE: 1, Mark.NOT_OBSERVED: 1} == {k: v for k, v in counts.items() if v}
