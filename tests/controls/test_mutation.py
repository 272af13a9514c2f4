# SPDX-License-Identifier: Apache-2.0
"""No comparison of an `ok` expression is there in vain: turned round or its limit moved, it changes the verdict of some case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from control_cases import cases_of, known, rules, run
from sql_mutants import mutants


def survivors(control, kind):
    """Give the mutated `ok` expressions of a rule that no case notices."""
    original = known().controls[control]
    rule = original.kinds[kind]
    cases = cases_of(control, kind)
    alive = []
    for mutant in mutants(rule.observe):
        changed = replace(original, kinds={kind: replace(rule, observe=mutant.sql)})
        if all(case.verdict == run(case, changed).verdict for case in cases):
            alive.append(mutant.shown)
    return alive


@pytest.mark.parametrize(("control", "kind"), rules())
def test_some_case_notices_each_changed_comparison(control, kind):
    """Each mutant of each `ok` expression gives some case another verdict than its file is named by."""
    assert [] == survivors(control, kind)


def test_mutants_are_made_of_each_comparison():
    """Each comparison is turned round, each limit let in or left out; what stands outside `ok` is left alone."""
    sql = """WITH x AS (SELECT 1 WHERE 2 = 2)
    SELECT a <> 1 AS b, c >= 3 AND d NOT IN (4) AS ok FROM x WHERE e = 5
    UNION ALL SELECT 6, f IS NULL AND (SELECT max(g = 7) FROM y)"""
    assert [
        "c < 3 AND d NOT IN (4)",
        "c > 3 AND d NOT IN (4)",
        "c >= 3 AND d IN (4)",
        "f IS NOT NULL AND (SELECT max(g = 7) FROM y)",
        "f IS NULL AND (SELECT max(g <> 7) FROM y)",
    ] == [mutant.shown for mutant in mutants(sql)]


def test_limits_of_between_are_moved_both_ways():
    """BETWEEN is negated, and each of its two limits moved by one inwards and outwards."""
    assert [
        "x NOT BETWEEN 1 AND $y * 2",
        "x BETWEEN 1 + 1 AND $y * 2",
        "x BETWEEN -1 + 1 AND $y * 2",
        "x BETWEEN 1 AND 1 + $y * 2",
        "x BETWEEN 1 AND -1 + $y * 2",
    ] == [mutant.expression for mutant in mutants("SELECT x BETWEEN 1 AND $y * 2 AS ok FROM t")]
