# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import pytest

from policies import catalogue
from policies.rollup import OPEN, Mark
from policies.verdict import Verdict
from reports import content
from reports.facts import Standing
from reports.reasons import OWN

sys.path.insert(0, str(Path(__file__).parent))
import imagined_site as sample


@pytest.fixture(scope="module")
def policies_():
    """Load the real catalogue."""
    return catalogue.load()


def build(policies_, standings=(), machines=(), **more):
    """Build a report of the imagined site."""
    previous = more.pop("previous", None)
    grants = more.pop("grants", ())
    asked = sample.request(**more)
    return content.build(policies_, asked, standings, list(machines), grants, sample.ledger(), previous=previous)


def item(report, number):
    """Find an item by its number."""
    return next(one for one in report.items if one.number == number)


def passing(policies_, number):
    """Judge every control of an item as passed, people's records included."""
    form = policies_.checklists["retail_credit"]
    wanted = next(one for one in form.items() if one.number == number)
    finding = next(sample.standings(policies_, sample.subjects(3), controls=1)).finding
    for control in policies_.controls_for_item(wanted):
        for kind in control.kinds:
            yield Standing(
                dataclasses.replace(finding, control=control.id, kind=kind, verdict=Verdict.PASS, evidence=(), parameters={}),
                None,
                None,
                finding.checked_at,
            )


def test_all_items_in_the_banks_order(policies_):
    """The report answers all 47 items of the form, in its order, and keeps the missing 5.4 missing."""
    report = build(policies_)
    assert 47 == len(report.items)
    assert [one.number for one in policies_.checklists["retail_credit"].items()] == [one.number for one in report.items]
    assert [("5.4",)] == [section.gaps for section in report.sections if section.gaps]


def test_nothing_is_met_where_nothing_was_observed(policies_):
    """Without a single finding no item is met: each names what is open."""
    report = build(policies_)
    assert [] == [one.number for one in report.items if one.mark not in OPEN]
    assert [] == [one.id for one in report.controls.values() if one.mark not in OPEN]


def test_met_only_when_all_is_met(policies_):
    """An item is met when every control has passed, and no longer when one finding is missing."""
    findings = list(passing(policies_, "6.2"))
    assert Mark.MET is item(build(policies_, findings), "6.2").mark
    assert Mark.MET is not item(build(policies_, findings[1:]), "6.2").mark


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [(Verdict.ERROR, Mark.ERROR), (Verdict.UNKNOWN, Mark.NOT_OBSERVED), (Verdict.MANUAL_DUE, Mark.DOCUMENT_MISSING)],
)
def test_what_is_open_is_said(policies_, verdict, mark):
    """One open finding among passes takes the green mark away and is named in mark and sentence."""
    findings = list(passing(policies_, "1.1"))
    findings[0] = dataclasses.replace(findings[0], finding=dataclasses.replace(findings[0].finding, verdict=verdict))
    found = item(build(policies_, findings, lang="en"), "1.1")
    assert mark is found.mark
    assert "all checks met" not in found.remark


def test_exception_is_not_a_pass(policies_):
    """An excepted finding counts neither as met nor as failed and is said in the remark."""
    findings = [
        dataclasses.replace(one, finding=dataclasses.replace(one.finding, verdict=Verdict.EXCEPTED, actual=Verdict.FAIL))
        for one in passing(policies_, "6.2")
    ]
    found = item(build(policies_, findings, lang="en"), "6.2")
    assert Mark.EXCEPTED is found.mark
    assert "subjects excepted: 1" in found.remark


@pytest.mark.parametrize(
    ("before", "direction"),
    [(None, "new"), (Mark.NOT_MET, "better"), (Mark.NOT_OBSERVED, "better"), (Mark.MET, None)],
)
def test_changes_towards_met(policies_, before, direction):
    """Against the last report an item that is met now is new, better or unchanged."""
    previous = {} if before is None else {"6.2": before}
    report = build(policies_, passing(policies_, "6.2"), previous=previous)
    assert direction == next((change.direction for change in report.changes if change.number == "6.2"), None)


