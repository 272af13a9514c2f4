# SPDX-License-Identifier: Apache-2.0
"""Answer the bank's items: mark, one sentence, and the numbers its list skips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from policies import rollup
from policies.rollup import OPEN, Mark
from policies.verdict import Verdict
from reports.models import by_model
from reports.report import Change, ItemResult, SectionResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.catalogue import Catalogue
    from policies.checklist import Checklist, Item, Section
    from policies.control import Control
    from policies.records import Finding
    from reports.words import Say

# The order in which marks are named and drawn: settled ones from best to worst, then what is open from the gravest on.
ORDER: tuple[Mark, ...] = (Mark.MET, Mark.PARTLY_MET, Mark.NOT_MET, *OPEN, Mark.EXCEPTED, Mark.NOT_APPLICABLE)
_GRAVITY: Mapping[Mark, int] = {Mark.PARTLY_MET: 1, Mark.NOT_MET: 2}


def sections(
    catalogue: Catalogue,
    checklist: Checklist,
    findings: Mapping[str, Sequence[Finding]],
    say: Say,
    models: Mapping[str, str] | None = None,
) -> tuple[SectionResult, ...]:
    """Answer each section of the checklist; `findings` are by control id, `models` the inventory's models by subject."""
    return tuple(
        SectionResult(
            number=section.number,
            title=section.title.in_language(say.lang),
            items=tuple(_item(item, catalogue.controls_for_item(item), findings, say, models or {}) for item in section.items),
            gaps=_gaps(section),
        )
        for section in checklist.sections
    )


def changes(items: Iterable[ItemResult], previous: Mapping[str, Mark]) -> tuple[Change, ...]:
    """Compare with the marks of the last report, item by item."""
    pairs = ((item, previous.get(item.number)) for item in items)
    return tuple(
        Change(item.number, before, item.mark, _direction(before, item.mark)) for item, before in pairs if before is not item.mark
    )


def _direction(before: Mark | None, after: Mark) -> Literal["new", "better", "worse", "open"]:
    if before is None:
        return "new"
    if after in OPEN:
        return "open"
    now = _GRAVITY.get(after, 0)
    if before in OPEN:
        return "worse" if now else "better"
    return "worse" if now > _GRAVITY.get(before, 0) else "better"


def _item(
    item: Item, controls: Sequence[Control], findings: Mapping[str, Sequence[Finding]], say: Say, models: Mapping[str, str]
) -> ItemResult:
    pairs = [(control, findings.get(control.id, ())) for control in controls]
    result = rollup.item_result(pairs)
    return ItemResult(
        number=item.number,
        title=item.title.in_language(say.lang),
        supply=item.supply.in_language(say.lang),
        clauses=item.requirements,
        mark=result.main,
        also=tuple(mark for mark in ORDER if mark in result.also and mark is not result.main),
        remark=_remark(pairs, say),
        controls=tuple(control.id for control in controls),
        models=by_model(pairs, models, say),
    )


def _remark(pairs: Sequence[tuple[Control, Sequence[Finding]]], say: Say) -> str:
    """Say in one sentence what made the mark: failures first, then what is open."""
    if not pairs:
        return say("remark.nothing")
    every = [finding for _, findings in pairs for finding in findings]
    failing = [finding for finding in every if finding.verdict is Verdict.FAIL]
    papers = sum(control.document is not None and _open(control, findings) for control, findings in pairs)
    looks = sum(control.inspect is not None and _open(control, findings) for control, findings in pairs)
    never = sum(not findings for control, findings in pairs if not (control.document or control.inspect))
    parts = []
    if failing:
        subjects = len({finding.subject for finding in failing})
        parts.append(say("remark.failing", controls=len({finding.control for finding in failing}), subjects=subjects))
    unknown = never + sum(finding.verdict is Verdict.UNKNOWN for finding in every)
    excepted = len({finding.subject for finding in every if finding.verdict is Verdict.EXCEPTED})
    errors = sum(finding.verdict is Verdict.ERROR for finding in every)
    for key, count in (
        ("error", errors),
        ("unknown", unknown),
        ("inspection", looks),
        ("document", papers),
        ("excepted", excepted),
    ):
        if count:
            parts.append(say(f"remark.{key}", n=count))
    passed = sum(finding.verdict is Verdict.PASS for finding in every)
    if not parts:
        return say("remark.met", n=passed) if passed else say("remark.inapplicable")
    return say("list.semicolon").join(parts)


def _open(control: Control, findings: Sequence[Finding]) -> bool:
    """Tell whether people still owe an answer: nothing on record, or too old."""
    mine = [finding for finding in findings if control.is_manual(finding.kind)]
    return not mine or any(finding.verdict in {Verdict.MANUAL_DUE, Verdict.UNKNOWN} for finding in mine)


def _gaps(section: Section) -> tuple[str, ...]:
    """Find numbers that are missing between the first and the last of a section, such as 5.4 between 5.3 and 5.5."""
    present = [int(item.number.rpartition(".")[2]) for item in section.items]
    return tuple(f"{section.number}.{number}" for number in range(1, max(present) + 1) if number not in present)
