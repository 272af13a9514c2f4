# SPDX-License-Identifier: Apache-2.0
"""Firmware controls per model: how many, by which evidence, which not and why."""

from __future__ import annotations

import pytest

from policies.catalogue import load
from policies.records import Finding
from policies.verdict import Verdict
from reports.models import by_model
from reports.words import Say

CONTROL = load().controls["bios_admin_password"]


def finding(subject, verdict, *rows, reason=""):
    return Finding(CONTROL.id, subject, "windows", verdict, rows, len(rows), {}, {}, "2026-11-25T00:00:00Z", "x", reason, verdict)


T14 = "ThinkPad T14"
FINDINGS = [
    finding("pc-1", Verdict.PASS, {"model": T14, "state": "set", "ok": 1}),
    finding("pc-2", Verdict.PASS, {"model": T14, "state": "set", "ok": 1}),
    finding("pc-3", Verdict.PASS, {"model": T14, "state": "by_hand", "ok": 1}),
    finding("pc-4", Verdict.FAIL, {"model": T14, "state": "not_set", "ok": 0}),
    finding("pc-5", Verdict.UNKNOWN, reason="no way in"),
    finding("pc-6", Verdict.PASS, {"model": "OptiPlex", "state": "certificate", "ok": 1}),
    finding("pc-7", Verdict.NOT_APPLICABLE),
]


@pytest.mark.parametrize(
    ("language", "grades", "missing"),
    [
        ("en", "set 2; by hand (photo) 1", "pc-4 (not set); pc-5 (no way in)"),
        ("zh", "已设置 2；人工检查（照片） 1", "pc-4 (未设置)；"),
    ],
)
def test_each_model_has_its_count_grades_and_reasons(language, grades, missing):
    """A machine that said nothing is counted under the inventory's model; what does not apply is not counted."""
    rows = {row.model: row for row in by_model([(CONTROL, FINDINGS)], {"pc-5": T14}, Say(language))}

    assert (3, 5, grades) == (rows[T14].met, rows[T14].total, rows[T14].grades)
    assert rows[T14].missing.startswith(missing)
    assert (1, 1, "") == (rows["OptiPlex"].met, rows["OptiPlex"].total, rows["OptiPlex"].missing)


def test_controls_that_know_no_models_have_no_rows():
    """Only what the evidence says of models is told by model."""
    assert () == by_model([(CONTROL, [finding("pc-1", Verdict.PASS, {"state": "set", "ok": 1})])], {}, Say("en"))


def test_many_machines_are_named_up_to_a_dozen():
    """Nothing is cut without saying so."""
    many = [finding(f"pc-{number:02}", Verdict.FAIL, {"model": T14, "state": "not_set", "ok": 0}) for number in range(20)]
    (row,) = by_model([(CONTROL, many)], {}, Say("en"))

    assert row.missing.endswith("8 more")
