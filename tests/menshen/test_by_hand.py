# SPDX-License-Identifier: Apache-2.0
"""A look with a photo answers for a machine that cannot answer, and for no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from menshen.audit import Audit
from menshen.connect import Evidence
from menshen.subject import Subject
from policies.catalogue import load
from policies.verdict import Verdict

AT = "2026-11-25T00:00:00Z"
NOW = int(datetime(2026, 11, 25, tzinfo=UTC).timestamp())
DAY = 86400
PC = Subject("pc-1", "linux", baselines=("agent_pc",), facts={"model": "B560M"})
CATALOGUE = load()


def seen(days=1, result="pass", files=1, subject="pc-1", control="bios_admin_password", expires=None):
    """Give one recorded look."""
    return {
        "control": control, "subject": subject, "result": result, "inspector": "Li", "note": "n",
        "inspected_at": NOW - int(days * DAY),
        "files": files, "sha256": "ab" * 32, "expires_at": expires, "frequency": "P365D", "evidence": "[]", "recorded_at": NOW,
    }  # fmt: skip


def finding(state, *rows, served=True):
    """Judge the administrator's password of a machine that says `state`."""
    tables = {"firmware": [{"vendor": "ACME", "model": "B560M", "admin_password_state": state}]} if served else {}
    audit = Audit(
        CATALOGUE,
        (),
        Evidence(attestations=rows, at=AT),
        AT,
        ("bios_admin_password",),
        ask=lambda *_: Engine(RecordedSource("linux", tables, "recorded")),
    )
    (one,) = audit.subject(PC)
    return one


@pytest.mark.parametrize("served", [True, False])
def test_a_fresh_photo_answers_for_a_silent_machine(served):
    """Unknown vendor, or no way to the machine at all: the finding passes as by_hand, with age, who and model."""
    one = finding("unknown_vendor", seen(days=40), served=served)

    assert (Verdict.PASS, "ledger/menshen") == (one.verdict, one.source)
    assert ("by_hand", "B560M", "Li", 40) == tuple(one.evidence[0][name] for name in ("state", "model", "who", "age_days"))


@pytest.mark.parametrize(
    ("state", "row", "verdict"),
    [
        ("unknown_vendor", seen(files=0), Verdict.UNKNOWN),
        ("unknown_vendor", seen(days=366), Verdict.UNKNOWN),
        ("unknown_vendor", seen(days=-1), Verdict.UNKNOWN),
        ("unknown_vendor", seen(expires=NOW - 1), Verdict.UNKNOWN),
        ("unknown_vendor", seen(subject="pc-2"), Verdict.UNKNOWN),
        ("unknown_vendor", seen(subject=""), Verdict.UNKNOWN),
        ("unknown_vendor", seen(control="secure_boot"), Verdict.UNKNOWN),
        ("unknown_vendor", seen(result="fail", files=0, days=900), Verdict.FAIL),
        ("interface_broken", seen(), Verdict.PASS),
        ("not_set", seen(), Verdict.FAIL),
        ("pending_reboot", seen(), Verdict.FAIL),
        ("set_not_ours", seen(), Verdict.FAIL),
        ("set", seen(result="fail"), Verdict.PASS),
    ],
)
def test_only_a_fresh_look_with_a_file_at_this_very_machine_counts(state, row, verdict):
    """A machine that answers is believed; a look too old, without a file or at another machine says nothing."""
    assert verdict is finding(state, row).verdict


def test_what_the_machine_said_stays_in_the_evidence():
    """The reader sees why people had to look."""
    assert "interface_broken" == finding("interface_broken", seen()).evidence[0]["machine"]
    assert "not in the recording" in str(finding("x", seen(), served=False).evidence[0]["machine"])
