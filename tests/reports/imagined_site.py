# SPDX-License-Identifier: Apache-2.0
"""An imagined site for the tests and the bench of reports: real controls, invented subjects, good and bad days."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from policies.exception import Device, Grant
from policies.records import Finding
from policies.verdict import Verdict
from reports.content import LedgerFacts, Request, Standing, SubjectFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.catalogue import Catalogue
    from policies.control import Control

NOW = datetime(2026, 11, 22, 6, 40, tzinfo=UTC)
HEAD = "4f1d9c7ab03e5d2268c1f0a94be7d315c86a20f9e4b75d13a8c06e92f7d1b354"
_MOODS = (Verdict.PASS,) * 80 + (Verdict.FAIL,) * 10 + (Verdict.UNKNOWN,) * 6 + (Verdict.NOT_APPLICABLE,) * 3 + (Verdict.ERROR,)


def moment(**ago: float) -> str:
    """Give a UTC time so long before the report."""
    return (NOW - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def request(**changes: object) -> Request:
    """Ask for the retail credit checklist of the imagined site."""
    asked: dict[str, object] = {
        "checklist": "retail_credit",
        "agency": "示例呼叫中心有限公司",
        "site": "东湖场所",
        "bank": "示例银行",
        "report_number": "MS-2026-1122-01",
        "as_of": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "demonstration": True,
    }
    return Request(**(asked | changes))  # type: ignore[arg-type]


def ledger() -> LedgerFacts:
    """Give the ledger's facts."""
    return LedgerFacts(head=HEAD, entries=212, runs=208, first_at=moment(days=180), last_at=moment(minutes=10))


def subjects(count: int) -> list[SubjectFacts]:
    """Invent `count` machines and their site."""
    machines = [
        SubjectFacts(
            name=f"pc-{number:03d}",
            kind="linux",
            site="东湖场所",
            groups=("坐席", "一组") if number % 3 else ("办公",),
            os="Ubuntu 24.04 LTS" if number % 2 else "Debian 12",
            model=("OptiPlex 7010", "ThinkCentre M70q", "EliteDesk 800 G9")[number % 3],
            last_observed=None if number == 7 else moment(minutes=number),
        )
        for number in range(1, count + 1)
    ]
    return [*machines, SubjectFacts("donghu", "site", "东湖场所", (), "", "", moment(minutes=5))]


def grants(control: str) -> list[Grant]:
    """Invent one exception in force and one that has expired."""
    common = {"control": control, "compensating_control": "专人监督，摄像头覆盖", "file": "exceptions.yml:1", "parameters": {}}
    return [
        Grant(
            id="EX-2026-004",
            subjects=("pc-003",),
            device=Device("Feitian", "ePass2003", "A1029384"),
            reason="网银盾须接入 USB 口",
            approver="王玥",
            bank_filing="2026-118",
            from_date=date(2026, 9, 1),
            until=date(2026, 12, 31),
            **common,  # type: ignore[arg-type]
        ),
        Grant(
            id="EX-2026-001",
            subjects=("office",),
            device=None,
            reason="升级窗口延期",
            approver="李晗",
            bank_filing="2026-031",
            from_date=date(2026, 3, 1),
            until=date(2026, 6, 30),
            **common,  # type: ignore[arg-type]
        ),
    ]


def standings(catalogue: Catalogue, machines: list[SubjectFacts], *, controls: int = 60, seed: int = 7) -> Iterator[Standing]:
    """Judge machines by chance, `controls` of them measured; people's controls get a record now and then."""
    dice = random.Random(seed)  # noqa: S311 - invented data, no secret
    measured = [control for control in catalogue.controls.values() if "linux" in control.kinds]
    for number in range(controls):
        control = measured[number % len(measured)]
        for machine in machines:
            if machine.kind == "linux" and machine.last_observed and number < len(measured):
                yield _machine(control, machine, dice)
    for control in catalogue.controls.values():
        if "site" in control.kinds and dice.random() < 0.4:
            yield _people(control, dice)


def _machine(control: Control, machine: SubjectFacts, dice: random.Random) -> Standing:
    verdict = dice.choice(_MOODS)
    failing = verdict is Verdict.FAIL
    rows = ()
    if verdict in {Verdict.PASS, Verdict.FAIL}:
        rows = (
            {"key": f"org/example/{control.id}", "value": dice.choice(("900", "0", None)), "locked": 0, "ok": int(not failing)},
        )
    provenance = {
        name: {
            "origin": "baseline",
            "name": "bank_a_agent_pc",
            "bank": "示例银行甲",
            "clause": "002 §4.3",
            "file": "bank_a.yml:12",
            "merged_from": [],
        }
        for name in control.parameters
    }
    finding = Finding(
        control=control.id,
        subject=machine.name,
        kind="linux",
        verdict=verdict,
        evidence=rows,
        evidence_total=len(rows),
        parameters={name: parameter.default for name, parameter in control.parameters.items()},
        provenance=provenance,
        checked_at=machine.last_observed or "",
        source="ssh/menshen 0.1.0",
        reason="无法读取：需要 root 权限" if verdict is Verdict.UNKNOWN else "",
        actual=verdict,
    )
    since = moment(days=dice.randint(1, 90)) if failing else None
    return Standing(finding, since, moment(days=91) if failing else None, finding.checked_at)


def _people(control: Control, dice: random.Random) -> Standing:
    done = dice.random() < 0.8
    row = {
        "who": "王玥",
        "when": "2026-10-08 02:30:00Z",
        "name": f"{control.title.zh}.pdf",
        "version": "2.1",
        "valid_until": "2027-10-08 02:30:00Z",
        "result": "pass",
        "note": "逐台查看，封条完好",
        "files": 3,
        "sha256": HEAD,
        "ok": 1,
    }
    verdict = Verdict.PASS if done else Verdict.MANUAL_DUE
    finding = Finding(
        control=control.id,
        subject="donghu",
        kind="site",
        verdict=verdict,
        evidence=(row,) if done else (),
        evidence_total=int(done),
        parameters={"every_days": 90},
        provenance={},
        checked_at=moment(minutes=5),
        source="local/menshen 0.1.0",
        actual=verdict,
    )
    return Standing(finding, None, moment(minutes=5) if done else None, finding.checked_at)
