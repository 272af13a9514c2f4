# SPDX-License-Identifier: Apache-2.0
"""Build a report as plain data: a pure function of the catalogue, the findings and the ledger's facts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from policies.schema import KINDS
from policies.verdict import Verdict
from reports import items, wording
from reports.clock import Clock
from reports.controls import Teller, control_result
from reports.facts import LedgerFacts, Request, Standing, SubjectFacts
from reports.report import Coverage, ExceptionRow, Report, Seen, Source, SubjectGroup, SubjectRow
from reports.series import charts
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.records import Finding
    from policies.rollup import Mark
    from reports.report import ControlResult

__all__ = ["LedgerFacts", "Report", "Request", "Standing", "SubjectFacts", "build"]

WORST = 10
_SEVERITIES = ("critical", "high", "medium", "low")
_OPEN = frozenset({Verdict.UNKNOWN, Verdict.ERROR, Verdict.MANUAL_DUE})


def build(  # noqa: PLR0913 - the inputs of a report are these; all are plain data
    catalogue: Catalogue,
    request: Request,
    standings: Iterable[Standing],
    subjects: Sequence[SubjectFacts],
    grants: Sequence[Grant],
    ledger: LedgerFacts,
    *,
    previous: Mapping[str, Mark] | None = None,
    versions: Mapping[str, str] | None = None,
    series: Mapping[str, Any] | None = None,
) -> Report:
    """Build the report.

    `series` is the body of the ledger's newest series entry.
    `previous` maps item numbers to the marks of the last report, None where this is the first. `versions` names what
    made the report (program, catalogue digest, collectors) and is printed as it stands.

    Raises:
        KeyError: `request.checklist` is no checklist of the catalogue.
    """
    teller = Teller(Say(request.lang), Clock(request.offset))
    by_control: defaultdict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        by_control[standing.finding.control].append(standing)
    findings = {control: [standing.finding for standing in group] for control, group in by_control.items()}
    checklist = catalogue.checklists[request.checklist]
    models = {subject.name: subject.model for subject in subjects}
    sections = items.sections(catalogue, checklist, findings, teller.say, models)
    asked = dict.fromkeys(control for section in sections for item in section.items for control in item.controls)
    controls = {name: control_result(catalogue.controls[name], by_control.get(name, []), teller) for name in asked}
    times = sorted(finding.checked_at for group in findings.values() for finding in group)
    return Report(
        lang=request.lang,
        title=checklist.title.in_language(request.lang),
        agency=request.agency,
        site=request.site,
        bank=request.bank,
        classification=teller.say(f"class.{request.classification}"),
        number=request.report_number,
        as_of=teller.clock.short(request.as_of),
        offset=teller.clock.name,
        first=teller.clock.short(times[0]) if times else "",
        last=teller.clock.short(times[-1]) if times else "",
        demonstration=request.demonstration,
        sections=sections,
        controls=controls,
        changes=None if previous is None else items.changes((i for s in sections for i in s.items), previous),
        worst=_worst(controls),
        coverage=_coverage(subjects, request, teller.clock),
        exceptions=tuple(_exception(grant, request, teller.clock) for grant in sorted(grants, key=lambda grant: grant.id)),
        subjects=_subjects(subjects, findings, teller),
        sources=_sources(findings, teller),
        ledger=ledger,
        versions=tuple((versions or {}).items()),
        charts=charts(series, [one for group in by_control.values() for one in group], teller.clock, teller.say),
    )


def _worst(controls: Mapping[str, ControlResult]) -> tuple[str, ...]:
    """Choose the ten controls to look at first: by severity, then by how many subjects fail."""
    failing = [control for control in controls.values() if control.failures]
    failing.sort(key=lambda control: (_SEVERITIES.index(control.severity), -len(control.failures), control.id))
    return tuple(control.id for control in failing[:WORST])


def _coverage(subjects: Sequence[SubjectFacts], request: Request, clock: Clock) -> Coverage:
    seen = [subject for subject in subjects if subject.last_observed]
    stalest = min(seen, key=lambda subject: (subject.last_observed or "", subject.name), default=None)
    at = stalest.last_observed if stalest else None
    hours = (clock.moment(request.as_of) - clock.moment(at)).total_seconds() / 3600 if at else 0
    return Coverage(
        total=len(subjects),
        seen=len(seen),
        unseen=tuple(Seen(subject.name) for subject in subjects if not subject.last_observed),
        stalest=Seen(stalest.name if stalest else ""),
        stalest_at=clock.short(at),
        hours=int(hours),
    )


def _exception(grant: Grant, request: Request, clock: Clock) -> ExceptionRow:
    today = clock.moment(request.as_of).date()
    return ExceptionRow(
        id=Seen(grant.id),
        control=grant.control,
        scope=Seen(", ".join(grant.subjects)),
        device=Seen(_device(grant)),
        reason=Seen(grant.reason),
        approver=Seen(grant.approver),
        compensating=Seen(grant.compensating_control),
        filing=Seen(grant.bank_filing),
        from_date=str(grant.from_date),
        until=str(grant.until),
        state="future" if today < grant.from_date else "expired" if today > grant.until else "valid",
    )


def _device(grant: Grant) -> str:
    device = grant.device
    return " ".join(filter(None, (device.vendor, device.product, device.serial))) if device else ""


def _subjects(
    subjects: Sequence[SubjectFacts], findings: Mapping[str, Sequence[Finding]], teller: Teller
) -> tuple[SubjectGroup, ...]:
    counts: defaultdict[str, defaultdict[Verdict, int]] = defaultdict(lambda: defaultdict(int))
    for group in findings.values():
        for finding in group:
            counts[finding.subject][finding.verdict] += 1
    kinds: defaultdict[str, list[SubjectRow]] = defaultdict(list)
    for subject in sorted(subjects, key=lambda subject: (subject.site, subject.name)):
        mine = counts[subject.name]
        kinds[subject.kind].append(
            SubjectRow(
                name=Seen(subject.name),
                place=Seen(teller.say("list.semicolon").join(filter(None, (subject.site, teller.say.join(list(subject.groups)))))),
                system=Seen(teller.say("list.semicolon").join(filter(None, (subject.os, subject.model)))),
                last=teller.clock.short(subject.last_observed),
                passed=mine[Verdict.PASS],
                failed=mine[Verdict.FAIL],
                open=sum(mine[verdict] for verdict in _OPEN),
            )
        )
    return tuple(SubjectGroup(kind, tuple(kinds[kind])) for kind in KINDS if kind in kinds)


def _sources(findings: Mapping[str, Sequence[Finding]], teller: Teller) -> tuple[Source, ...]:
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for group in findings.values():
        for finding in group:
            found[finding.source].append(finding)
    return tuple(
        Source(
            name=wording.source(name, teller.say),
            kinds=tuple(sorted({teller.say(f"kind.{finding.kind}") for finding in group})),
            subjects=len({finding.subject for finding in group}),
            checks=len(group),
        )
        for name, group in sorted(found.items())
    )
