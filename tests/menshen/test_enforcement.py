# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from menshen.enforcement import enforcement
from menshen.subject import Subject
from menshen.trouble import TroubleError
from policies.catalogue import load
from policies.exception import load as load_grants

if TYPE_CHECKING:
    from pathlib import Path

PC = Subject(name="pc", kind="linux", baselines=("agent_pc",), banks=("bank_north", "bank_south"), groups=("all", "pcs"))
GRANT = """
exceptions:
  - id: EX-1
    control: {control}
    subjects: [pcs]
    reason: r
    approver: a
    compensating_control: c
    bank_filing: f
    from: 2026-01-01
    until: 2026-06-30
    {more}
"""


def granted(tmp_path: Path, control: str, more: str = ""):
    path = tmp_path / "exceptions.yml"
    path.write_text(GRANT.format(control=control, more=more), encoding="utf-8")
    return load_grants(path, load().controls)


def test_the_strictest_value_of_the_banks_is_enforced():
    """What is enforced are the merged values that an audit judges by, not the defaults."""
    chosen = enforcement(load(), PC, (), date(2026, 3, 1))
    values = {control.control: dict(control.parameters) for control in chosen.controls}
    said = [
        one.values["screen_lock"]["idle_seconds"].value
        for one in load().baselines.values()
        if "screen_lock" in one.values and one.bank
    ]
    assert values["screen_lock"]["idle_seconds"] == min(said)


def test_an_exception_keeps_a_control_from_being_enforced_until_it_ends(tmp_path):
    """While it lives the control is skipped and named with it; the day after it is enforced again."""
    grants = granted(tmp_path, "usb_storage_blocked")
    living = enforcement(load(), PC, grants, date(2026, 6, 30))
    ended = enforcement(load(), PC, grants, date(2026, 7, 1))
    assert [("usb_storage_blocked", "EX-1", "2026-06-30")] == [(one.control, one.exception, one.until) for one in living.skipped]
    assert "usb_storage_blocked" not in {one.control for one in living.controls}
    assert "usb_storage_blocked" in {one.control for one in ended.controls}
    assert () == ended.skipped


def test_an_exception_with_values_is_enforced_with_them(tmp_path):
    """An exception that names values allows these, and no more: they are enforced."""
    grants = granted(tmp_path, "lockout_threshold", "parameters: {lockout_threshold: 9}")
    chosen = enforcement(load(), PC, grants, date(2026, 3, 1))
    assert () == chosen.skipped
    assert {"deny": 9, "mechanism": "faillock"} == next(
        one.enforce[0] for one in chosen.controls if one.control == "lockout_threshold"
    )


def test_what_does_not_apply_is_left_out():
    """A control whose `when` finds none of its files on the host is named as not applicable and has no step."""
    chosen = enforcement(load(), PC, (), date(2026, 3, 1))
    without, with_sshd = chosen.document([]), chosen.document(["/usr/sbin/sshd"])
    assert "sshd" not in without["steps"]
    assert "sshd_root_login_off" in without["not_applicable"]
    assert {"sshd_root_login_off", "sshd_max_auth_tries"} <= {step["control"] for step in with_sshd["steps"]["sshd"]}


def test_a_value_only_a_site_knows_is_asked_for():
    """Without a log server nothing is written, and the reason says where to name it; with one it stands in the file."""
    lacking = enforcement(load(), PC, (), date(2026, 3, 1), ("log_forwarded",)).document([])
    told = Subject(
        **{**{name: getattr(PC, name) for name in PC.__slots__}, "parameters": {"log_forwarded": {"log_server": "192.0.2.9:514"}}}
    )
    given = enforcement(load(), told, (), date(2026, 3, 1), ("log_forwarded",)).document([])
    assert ["log_forwarded"] == [one["control"] for one in lacking["open"]]
    assert "template" not in lacking["steps"]
    assert "*.* @@192.0.2.9:514\n" in given["steps"]["template"][0]["text"]
    assert "$ActionQueueType LinkedList\n" in given["steps"]["template"][0]["text"]


def test_an_unknown_control_is_refused():
    """Limiting to a control that is not there is an error, not an empty plan."""
    with pytest.raises(TroubleError, match="no such control: nonsense"):
        enforcement(load(), PC, (), date(2026, 3, 1), ("nonsense",))
