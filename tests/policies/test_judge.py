# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import date

import pytest

from policies.exception import Grant
from policies.judge import EVIDENCE_LIMIT, judge
from policies.records import Finding, Observation, Outcome
from policies.resolve import Resolved
from policies.text import Text
from policies.verdict import Verdict


def resolved(*, manual: bool = False) -> Resolved:
    text = Text("x", "x")
    return Resolved("c", "site", None, "SELECT 1 AS ok", (), text, text, {"p": ["a"]}, manual)


def observation(*oks, outcome: Outcome = Outcome.ROWS, columns=("n", "ok"), reason: str = "", control: str = "c") -> Observation:
    rows = tuple({"n": index, "ok": ok} for index, ok in enumerate(oks))
    return Observation(control, "s", "site", outcome, "2026-11-22T00:00:00Z", "local/x", columns, rows, reason)


def grant(**parameters) -> Grant:
    day = date(2026, 1, 1)
    return Grant("EX-1", "c", ("s",), None, "r", "a", "k", "b", day, day, parameters, "x.yml:2")


@pytest.mark.parametrize(
    ("oks", "manual", "expected"),
    [
        ((1, 1), False, Verdict.PASS),
        ((1, 0), False, Verdict.FAIL),
        ((None, 0), False, Verdict.FAIL),
        ((1, None), False, Verdict.UNKNOWN),
        ((), False, Verdict.UNKNOWN),
        ((), True, Verdict.MANUAL_DUE),
        ((None,), True, Verdict.MANUAL_DUE),
        ((1,), True, Verdict.PASS),
        ((0,), True, Verdict.FAIL),
        ((2,), False, Verdict.ERROR),
    ],
)
def test_rows_become_a_verdict(oks, manual, expected):
    """The answer convention decides; what people owe is due, not unknown; a broken answer is an error."""
    finding = judge(resolved(manual=manual), {}, observation(*oks))

    assert (expected, expected, "") == (finding.verdict, finding.actual, finding.exception)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(Outcome.INAPPLICABLE, Verdict.NOT_APPLICABLE), (Outcome.UNOBSERVED, Verdict.UNKNOWN), (Outcome.ERROR, Verdict.ERROR)],
)
@pytest.mark.parametrize("manual", [True, False])
def test_what_gave_no_rows_keeps_its_reason(outcome, expected, manual):
    """Inapplicable, unobserved and failed queries are told apart, for people's controls too, and say why."""
    finding = judge(resolved(manual=manual), {}, observation(outcome=outcome, reason="because"))

    assert (expected, "because") == (finding.verdict, finding.reason)


def test_a_live_exception_turns_only_a_fail():
    """Fail becomes excepted with its real state kept; every other verdict is left as it is."""
    excepted = judge(resolved(), {}, observation(0), grant())

    assert (Verdict.EXCEPTED, Verdict.FAIL, "EX-1") == (excepted.verdict, excepted.actual, excepted.exception)
    others = [observation(1), observation(), observation(2), observation(outcome=Outcome.INAPPLICABLE)]
    for one in others:
        assert judge(resolved(), {}, one) == judge(resolved(), {}, one, grant())


def test_an_exception_with_values_excuses_no_further_failure():
    """Who fails even the granted value fails."""
    assert Verdict.FAIL is judge(resolved(), {}, observation(0), grant(p=["a"])).verdict


def test_evidence_shows_the_worst_first_and_says_how_much_there_was():
    """Rows that are not ok come first, then those that cannot say; at most the limit, with the full count."""
    finding = judge(resolved(), {}, observation(1, None, 0, *[1] * 200))

    assert EVIDENCE_LIMIT == len(finding.evidence)
    assert [2, 1, 0, 3] == [row["n"] for row in finding.evidence[:4]]
    assert 203 == finding.evidence_total


def test_a_text_from_osquery_is_judged_alike():
    """Osquery's text forms of 0, 1 and NULL are ranked as the numbers are."""
    finding = judge(resolved(), {}, observation("1", "", "0"))

    assert (Verdict.FAIL, [2, 1, 0]) == (finding.verdict, [row["n"] for row in finding.evidence])


def test_unknown_says_why():
    """A finding that could not be decided says whether rows were missing or silent."""
    assert "the query gave no row" == judge(resolved(), {}, observation()).reason
    assert "1 of 2 rows could not say" == judge(resolved(), {}, observation(1, None)).reason
    assert "no record" == judge(resolved(manual=True), {}, observation()).reason


def test_rows_of_another_control_are_refused():
    """A finding never rests on another control's rows."""
    with pytest.raises(ValueError, match="c on site cannot be judged by rows of d on site"):
        judge(resolved(), {}, observation(1, control="d"))


def test_a_finding_survives_json():
    """What was judged goes to JSON and back, parameters and provenance included."""
    finding = judge(resolved(), {"p": {"origin": "default"}}, observation(1, 0))

    assert finding == Finding.from_json(finding.to_json())
