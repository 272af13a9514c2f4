# SPDX-License-Identifier: Apache-2.0
"""From many findings to the one mark of a checklist item; the rule is printed in every report.

1. Something open (an error, something not observed, an inspection due, a document missing) is always said beside the
   mark, and an item with anything open is never met.
2. A critical control that fails anywhere, or nothing but failures among what could be judged: not met.
3. Some failures: partly met.
4. No failure but something open: the gravest of what is open is the mark.
5. No failure, nothing open: met if anything passed; else excepted if anything is; else not applicable.
Excepted counts neither as pass nor as fail and is said beside the mark. What nobody looked at is open: a control
without a finding, the people's half of a control without one, an item without a control.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from policies.control import Severity
from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policies.control import Control
    from policies.records import Finding


class Mark(StrEnum):
    """What a report says of an item, a control or a finding."""

    MET = "met"
    PARTLY_MET = "partly_met"
    NOT_MET = "not_met"
    EXCEPTED = "excepted"
    NOT_OBSERVED = "not_observed"
    INSPECTION_DUE = "inspection_due"
    DOCUMENT_MISSING = "document_missing"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"


# From the gravest on.
OPEN: tuple[Mark, ...] = (Mark.ERROR, Mark.NOT_OBSERVED, Mark.INSPECTION_DUE, Mark.DOCUMENT_MISSING)

_MARKS: Mapping[Verdict, Mark] = {
    Verdict.PASS: Mark.MET,
    Verdict.FAIL: Mark.NOT_MET,
    Verdict.UNKNOWN: Mark.NOT_OBSERVED,
    Verdict.NOT_APPLICABLE: Mark.NOT_APPLICABLE,
    Verdict.ERROR: Mark.ERROR,
    Verdict.EXCEPTED: Mark.EXCEPTED,
}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """The mark of an item, what must be said beside it, and how many findings have each mark (never looked at included)."""

    main: Mark
    also: frozenset[Mark] = frozenset()
    counts: Mapping[Mark, int] = field(default_factory=dict)


def mark_of(control: Control, verdict: Verdict) -> Mark:
    """Give the mark of one finding of `control`; people's work that is due is a document or an inspection."""
    return _owed(control) if verdict is Verdict.MANUAL_DUE else _MARKS[verdict]


def item_result(controls: Iterable[tuple[Control, Sequence[Finding]]]) -> ItemResult:
    """Roll up the controls behind an item, each with its findings; every input has an answer."""
    pairs = list(controls)
    counts = Counter(mark for control, findings in pairs for mark in _marks(control, findings))
    if not pairs:
        counts[Mark.NOT_OBSERVED] += 1
    critical = any(
        control.severity is Severity.CRITICAL and any(finding.verdict is Verdict.FAIL for finding in findings)
        for control, findings in pairs
    )
    main = _main(counts, critical=critical)
    beside = frozenset(mark for mark in (*OPEN, Mark.EXCEPTED) if counts[mark]) - {main}
    return ItemResult(main, beside, dict(counts))


def _marks(control: Control, findings: Sequence[Finding]) -> Iterator[Mark]:
    for finding in findings:
        yield mark_of(control, finding.verdict)
    if control.inspect or control.document:
        if not any(control.is_manual(finding.kind) for finding in findings):
            yield _owed(control)
    elif not findings:
        yield Mark.NOT_OBSERVED


def _owed(control: Control) -> Mark:
    return Mark.DOCUMENT_MISSING if control.document else Mark.INSPECTION_DUE


def _main(counts: Mapping[Mark, int], *, critical: bool) -> Mark:
    if critical or (counts[Mark.NOT_MET] and not counts[Mark.MET]):
        return Mark.NOT_MET
    if counts[Mark.NOT_MET]:
        return Mark.PARTLY_MET
    for mark in (*OPEN, Mark.MET, Mark.EXCEPTED):
        if counts[mark]:
            return mark
    return Mark.NOT_APPLICABLE
