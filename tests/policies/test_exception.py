# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from datetime import date

import pytest

from policies import exception
from policies.problems import CatalogueError

ENTRY = """\
exceptions:
- id: EX-1
  control: screen_lock
  subjects: [pc1, lab]
  device: {vendor: "1234", product: "5678"}
  reason: projector
  approver: Zhang
  compensating_control: room is locked
  bank_filing: F-7
  from: 2026-03-01
  until: 2026-03-31
  parameters: {idle_seconds: 800}
"""


@pytest.fixture
def load(tmp_path, folder):
    """Load exceptions from a text, against the sample catalogue."""

    def loaded(text: str):
        path = tmp_path / "exceptions.yml"
        path.write_text(text, encoding="utf-8")
        return exception.load(path, folder.load().controls)

    return loaded


def test_an_exception_is_read_whole(load):
    """Every field comes through, with the line it stands on."""
    (grant,) = load(ENTRY)

    assert ("EX-1", "screen_lock", ("pc1", "lab"), date(2026, 3, 1), date(2026, 3, 31)) == (
        grant.id,
        grant.control,
        grant.subjects,
        grant.from_date,
        grant.until,
    )
    assert ("1234", "5678", "") == (grant.device.vendor, grant.device.product, grant.device.serial)
    assert {"idle_seconds": 800} == grant.parameters
    assert grant.file.endswith("exceptions.yml:2")


@pytest.mark.parametrize(
    ("control", "subject", "groups", "day", "covered"),
    [
        ("screen_lock", "pc1", (), "2026-03-01", True),
        ("screen_lock", "pc1", (), "2026-03-31", True),
        ("screen_lock", "pc1", (), "2026-02-28", False),
        ("screen_lock", "pc1", (), "2026-04-01", False),
        ("screen_lock", "pc2", ("lab",), "2026-03-15", True),
        ("screen_lock", "pc2", ("office",), "2026-03-15", False),
        ("other", "pc1", (), "2026-03-15", False),
    ],
)
def test_an_exception_covers_its_subjects_on_its_days(load, control, subject, groups, day, covered):
    """Host or group, control and day must all fit; the first and the last day belong to it, an expired one covers nothing."""
    assert covered is load(ENTRY)[0].covers(control, subject, groups, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("  until: 2026-03-31\n", "", ":2:3: until is missing"),
        ("  reason: projector\n", "", ":2:3: reason is missing"),
        ("  bank_filing: F-7\n", "", ":2:3: bank_filing is missing"),
        ("reason: projector", "reason: ''", ":6:3: reason must be text"),
        ("2026-03-31", "31.03.2026", ":11:3: until must be a date such as 2026-11-22, not '31.03.2026'"),
        ("2026-03-31", "2026-02-30", ":11:3: until must be a date"),
        ("2026-03-31", "2026-02-28", ":11:3: until 2026-02-28 is before from 2026-03-01"),
        ("control: screen_lock", "control: screen_locks", ":3:3: unknown control screen_locks; did you mean screen_lock?"),
        ("subjects: [pc1, lab]", "subjects: []", ":4:3: subjects must name at least 1"),
        ("  from:", "  form:", ":10:3: unknown key form; did you mean from?"),
        ('{vendor: "1234", product: "5678"}', '{vendor: "1234"}', ":5:3: device product is missing"),
        ("idle_seconds: 800", "idle: 800", ":12:16: screen_lock: unknown parameter idle; did you mean idle_seconds?"),
        ("idle_seconds: 800", "idle_seconds: 3600", ":12:16: screen_lock: idle_seconds=3600 is outside 1..900"),
    ],
)
def test_what_is_wrong_with_an_exception_is_located(load, before, after, expected):
    """Missing fields, bad or reversed dates, unknown controls and values out of limits are problems in their place."""
    assert 1 == ENTRY.count(before)

    with pytest.raises(CatalogueError) as caught:
        load(ENTRY.replace(before, after))

    assert expected in str(caught.value)


def test_all_problems_come_together(load):
    """One refusal names everything wrong in the file."""
    with pytest.raises(CatalogueError) as caught:
        load(ENTRY.replace("  reason: projector\n", "").replace("2026-03-31", "soon"))

    assert 2 == len(caught.value.problems)


def test_the_same_id_twice_is_a_problem(load):
    """An id names one exception."""
    with pytest.raises(CatalogueError, match=":13:3: duplicate id EX-1"):
        load(ENTRY + ENTRY.partition("\n")[2])


def test_no_exceptions_is_an_empty_list(load):
    """A file may hold none."""
    assert () == load("exceptions: []\n")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    """A missing file is not taken for no exceptions."""
    with pytest.raises(CatalogueError, match="cannot be read"):
        exception.load(tmp_path / "gone.yml")