def test_what_can_no_longer_be_seen_is_not_better(policies_):
    """From failing to not observed is no improvement."""
    report = build(policies_, previous={one.number: Mark.NOT_MET for one in policies_.checklists["retail_credit"].items()})
    assert {"open"} == {change.direction for change in report.changes}


def test_failures_say_since_when_and_what(policies_):
    """A failure carries its subject, what was found and since when in the report's time zone, the longest failing first."""
    machines = sample.subjects(40)
    standings = list(sample.standings(policies_, machines))
    report = build(policies_, standings, machines)
    control = next(one for one in report.controls.values() if len(one.failures) > 1)
    assert sorted(failure.since for failure in control.failures) == [failure.since for failure in control.failures]
    failing = [one for one in standings if one.finding.control == control.id and one.finding.verdict is Verdict.FAIL]
    assert {one.finding.subject for one in failing} == {failure.subject for failure in control.failures}
    assert control.since == min(failure.since for failure in control.failures)
    assert control.since.endswith(" 14:40")  # 06:40 UTC
    assert f"key = org/example/{control.id}" in control.failures[0].actual


def test_value_says_where_it_comes_from(policies_):
    """A value is printed with its unit, bank and clause."""
    machines = sample.subjects(3)
    report = build(policies_, sample.standings(policies_, machines), machines)
    value = next(value for one in report.controls.values() for value in one.values if value.text)
    assert "基线 bank_a_agent_pc（示例银行甲），002 §4.3" == value.origin


def test_exception_states(policies_):
    """Each exception says whether it holds at the time of the report."""
    report = build(policies_, grants=sample.grants("usb_storage_blocked"))
    assert {"EX-2026-004": "valid", "EX-2026-001": "expired"} == {row.id: row.state for row in report.exceptions}


def test_coverage_names_the_unseen_and_the_stalest(policies_):
    """Subjects without any observation are named, and how old the oldest is."""
    machines = sample.subjects(200)
    coverage = build(policies_, (), machines).coverage
    assert (201, 200, ("pc-007",), "pc-200", 3) == (
        coverage.total,
        coverage.seen,
        coverage.unseen,
        coverage.stalest,
        coverage.hours,
    )


def test_people_and_paper_come_from_the_evidence(policies_):
    """Inspections and documents on record show who, when and the digest; the next inspection is due after the control's days."""
    report = build(policies_, sample.standings(policies_, sample.subjects(1)))
    looks = [look for one in report.controls.values() for look in one.inspections]
    papers = [paper for one in report.controls.values() for paper in one.papers]
    assert ("王玥", "2026-10-08", "2027-01-06", "符合") == (looks[0].inspector, looks[0].at, looks[0].next_at, looks[0].result)
    assert ("2.1", "王玥", "2026-10-08", "2027-10-08", sample.HEAD) == (
        papers[0].version,
        papers[0].owner,
        papers[0].approved,
        papers[0].valid_until,
        papers[0].digest,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_reasons_speak_the_reports_language(policies_, lang):
    """Why something was not seen, which the ledger keeps in English, is said in the report's language."""
    english = next(one for one, _ in OWN if "{" not in one)
    standing = next(sample.standings(policies_, sample.subjects(1), controls=1))
    finding = dataclasses.replace(standing.finding, verdict=Verdict.UNKNOWN, reason=english)
    report = build(policies_, [dataclasses.replace(standing, finding=finding)], lang=lang)
    assert (dict(OWN)[english] if lang == "zh" else english) == report.controls[finding.control].reasons[0].text


def test_pure(policies_):
    """The same input gives an equal report."""
    machines = sample.subjects(5)
    assert build(policies_, sample.standings(policies_, machines), machines) == build(
        policies_, sample.standings(policies_, machines), machines
    )
