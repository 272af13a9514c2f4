# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from policies.records import Finding
from policies.verdict import Verdict
from reports import drift
from reports.chain import BrokenChainError
from reports.ledger import ATTESTATION, Ledger, LedgerError, Run
from reports.verify import verify

TIMES = [f"2026-11-{day:02d}T06:00:00Z" for day in range(1, 20)]


def finding(verdict=Verdict.PASS, control="screen_lock", subject="pc-1", at=TIMES[0], **evidence):
    rows = ({**evidence, "ok": int(verdict is Verdict.PASS)},)
    return Finding(control, subject, "linux", verdict, rows, 1, {}, {}, at, "test", actual=verdict)


def run(at, *findings, subjects=("pc-1",), controls=None):
    facts = [{"name": name, "kind": "linux", "reached": True} for name in subjects]
    return Run(at, [replace(one, checked_at=at) for one in findings], facts, controls, "c" * 64, "menshen test")


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "ledger.db") as opened:
        yield opened


def only(ledger, **when):
    (standing,) = ledger.standings(**when)
    return standing


def test_first_failed_lasts_over_runs(ledger):
    """The first failure is remembered while it lasts, and forgotten once the control is met again."""
    for at, verdict in zip(TIMES, [Verdict.PASS, Verdict.FAIL, Verdict.FAIL, Verdict.PASS, Verdict.FAIL], strict=False):
        ledger.record(run(at, finding(verdict)))

    assert (TIMES[4], TIMES[3], TIMES[4]) == (only(ledger).first_failed, only(ledger).last_good, only(ledger).last_checked)
    assert (TIMES[1], TIMES[0]) == (only(ledger, as_of=TIMES[2]).first_failed, only(ledger, as_of=TIMES[2]).last_good)
    assert only(ledger, as_of=TIMES[3]).first_failed is None


def test_unchanged_findings_are_not_stored_again_and_yet_checked(ledger):
    """A run that finds what the run before found stores no finding, and still moves the time of the last check."""
    first = ledger.record(run(TIMES[0], finding()))
    second = ledger.record(run(TIMES[1], finding()))

    assert (1, 0) == (len(first.body["changed"]), len(second.body["changed"]))
    assert first.body["root"] == second.body["root"]
    assert (TIMES[1], TIMES[0]) == (only(ledger).last_checked, only(ledger).since)
    assert TIMES[1] == only(ledger).finding.checked_at


def test_a_limited_run_leaves_the_rest_alone(ledger):
    """Only what a run covers is touched: other subjects and other controls keep their times."""
    ledger.record(run(TIMES[0], finding(), finding(control="usb"), finding(subject="pc-2"), subjects=("pc-1", "pc-2")))
    ledger.record(run(TIMES[1], finding(Verdict.FAIL), controls=["screen_lock"]))

    checked = {(one.finding.control, one.finding.subject): one.last_checked for one in ledger.standings()}
    assert {("screen_lock", "pc-1"): TIMES[1], ("usb", "pc-1"): TIMES[0], ("screen_lock", "pc-2"): TIMES[0]} == checked


def test_what_no_longer_applies_goes(ledger):
    """A control that a full run no longer gives is gone, and drift says so."""
    ledger.record(run(TIMES[0], finding(), finding(control="usb")))
    before = ledger.standings()
    ledger.record(run(TIMES[1], finding()))

    assert ["screen_lock"] == [one.finding.control for one in ledger.standings()]
    assert [(drift.Direction.GONE, "usb")] == [(move.direction, move.control) for move in drift.moves(before, ledger.standings())]


def test_index_is_rebuilt_from_the_chain(ledger):
    """A lost or foreign index is made anew from the chain, and says the same."""
    for at, verdict in zip(TIMES, [Verdict.PASS, Verdict.FAIL, Verdict.FAIL], strict=False):
        ledger.record(run(at, finding(verdict)))
    expected = ledger.standings()
    ledger.chain.connection.execute("UPDATE standings_head SET head = 'x'")

    assert expected == ledger.standings() == ledger.standings(as_of=TIMES[2])
    ledger.chain.connection.execute("DROP TABLE standings")
    assert expected == ledger.standings()


def test_a_run_of_few_subjects_leaves_the_index_of_the_others(ledger):
    """What stands of subjects outside a run's scope stays in the index, and the index says what the chain says."""
    ledger.record(run(TIMES[0], finding(subject="pc-1"), finding(subject="pc-2"), subjects=("pc-1", "pc-2")))
    ledger.record(run(TIMES[1], finding(Verdict.FAIL, subject="pc-2"), subjects=("pc-2",)))
    rows = ledger.chain.connection.execute("SELECT subject, last_checked FROM standings ORDER BY subject").fetchall()

    assert [("pc-1", TIMES[0]), ("pc-2", TIMES[1])] == rows
    assert ledger.standings(as_of=TIMES[1]) == ledger.standings()


