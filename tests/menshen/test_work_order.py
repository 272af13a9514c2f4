# SPDX-License-Identifier: Apache-2.0
"""The work order: one page a machine that needs hands, in both languages, with a code to scan."""

from __future__ import annotations

import json
import subprocess

import jsonschema
import pytest
from commandline import ROOT, menshen
from system import need

from menshen.subject import Subject
from menshen.work_order import CONTROLS, STEPS, sheets
from policies.catalogue import load
from policies.records import Finding
from policies.verdict import Verdict
from reports.ledger import Ledger, Run, Standing
from reports.pdf.work_order import code_of, write

AT = "2026-11-25T00:00:00Z"


def standing(subject, control, verdict, *rows, reason=""):
    finding = Finding(
        control, subject, "linux", verdict, rows, len(rows), {"devices_off": ["camera"]}, {}, AT, "x", reason, verdict
    )
    return Standing(finding, None, None, AT)


SUBJECTS = [Subject(name, "linux", site="北京", facts={"asset": f"WS-{name}"}) for name in ("pc-1", "pc-2", "pc-3")]
STANDINGS = [
    standing(
        "pc-1",
        "bios_admin_password",
        Verdict.UNKNOWN,
        {"vendor": "LENOVO", "model": "ThinkPad T14", "state": "not_set", "ok": None},
    ),
    standing("pc-1", "bios_integrated_devices", Verdict.FAIL, {"setting": "Camera", "value": "Enabled", "ok": 0}),
    standing("pc-2", "bios_admin_password", Verdict.PASS, {"state": "set", "ok": 1}),
    standing("pc-3", "bios_admin_password", Verdict.UNKNOWN, reason="no way in"),
    standing("pc-3", "screen_lock", Verdict.FAIL),
]


def test_only_machines_with_something_to_do_have_a_page():
    """In the inventory's order, with what to do and why."""
    found = sheets(SUBJECTS, STANDINGS, "en")

    assert ["pc-1", "pc-3"] == [one.subject for one in found]
    assert (("bios_admin_password", "not set"), ("bios_integrated_devices", "Camera=Enabled")) == found[0].reasons
    assert (("bios_admin_password", "no way in"),) == found[1].reasons
    assert ("WS-pc-1", "ThinkPad T14") == (found[0].asset, found[0].model)
    assert "press F1" in found[0].steps[0]


def test_every_control_of_the_order_can_be_recorded():
    """Each is answered by an inspection of the machine, and has a step in both languages."""
    controls = load().controls

    assert [] == [name for name in CONTROLS if controls[name].inspect is None or controls[name].inspect.where != "machine"]
    assert set(CONTROLS) <= set(STEPS)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("固件（BIOS）人工处理工单", "签字", "照片编号", "WS-pc-1")),
        ("en", ("Firmware work order", "Signature", "Photo no.")),
    ],
)
def test_the_pages_hold_steps_asset_signature_and_photo_number(tmp_path, language, words):
    """Read back by poppler: a page a machine, all words there, fonts embedded."""
    need("pdfinfo")
    path = tmp_path / "order.pdf"
    found = sheets(SUBJECTS, STANDINGS, language)
    write(path, found, language, "2026-11-25 08:00")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    fonts = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]

    assert 2 == text.count("\f")
    assert [] == [word for word in words if word not in text]
    assert {"yes"} == {line.split()[-5] for line in fonts}
    assert "menshen:pc-1" == code_of(found[0])


def test_the_command_writes_the_newest_audits_order(tmp_path):
    """From ledger and inventory to file and document, by the real command line."""
    (tmp_path / "hosts.yml").write_text("all: {hosts: {pc-1: {menshen_kind: linux, menshen_baselines: [agent_pc]}}}")
    findings = [one.finding for one in STANDINGS if one.finding.subject == "pc-1"]
    with Ledger(tmp_path / "ledger.db") as ledger:
        ledger.record(Run(AT, findings, [{"name": "pc-1", "kind": "linux"}], None, "", ""))
    output = tmp_path / "order.pdf"
    arguments = ["-o", output, "-i", tmp_path / "hosts.yml", "--ledger", tmp_path / "ledger.db", "--lang", "en", "--json"]
    document = json.loads(menshen("firmware", "work-order", *arguments).stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/work-order.json").read_text()))

    assert ["pc-1"] == [one["subject"] for one in document["machines"]]
    assert output.read_bytes().startswith(b"%PDF")


def test_an_order_without_machines_says_so(tmp_path):
    """One page, no empty file."""
    need("pdfinfo")
    write(tmp_path / "order.pdf", [], "en", "2026-11-25 08:00")
    text = subprocess.run(["pdftotext", tmp_path / "order.pdf", "-"], capture_output=True, text=True, check=True).stdout

    assert "No machine needs hands." in text
