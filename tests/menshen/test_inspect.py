# SPDX-License-Identifier: Apache-2.0
"""Inspections and documents, recorded by the real command line into a real ledger."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from commandline import ROOT, menshen

from reports.ledger import ATTESTATION, Ledger

HOSTS = """
all:
  hosts:
    north: {menshen_kind: site}
    pc-1: {menshen_kind: linux, menshen_baselines: [agent_pc], ansible_host: 192.0.2.7}
"""
CONTROL = "tamper_labels_intact"


@pytest.fixture
def site(tmp_path):
    """Give a site with a state folder, an inventory, and a way to run the command line there."""
    hosts = tmp_path / "hosts.yml"
    hosts.write_text(HOSTS)

    def run(*arguments, expected=(0,), **more):
        environment = {"MENSHEN_STATE": str(tmp_path), "MENSHEN_INVENTORY": str(hosts), **more}
        return menshen(*arguments, expected=expected, **environment)

    run.folder = tmp_path
    return run


def document(done, name):
    """Read a JSON document and hold it against its schema."""
    read = json.loads(done.stdout)
    jsonschema.validate(read, json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text()))
    return read


def photo(folder, name="photo.jpg", content=b"a photo"):
    """Write an evidence file."""
    path = folder / name
    path.write_bytes(content)
    return path


def state(site, control=CONTROL):
    """Ask how one inspection stands."""
    found = document(site("inspect", "due", "-c", control, "--all", "--json", expected=(0, 1, 3)), "inspections-due")["due"]
    return {one["subject"]: one["state"] for one in found}


def test_a_look_is_recorded_with_its_files_and_its_end(site):
    """Who, when, result, each file's SHA-256, how often and until when; the copy is kept under its digest."""
    file = photo(site.folder)
    row = document(
        site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "李娜", "-e", file, "--at", "2026-11-01T08:00Z", "--json"),
        "inspections",
    )["recorded"][0]

    digest = hashlib.sha256(b"a photo").hexdigest()
    assert ("north", "pass", "李娜", 1, digest) == tuple(
        row[name] for name in ("subject", "result", "inspector", "files", "sha256")
    )
    assert b"a photo" == (site.folder / "evidence" / digest[:2] / digest).read_bytes()
    assert row["expires_at"] - row["inspected_at"] == int(row["frequency"][1:-1]) * 86400
    (listed,) = document(site("inspect", "list", "--json"), "inspections-list")["inspections"]
    assert ("2026-11-01T08:00:00Z", "kept") == (listed["inspected_at"], listed["evidence"][0]["state"])


def test_an_inspection_is_due_until_made_and_again_when_it_has_ended(site):
    """Never, fine, failed; an old one has expired, and a duration of its own ends earlier."""
    assert {"north": "never"} == state(site)
    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li", "--at", "2020-01-01")
    assert {"north": "expired"} == state(site)
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li", "--at", two_days_ago, "--valid-for", "P1D")
    assert {"north": "expired"} == state(site)
    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li", "--valid-for", "P3D")
    assert {"north": "soon"} == state(site)
    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li")
    site("inspect", "due", "-c", CONTROL, expected=(0,))
    site("inspect", "record", CONTROL, "-r", "fail", "--inspector", "Li", "--note", "label 7 torn")
    site("inspect", "due", "-c", CONTROL, expected=(1,))


def test_an_expired_look_never_passes(site):
    """The audit says due once the duration the inspector gave has gone by, though the control would allow more."""
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()

    def verdict():
        done = site("audit", "--limit", "north", "-c", CONTROL, "--json", expected=(0, 1, 3))
        return json.loads(done.stdout)["findings"][0]["verdict"]

    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li", "--at", old, "--valid-for", "P1D")
    assert "manual_due" == verdict()
    site("inspect", "record", CONTROL, "-r", "pass", "--inspector", "Li", "--at", old)
    assert "fail" != verdict()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["no_such", "-r", "pass", "--inspector", "Li"], "no such control"),
        (["screen_lock", "-r", "pass", "--inspector", "Li"], "no person is asked"),
        ([CONTROL, "-r", "good", "--inspector", "Li"], "pass or fail"),
        ([CONTROL, "-r", "pass"], "who looked is missing"),
        ([CONTROL, "-r", "pass", "--inspector", "Li", "-s", "nrth"], "did you mean north"),
        ([CONTROL, "-r", "pass", "--inspector", "Li", "--at", "2999-01-01"], "lies in the future"),
        ([CONTROL, "-r", "pass", "--inspector", "Li", "--valid-for", "1m"], "write an ISO 8601 duration"),
        ([CONTROL, "-r", "pass", "--inspector", "Li", "--valid-for", "PT1M"], "shorter than a day"),
        ([CONTROL, "-r", "pass", "--inspector", "Li", "-e", "/no/such"], "no such file"),
        ([], "name a CONTROL or a --form"),
    ],
)
def test_a_look_that_could_never_count_is_refused(site, arguments, word):
    """One line, code 2, and nothing in the ledger."""
    done = site("inspect", "record", *arguments, expected=(2,))

    assert word in done.stderr
    assert not (site.folder / "ledger.db").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_form_is_recorded_whole_once(site, encoding):
    """The Chinese form of a spreadsheet is read; reading it again records nothing twice."""
    photo(site.folder)
    form = site.folder / "form.csv"
    lines = [
        "控制项,对象,结果,检查人,检查时间,备注,有效期,证据",
        f"{CONTROL},north,合格,李娜,2026-11-01 08:00,第7号照片,P30D,photo.jpg",
        "cabinets_locked,north,不合格,王磊,2026-11-02,,,",
    ]
    form.write_bytes("\r\n".join(lines).encode(encoding))

    first = document(site("inspect", "record", "--form", form, "--json"), "inspections")
    second = document(site("inspect", "record", "--form", form, "--json"), "inspections")

    assert (["pass", "fail"], 0) == ([row["result"] for row in first["recorded"]], first["known"])
    assert ([], 2) == (second["recorded"], second["known"])