def test_a_lying_index_does_not_outlive_the_next_run(ledger):
    """Whatever the index says, the state of a past time comes from the chain alone."""
    ledger.record(run(TIMES[0], finding(Verdict.FAIL)))
    ledger.chain.connection.execute("UPDATE standings SET first_failed = '1999'")

    assert TIMES[0] == only(ledger, as_of=TIMES[0]).first_failed


def test_entries_cannot_be_changed_by_accident(ledger):
    """The file itself refuses an update or a delete of an entry."""
    ledger.record(run(TIMES[0], finding()))
    for statement in ("UPDATE entries SET at = ''", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            ledger.chain.connection.execute(statement)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET body = replace(body, 'pass', 'fail') WHERE sequence = 2",
        "UPDATE entries SET at = '2025' WHERE sequence = 1",
        "DELETE FROM entries WHERE sequence = 2",
        "UPDATE entries SET sequence = sequence + 10 WHERE sequence = 3",
    ],
)
def test_tampering_is_found(ledger, damage):
    """Whoever takes the triggers away and rewrites, removes or moves an entry breaks the chain."""
    for at in TIMES[:3]:
        ledger.record(run(at, finding(day=at)))
    assert 3 == ledger.chain.check()
    ledger.chain.connection.execute("DROP TRIGGER entries_stay")
    ledger.chain.connection.execute("DROP TRIGGER entries_remain")
    ledger.chain.connection.execute(damage)

    with pytest.raises(BrokenChainError):
        ledger.chain.check()


def test_roots_and_heads_are_verified(ledger):
    """Every run's root is recomputed from what was stored, and the head an old report printed is found again."""
    entries = [
        ledger.record(run(at, finding(verdict), finding(control="usb", day=at)))
        for at, verdict in zip(TIMES, [Verdict.PASS, Verdict.FAIL, Verdict.FAIL], strict=False)
    ]
    found = verify(ledger.chain, entries[1].hash[:8])

    assert (3, 3, (), TIMES[1]) == (found.entries, found.runs, found.problems, found.head_at)
    assert verify(ledger.chain, "0" * 8).problems


def test_a_finding_left_out_of_a_run_is_found(ledger):
    """A run whose stored changes do not give its root is named, though its chain is whole."""
    entry = ledger.record(run(TIMES[0], finding(Verdict.FAIL)))
    forged = {**entry.body, "changed": [finding(Verdict.PASS).to_json()]}
    with ledger.chain.writing():
        ledger.chain.append("run", TIMES[1], forged)

    assert ["entry 2: the root does not fit the findings of the run of " + TIMES[1]] == list(verify(ledger.chain).problems)


def test_a_failed_write_leaves_nothing(ledger):
    """A run that breaks half-way through leaves the chain and the index as they were."""
    ledger.record(run(TIMES[0], finding()))
    head = ledger.chain.head()
    broken = replace(run(TIMES[1], finding(Verdict.FAIL)), catalogue=float("nan"))
    with pytest.raises(ValueError, match="not JSON compliant"):
        ledger.record(broken)

    assert (head, 1) == (ledger.chain.head(), ledger.chain.check())
    assert Verdict.PASS is only(ledger).finding.verdict


def test_not_a_ledger(tmp_path):
    """A missing file, a text file and somebody's database are each refused by name, and left as they were."""
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("nothing of a database " * 100)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()

    for path, word in ((tmp_path / "none.db", "no ledger"), (text, "not a readable"), (other, "not a ledger")):
        with pytest.raises(LedgerError, match=word) as caught:
            Ledger(path, create=False)
        assert str(path) in str(caught.value)
    assert text.read_text().startswith("nothing of a database")


def test_second_writer_sees_the_first(tmp_path):
    """Two open ledgers of one file write one chain."""
    with Ledger(tmp_path / "l.db") as one, Ledger(tmp_path / "l.db") as two:
        one.record(run(TIMES[0], finding()))
        two.record(run(TIMES[1], finding(Verdict.FAIL)))
        one.add(ATTESTATION, TIMES[2], {"control": "seal_intact", "result": "pass"})

        assert 3 == two.chain.check()
        assert [{"control": "seal_intact", "result": "pass"}] == two.rows(ATTESTATION)
        assert TIMES[1] == only(one).first_failed


def test_drift_orders_the_worst_first(ledger):
    """Drift names what grew worse before what grew better, with the time the present state began."""
    ledger.record(run(TIMES[0], finding(), finding(Verdict.FAIL, "usb"), finding(control="same")))
    before = ledger.standings()
    ledger.record(run(TIMES[1], finding(Verdict.FAIL), finding(control="usb"), finding(control="same")))
    ledger.record(run(TIMES[2], finding(Verdict.FAIL), finding(control="usb"), finding(control="same")))

    told = [(move.control, str(move.direction), move.since) for move in drift.moves(before, ledger.standings())]
    assert [("screen_lock", "worse", TIMES[1]), ("usb", "better", TIMES[1])] == told
