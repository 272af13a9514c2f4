# SPDX-License-Identifier: Apache-2.0
"""Say per model of machine how many meet a firmware control, by which grade of evidence, and which do not and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from policies.verdict import Verdict
from reports.reasons import said
from reports.report import ModelRow, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.control import Control
    from policies.records import Finding
    from reports.words import Say

# What a machine or a person can claim, each a word of reports.words_order.
GRADES: Final = (
    *("set", "certificate", "by_hand", "read", "not_set", "unknown_vendor", "interface_broken", "pending_reboot", "set_not_ours"),
)
NAMED: Final = 12
_ASKED: Final = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.ERROR, Verdict.EXCEPTED})


def by_model(pairs: Iterable[tuple[Control, Sequence[Finding]]], models: Mapping[str, str], say: Say) -> tuple[ModelRow, ...]:
    """Group the findings of each control that looks at models; `models` are the inventory's own, by subject."""
    rows: list[ModelRow] = []
    for control, findings in pairs:
        mine = [finding for finding in findings if finding.verdict in _ASKED]
        if not any(row.get("model") for finding in mine for row in finding.evidence):
            continue
        groups: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in mine:
            groups[_model(finding, models)].append(finding)
        rows += [_row(control, model, groups[model], say) for model in sorted(groups)]
    return tuple(rows)


def _row(control: Control, model: str, findings: Sequence[Finding], say: Say) -> ModelRow:
    met = [finding for finding in findings if finding.verdict is Verdict.PASS]
    grades = Counter(grade(finding) for finding in met)
    left = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    named = [f"{finding.subject} ({_why(finding, say)})" for finding in left[:NAMED]]
    if len(left) > NAMED:
        named.append(say("models.more", n=len(left) - NAMED))
    return ModelRow(
        control=control.id,
        model=Seen(model or say("models.unknown")),
        met=len(met),
        total=len(findings),
        grades=say("list.semicolon").join(
            f"{_word(name, say)} {grades[name]}" for name in (*GRADES, *sorted(set(grades) - set(GRADES))) if grades[name]
        ),
        missing=Seen(say("list.semicolon").join(named)),
    )


def grade(finding: Finding) -> str:
    """Give by what a finding was met: the state it claims, or `read` where settings were read from the machine."""
    return next((str(row["state"]) for row in finding.evidence if row.get("state")), "read")


def _model(finding: Finding, models: Mapping[str, str]) -> str:
    return next((str(row["model"]) for row in finding.evidence if row.get("model")), models.get(finding.subject, ""))


def _why(finding: Finding, say: Say) -> str:
    states = [str(row["state"]) for row in finding.evidence if row.get("state")]
    wrong = [f"{row['setting']}={row['value']}" for row in finding.evidence if row.get("setting") and row.get("ok") in {0, "0"}]
    if states:
        return _word(states[0], say)
    return say.join(wrong[:3]) or said(finding.reason, say.lang) or say(f"verdict.{finding.verdict}")


def _word(state: str, say: Say) -> str:
    return say(f"grade.{state}") if state in GRADES else state
