# SPDX-License-Identifier: Apache-2.0
"""Write the checklist report from the ledger, and remember that it was written."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from menshen import __version__, clock, console
from menshen.audit import COLLECTOR
from menshen.language import of_environment, say
from menshen.profile import Profile
from menshen.trouble import TroubleError
from policies.rollup import Mark
from reports import content, pdf
from reports.chain import GENESIS
from reports.facts import LedgerFacts, Request, SubjectFacts
from reports.fonts import FontError
from reports.pdf.coverage import MissingGlyphError
from reports.reasons import said
from reports.series import SERIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.text import Language
    from reports.ledger import Ledger
    from reports.report import Report

REPORT = "report"
HEAD_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: where to, which checklist, in which language, as of when (UTC stamp; None: now), with which cover."""

    path: Path
    checklist: str
    language: Language
    as_of: str | None = None
    profile: Profile = field(default_factory=Profile)
    grants: Sequence[Grant] = ()


def write(catalogue: Catalogue, ledger: Ledger, wanted: Wanted) -> Report:
    """Write the PDF, and append to the ledger that it was written, with the mark of each item.

    Raises:
        TroubleError: no such checklist, or the ledger knows nothing yet.
        reports.pdf.ReportError: the file could not be written; there is none then.
    """
    if wanted.checklist not in catalogue.checklists:
        known = ", ".join(catalogue.checklists)
        raise TroubleError(
            say(
                f"no such checklist: {wanted.checklist}; known are {known}",
                f"没有此检查清单：{wanted.checklist}；可用：{known}",
            )
        )
    report = build(catalogue, ledger, wanted)
    save(report, wanted.path)
    remember(ledger, report, wanted, clock.now())
    console.tell(say(f"wrote {wanted.path}", f"已写入 {wanted.path}", wanted.language))
    return report


def save(report: Report, path: Path) -> None:
    """Write the PDF; errors as `write`."""
    try:
        pdf.write(report, path, progress=console.tell)
    except (FontError, MissingGlyphError) as error:
        raise TroubleError(said(str(error), of_environment())) from error


def remember(ledger: Ledger, report: Report, wanted: Wanted, at: str) -> None:
    """Append to the ledger that a report was written at a time (UTC stamp), with the mark of each item."""
    marks = {item.number: str(item.mark) for item in report.items}
    body = {"number": report.number, "checklist": wanted.checklist, "as_of": report_time(wanted), "marks": marks}
    ledger.add(REPORT, at, body)


def report_time(wanted: Wanted) -> str:
    """Give the time a report speaks of."""
    return wanted.as_of or clock.now()


def build(catalogue: Catalogue, ledger: Ledger, wanted: Wanted) -> Report:
    """Build the report as data from what the ledger knows at the time asked for."""
    as_of = report_time(wanted)
    facts = _ledger_facts(ledger, as_of)
    runs = list(ledger.runs(as_of=as_of))
    if not runs:
        raise TroubleError(
            say(
                "the ledger knows of no audit up to then: run `menshen audit` first",
                "台账在该时刻之前没有检查记录：请先运行 menshen audit",
            )
        )
    request = Request(
        checklist=wanted.checklist,
        agency=wanted.profile.agency,
        site=wanted.profile.site,
        bank=wanted.profile.bank,
        classification=wanted.profile.classification,
        report_number=f"MS-{as_of[:10].replace('-', '')}-{facts.head[:HEAD_DIGITS].upper()}",
        as_of=as_of,
        lang=wanted.language,
        offset=clock.offset(as_of),
        demonstration=any(entry.body["demonstration"] for entry in runs),
    )
    return content.build(
        catalogue,
        request,
        ledger.standings(as_of=wanted.as_of),
        [_subject(one) for one in ledger.subjects(as_of=as_of).values()],
        wanted.grants,
        facts,
        previous=_previous(ledger, as_of, wanted.checklist),
        series=_series(ledger, as_of),
        versions={
            "menshen": __version__,
            "collector": COLLECTOR,
            "catalogue": catalogue.digest,
            "python": platform.python_version(),
        },
    )


def _ledger_facts(ledger: Ledger, as_of: str) -> LedgerFacts:
    entries = runs = 0
    head, first, last = GENESIS, "", ""
    for entry in ledger.chain.entries(until=as_of):
        entries += 1
        head = entry.hash
        if entry.kind == "run":
            runs += 1
            first, last = first or entry.at, entry.at
    return LedgerFacts(head, entries, runs, first or as_of, last or as_of)


def _subject(facts: Mapping[str, Any]) -> SubjectFacts:
    return SubjectFacts(
        name=facts["name"],
        kind=facts["kind"],
        site=facts.get("site", ""),
        groups=tuple(facts.get("groups", ())),
        os=facts.get("os", ""),
        model=facts.get("model", ""),
        last_observed=facts["last_observed"],
    )


def _series(ledger: Ledger, as_of: str) -> Mapping[str, Any] | None:
    """Give the newest series of the server room up to a time."""
    return next((entry.body for entry in ledger.chain.newest(until=as_of, kind=SERIES)), None)


def _previous(ledger: Ledger, as_of: str, checklist: str) -> dict[str, Mark] | None:
    """Give the marks of the newest report of this checklist written up to a time."""
    found = None
    for entry in ledger.chain.entries(until=as_of, kind=REPORT):
        if entry.body["checklist"] == checklist:
            found = {number: Mark(mark) for number, mark in entry.body["marks"].items()}
    return found
