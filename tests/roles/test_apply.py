# SPDX-License-Identifier: Apache-2.0
"""From a host as it was installed to one that an independent audit passes: plan, apply, apply again, audit."""

from __future__ import annotations

import json

import jsonschema
import pytest
from target import ROOT

from policies.catalogue import load

# What no apply can show at once on such a host, and why.
LATER = {
    "antivirus_scan_age": "a scan must have run first",
    "time_synchronised": "systemd starts no time daemon where the clock is another kernel's",
}
pytestmark = [pytest.mark.system, pytest.mark.slow]


@pytest.fixture(scope="module")
def runs(box):
    """Plan, apply, and apply again, once for all tests here."""
    before = box.audit()
    planned = box.menshen("plan", "--limit", "box", code=1)
    untouched = box.audit()
    applied = box.menshen("apply", "--limit", "box", "--yes", "--guard", "120", code=1)
    again = box.menshen("apply", "--limit", "box", "--yes", code=1)
    return {"before": before, "planned": planned, "untouched": untouched, "applied": applied, "again": again, "after": box.audit()}


def changes(run):
    return sorted((one["control"], one["setting"], one["before"] or "", one["after"] or "") for one in run["changes"])


def test_the_plan_predicts_every_change(runs):
    """What plan says would change is what apply says it changed, setting by setting."""
    assert changes(runs["applied"]) == changes(runs["planned"])
    assert len(runs["applied"]["changes"]) > 80


def test_documents_have_their_shape(runs):
    """What plan and apply print is what docs/schemas says."""
    schema = json.loads((ROOT / "docs" / "schemas" / "plan.json").read_text(encoding="utf-8"))
    for name in ("planned", "applied", "again"):
        document = {"schema": "menshen/plan/1", "applied": name != "planned", "hosts": {"box": runs[name]}}
        jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)


def test_a_plan_changes_nothing(runs):
    """An audit after plan finds what the audit before it found."""
    assert runs["before"] == runs["untouched"]


def test_a_second_apply_changes_nothing(runs):
    """Nothing is left to change, and nothing was saved to be brought back."""
    assert [] == runs["again"]["changes"]
    assert [] == runs["again"]["former"]


def test_what_was_enforced_passes_the_audit(runs):
    """Each control with enforcement passes, but those that apply named as not to be made true here, excepted or not applicable."""
    controls = load().controls
    named = {one["control"] for one in runs["again"]["open"] + runs["again"]["excepted"]} | set(runs["again"]["not_applicable"])
    failing = [
        f"{name}: {verdict}"
        for name, verdict in runs["after"].items()
        if controls[name].kinds["linux"].enforce and verdict in {"fail", "error"} and name not in named and name not in LATER
    ]
    assert [] == failing


def test_many_controls_were_healed(runs):
    """The audit passes much more than before, and nothing that passed before fails now."""
    healed = [name for name, verdict in runs["after"].items() if verdict == "pass" and runs["before"][name] == "fail"]
    broken = [name for name, verdict in runs["after"].items() if verdict == "fail" and runs["before"][name] == "pass"]
    assert [] == broken
    assert len(healed) >= 35, healed


def test_the_text_of_files_is_shown(runs):
    """A plan carries the text of each file before and after."""
    shown = {one["before_header"]: one for one in runs["planned"]["diff"]}
    assert "install usb_storage /bin/false" in shown["/etc/modprobe.d/menshen-usb-storage-blocked.conf"]["after"]
    assert "PASS_MAX_DAYS\t30" in shown["/etc/login.defs"]["after"]


def test_an_exception_is_honoured_and_named(runs, box):
    """The excepted control is named with its exception, and its file is not there."""
    assert [{"control": "sshd_users_limited", "exception": "EX-2", "until": "2096-12-31"}] == runs["applied"]["excepted"]
    assert "menshen-sshd-users-limited" not in box.target.inside("ls", "/etc/ssh/sshd_config.d")


def test_nothing_half_written_is_left(runs, box):
    """No temporary file of ours is left beside any file."""
    assert "" == box.target.inside("find", "/etc", "/usr/share/pam-configs", "-name", "*.menshen-new")
    assert runs["applied"]["former"]


def test_an_account_is_locked_after_wrong_passwords(runs, box):
    """PAM does as the controls say: the right password opens, and after three wrong ones it no longer does."""
    assert "pass" == runs["after"]["lockout_threshold"]
    box.target.inside("chpasswd", stdin="operator:Right-Password-1\n")

    def opens(password):
        script = "setpriv --reuid=1234 --clear-groups su operator -c true >/dev/null 2>&1 && echo yes || echo no"
        return box.target.inside("sh", "-c", script, stdin=f"{password}\n") == "yes\n"

    assert opens("Right-Password-1")
    assert [False] * 3 == [opens("wrong") for _ in range(3)]
    assert not opens("Right-Password-1")
    box.target.inside("faillock", "--user", "operator", "--reset")
    assert opens("Right-Password-1")


def test_drift_is_healed_and_only_it(runs, box):
    """A setting changed by hand is the one thing the next apply puts right."""
    assert [] == runs["again"]["changes"]
    box.target.inside("sysctl", "-q", "-w", "net.ipv4.tcp_syncookies=0")
    healed = box.menshen("apply", "--limit", "box", "--yes", "--control", "kernel_network_hardening", code=0)
    assert [("kernel_network_hardening", "kernel net.ipv4.tcp_syncookies", "0", "1")] == changes(healed)


def test_the_former_state_can_be_brought_back(runs, box):
    """The script that apply keeps takes one mechanism's change back, file and kernel alike."""
    folder = next(one for one in runs["applied"]["former"] if "-sysctl-" in one)
    box.target.inside("sh", f"{folder}/restore")
    assert "fail" == box.audit()["kernel_network_hardening"]
    healed = box.menshen("apply", "--limit", "box", "--yes", "--control", "kernel_network_hardening", code=0)
    assert healed["changes"]