def test_a_form_with_one_bad_row_records_nothing(site):
    """All wrong rows are named, and no good one is kept."""
    form = site.folder / "form.csv"
    form.write_text(
        "control,subject,result,inspector,inspected_at\n"
        f"{CONTROL},north,pass,Li,2026-11-01\n{CONTROL},north,perhaps,Li,2026-11-01\nno_such,north,pass,Li,2026-11-01\n"
    )
    done = site("inspect", "record", "--form", form, expected=(2,))

    assert ("pass or fail" in done.stderr, "no_such" in done.stderr) == (True, True)
    assert not (site.folder / "ledger.db").exists()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"a,b\n1,2\n", "no column control"),
        (b"", "no column"),
        (b"\x89PNG\0\0", "no CSV form"),
        (b"control,subject,result,inspector,inspected_at\nx,,pass,,yesterday\n", "subject, inspector is empty"),
        (b"control,subject,result,inspector,inspected_at\nx,y,pass,z,yesterday\n", "not a time"),
        (b"control,subject\xff\xff,result\n", "neither UTF-8 nor"),
    ],
)
def test_a_hostile_form_is_refused_in_words(site, content, word):
    """Whatever the file holds, the answer is a sentence with code 2."""
    form = site.folder / "form.csv"
    form.write_bytes(content)

    assert word in site("inspect", "record", "--form", form, expected=(2,)).stderr


def test_a_document_is_attached_and_an_altered_copy_is_told(site):
    """The paper answers its control; a kept file that was exchanged fails the list."""
    paper = photo(site.folder, "plan.pdf", b"%PDF a plan")
    arguments = ["-c", "emergency_plan_filed", "--owner", "王磊", "--version", "2", "--valid-for", "P1Y"]
    (row,) = document(site("evidence", "add", paper, *arguments, "--json"), "documents")["documents"]
    found = json.loads(site("audit", "-l", "north", "-c", "emergency_plan_filed", "--json", expected=(0,)).stdout)["findings"]
    kept = site.folder / "evidence" / row["sha256"][:2] / row["sha256"]
    kept.write_bytes(b"%PDF another")
    after = document(site("evidence", "list", "--json", expected=(1,)), "documents")["documents"]

    assert ["pass"] == [one["verdict"] for one in found]
    assert ("kept", "altered") == (row["state"], after[0]["state"])


def test_a_document_that_could_never_count_is_refused(site):
    """A control no paper answers, a time ahead, two ends, a wrong duration."""
    paper = photo(site.folder)
    for arguments, word in (
        (["-c", CONTROL], "no document answers"),
        (["-c", "emergency_plan_filed", "--approved", "2999-01-01"], "in the future"),
        (["-c", "emergency_plan_filed", "--valid-until", "2030-01-01", "--valid-for", "P1Y"], "not both"),
        (["-c", "emergency_plan_filed", "--valid-for", "12m"], "ISO 8601"),
    ):
        assert word in site("evidence", "add", paper, "--owner", "Li", *arguments, expected=(2,)).stderr


def test_many_rows_are_stored_all_or_none(tmp_path):
    """A row that cannot be written takes the others of its form with it."""
    with Ledger(tmp_path / "ledger.db") as ledger:
        with pytest.raises(ValueError, match="Out of range float"):
            ledger.add_all(ATTESTATION, "2026-11-01T00:00:00Z", [{"a": 1}, {"a": float("nan")}])

        assert [] == ledger.rows(ATTESTATION)
