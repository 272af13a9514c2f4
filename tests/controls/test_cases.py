# SPDX-License-Identifier: Apache-2.0
"""Every control answers as its recorded cases say, and every rule has cases that show it can tell right from wrong."""

from __future__ import annotations

from collections import Counter

import pytest
from control_cases import VERDICTS, cases, cases_of, rules, run

from policies import schema

NUMBERS = frozenset({"INTEGER", "BIGINT", "UNSIGNED_BIGINT", "DATETIME"})


def fits(value, type_):
    """Tell whether a cell is NULL or of the type its column has."""
    if value is None:
        return True
    if type_ in NUMBERS:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) if type_ == "TEXT" else isinstance(value, int | float)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_case_gets_the_verdict_its_file_is_named_by(case):
    """Through resolve, the engine and the judge, the recorded rows give the verdict that stands in the file name."""
    finding = run(case)
    assert case.verdict == finding.verdict, (finding.reason, finding.evidence)


@pytest.mark.parametrize(("control", "kind"), rules())
def test_a_rule_has_cases_for_right_and_wrong(control, kind):
    """Each rule has at least one case that passes and two that fail."""
    found = Counter(case.verdict for case in cases_of(control, kind))
    assert found["pass"] >= 1
    assert found["fail"] >= 2


def test_every_case_belongs_to_a_rule():
    """No case is left over from a control that was renamed or removed, and none is named by another verdict."""
    own = set(rules())
    assert [] == [str(case) for case in cases() if (case.control, case.kind) not in own or case.verdict not in VERDICTS]


def test_recorded_rows_have_the_types_of_their_columns():
    """A figure is recorded as a figure and text as text, as the real table gives them."""
    wrong = []
    for case in cases():
        for table, rows in case.tables.items():
            types = {column.name: column.type for column in schema.find(table).columns}
            wrong += [
                f"{case} {table}.{name} = {value!r}, not {types[name]}"
                for row in rows
                for name, value in row.items()
                if not fits(value, types[name])
            ]
    assert [] == wrong
