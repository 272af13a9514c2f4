# SPDX-License-Identifier: Apache-2.0
"""A report as plain data, in one language, ready for any format; times are local texts such as `2026-11-22 06:40`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.rollup import Mark
    from policies.verdict import Verdict
    from reports.facts import LedgerFacts
    from reports.series import Chart


class Seen(str):
    """Text from a device or a site's own files: it may hold any character, and none of them may stop a report."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One set of values a control was judged against: the values, where they come from, on how many subjects."""

    text: str
    origin: str
    subjects: int


@dataclass(frozen=True, slots=True)
class Failure:
    """One subject that fails a control; `since` and `last_good` are local times or "" where not known."""

    subject: Seen
    expected: str
    actual: Seen
    since: str
    last_good: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nothing could be said, on how many subjects."""

    verdict: Verdict
    text: Seen
    subjects: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection on record, or none (`at` is ""); `next_at` is the date of the next at the latest."""

    subject: Seen
    at: str
    next_at: str
    result: Seen
    inspector: Seen
    note: Seen
    digest: Seen


@dataclass(frozen=True, slots=True)
class Paper:
    """One document on file."""

    name: Seen
    version: Seen
    owner: Seen
    approved: str
    valid_until: str
    digest: Seen


@dataclass(frozen=True, slots=True)
class ControlResult:
    """One control over all its subjects; `look_at` and `provide` are "" unless people or paper answer it."""

    id: str
    title: str
    severity: str
    remedy: str
    look_at: str
    provide: str
    every_days: int
    mark: Mark
    counts: Mapping[Verdict, int]
    values: tuple[Value, ...]
    sources: tuple[Seen, ...]
    first: str
    last: str
    failures: tuple[Failure, ...]
    reasons: tuple[Reason, ...]
    inspections: tuple[Inspection, ...]
    papers: tuple[Paper, ...]

    @property
    def since(self) -> str:
        """Give the earliest time one of its subjects began to fail, or ""."""
        return min((failure.since for failure in self.failures if failure.since), default="")


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One control on one model of machine: `met` of `total`, by which grades of evidence, which are `missing` and why."""

    control: str
    model: Seen
    met: int
    total: int
    grades: str
    missing: Seen


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item of the bank's list; `controls` are ids into `Report.controls`, `remark` is one sentence."""

    number: str
    title: str
    supply: str
    clauses: tuple[str, ...]
    mark: Mark
    also: tuple[Mark, ...]
    remark: str
    controls: tuple[str, ...]
    models: tuple[ModelRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One section of the list; `gaps` are numbers the bank's list skips."""

    number: str
    title: str
    items: tuple[ItemResult, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """An item whose mark differs from the last report; `before` is None where it is new.

    `open` means that nothing can be said any more, or still: never good news, whatever stood there before.
    """

    number: str
    before: Mark | None
    after: Mark
    direction: Literal["new", "better", "worse", "open"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the inventory was seen; `hours` lie between the stalest subject's observation and the report."""

    total: int
    seen: int
    unseen: tuple[Seen, ...]
    stalest: Seen
    stalest_at: str
    hours: int


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception of the register; `state` is valid, expired or future."""

    id: Seen
    control: str
    scope: Seen
    device: Seen
    reason: Seen
    approver: Seen
    compensating: Seen
    filing: Seen
    from_date: str
    until: str
    state: Literal["valid", "expired", "future"]


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One subject with its counts."""

    name: Seen
    place: Seen
    system: Seen
    last: str
    passed: int
    failed: int
    open: int


@dataclass(frozen=True, slots=True)
class SubjectGroup:
    """The subjects of one kind."""

    kind: str
    rows: tuple[SubjectRow, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One way of looking: the connection and collector, what it looked at and how often."""

    name: Seen
    kinds: tuple[str, ...]
    subjects: int
    checks: int


@dataclass(frozen=True, slots=True)
class Report:
    """All a report says."""

    lang: Literal["zh", "en"]
    title: str
    agency: str
    site: str
    bank: str
    classification: str
    number: str
    as_of: str
    offset: str
    first: str
    last: str
    demonstration: bool
    sections: tuple[SectionResult, ...]
    controls: Mapping[str, ControlResult]
    changes: tuple[Change, ...] | None
    worst: tuple[str, ...]
    coverage: Coverage
    exceptions: tuple[ExceptionRow, ...]
    subjects: tuple[SubjectGroup, ...]
    sources: tuple[Source, ...]
    ledger: LedgerFacts
    versions: tuple[tuple[str, str], ...]
    charts: Mapping[str, tuple[Chart, ...]] = field(default_factory=dict)

    @property
    def items(self) -> tuple[ItemResult, ...]:
        """Give all items in the bank's order."""
        return tuple(item for section in self.sections for item in section.items)
