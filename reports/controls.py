# SPDX-License-Identifier: Apache-2.0
"""Put together what is known of one control over all its subjects."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from policies import rollup
from policies.manual import EVERY_DAYS
from policies.records import canonical
from policies.verdict import Verdict
from reports import reasons, wording
from reports.report import ControlResult, Failure, Inspection, Paper, Reason, Seen, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.control import Control
    from policies.records import Finding
    from policies.verdict import Cell
    from reports.clock import Clock
    from reports.facts import Standing
    from reports.words import Say

_UNSETTLED = frozenset({Verdict.UNKNOWN, Verdict.ERROR})


@dataclass(frozen=True, slots=True)
class Teller:
    """The language and the clock a report is told in."""

    say: Say
    clock: Clock


def control_result(control: Control, standings: Sequence[Standing], teller: Teller) -> ControlResult:
    """Tell of one control: values and their origin, counts, failures, reasons, people's records."""
    findings = [standing.finding for standing in standings]
    say, sets = teller.say, _value_sets(findings)
    common: Mapping[str, object] = sets[0][0].parameters if sets else {}
    times = sorted(finding.checked_at for finding in findings)
    manual = control.inspect or control.document
    return ControlResult(
        id=control.id,
        title=wording.filled(control.title, control, common, say),
        severity=str(control.severity),
        remedy=wording.filled(control.remedy, control, common, say),
        look_at=wording.filled(control.inspect.look_at, control, common, say) if control.inspect else "",
        provide=wording.filled(control.document.provide, control, common, say) if control.document else "",
        every_days=_days(control, findings) if manual else 0,
        mark=rollup.item_result([(control, findings)]).main,
        counts=dict(Counter(finding.verdict for finding in findings)),
        values=tuple(_value(control, finding, count, say) for finding, count in sets),
        sources=tuple(wording.source(name, say) for name in sorted({finding.source for finding in findings})),
        first=teller.clock.short(times[0]) if times else "",
        last=teller.clock.short(times[-1]) if times else "",
        failures=tuple(_failure(control, standing, teller) for standing in _failing(standings)),
        reasons=_reasons(findings, say),
        inspections=_inspections(control, findings, teller) if control.inspect else (),
        papers=_papers(control, findings, teller) if control.document else (),
    )


def _value_sets(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """Group findings by the values they were judged against, the most frequent first; one finding stands for each group."""
    groups: dict[str, list[Finding]] = {}
    texts: dict[tuple[int, int], str] = {}
    for finding in findings:
        # Findings of one baseline usually share their mappings: the text is then made once.
        same = (id(finding.parameters), id(finding.provenance))
        if same not in texts:
            texts[same] = canonical([dict(finding.parameters), dict(finding.provenance)])
        groups.setdefault(texts[same], []).append(finding)
    return sorted(((group[0], len(group)) for group in groups.values()), key=lambda pair: (-pair[1], pair[0].subject))


def _value(control: Control, finding: Finding, count: int, say: Say) -> Value:
    return Value(
        text=wording.values(control, finding.parameters, say),
        origin=wording.origin(control, finding.provenance, say),
        subjects=count,
    )


def _failing(standings: Sequence[Standing]) -> list[Standing]:
    failing = (standing for standing in standings if standing.finding.verdict is Verdict.FAIL)
    return sorted(failing, key=lambda standing: (standing.first_failed or "~", standing.finding.subject))


def _failure(control: Control, standing: Standing, teller: Teller) -> Failure:
    finding = standing.finding
    return Failure(
        subject=Seen(finding.subject),
        expected=wording.values(control, finding.parameters, teller.say),
        actual=wording.evidence(finding.evidence, finding.evidence_total, teller.say),
        since=teller.clock.short(standing.first_failed),
        last_good=teller.clock.short(standing.last_good),
    )


def _reasons(findings: Sequence[Finding], say: Say) -> tuple[Reason, ...]:
    counts = Counter((finding.verdict, finding.reason) for finding in findings if finding.verdict in _UNSETTLED)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Reason(verdict, Seen(reasons.said(text, say.lang)), count) for (verdict, text), count in ordered)


def _days(control: Control, findings: Sequence[Finding]) -> int:
    manual = control.inspect or control.document
    default = manual.every_days if manual else 0
    chosen = (finding.parameters.get(EVERY_DAYS) for finding in findings)
    return min((days for days in chosen if isinstance(days, int)), default=default)


def _records(control: Control, findings: Sequence[Finding]) -> list[tuple[Finding, Mapping[str, Cell]]]:
    return [(finding, row) for finding in findings if control.is_manual(finding.kind) for row in finding.evidence]


def _inspections(control: Control, findings: Sequence[Finding], teller: Teller) -> tuple[Inspection, ...]:
    rows = []
    for finding, row in _records(control, findings):
        at = teller.clock.day(row.get("when"))
        due = at + timedelta(days=_days(control, [finding])) if at else None
        rows.append(
            Inspection(
                subject=Seen(finding.subject),
                at=str(at or ""),
                next_at=str(due or ""),
                result=_result(row, teller.say),
                inspector=_seen(row, "who"),
                note=_seen(row, "note"),
                digest=_seen(row, "sha256"),
            )
        )
    return tuple(rows)


def _papers(control: Control, findings: Sequence[Finding], teller: Teller) -> tuple[Paper, ...]:
    return tuple(
        Paper(
            name=_seen(row, "name"),
            version=_seen(row, "version"),
            owner=_seen(row, "who"),
            approved=str(teller.clock.day(row.get("when")) or ""),
            valid_until=str(teller.clock.day(row.get("valid_until")) or ""),
            digest=_seen(row, "sha256"),
        )
        for _, row in _records(control, findings)
    )


def _result(row: Mapping[str, Cell], say: Say) -> Seen:
    """Give the inspector's result in the report's language; what is no verdict stands as it was written."""
    written = _seen(row, "result")
    return Seen(say(f"verdict.{written}")) if str(written) in {str(verdict) for verdict in Verdict} else written


def _seen(row: Mapping[str, Cell], name: str) -> Seen:
    cell = row.get(name)
    return Seen("" if cell is None else cell)
