# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sqlite3

import pytest

from policies import verdict
from policies.resolve import resolve
from policies.verdict import Verdict

NOW = 1_800_000_000
DAY = 86400
SEEN = ("control", "subject", "result", "inspector", "inspected_at", "note", "files", "sha256", "expires_at")
FILED = ("control", "name", "version", "owner", "approved_at", "valid_until", "sha256", "added_at")
BOTH = {"en": "x", "zh": "x"}


@pytest.fixture
def control(folder):
    """Give a control that an inspector or a paper answers within 30 days."""

    def made(half: str):
        halves = {
            "inspect": {"look_at": BOTH, "every_days": 30, "evidence": ["photo"]},
            "document": {"provide": BOTH, "every_days": 30},
        }
        folder.add_control("labels", without=("kinds", "parameters"), title=BOTH, remedy=BOTH, **{half: halves[half]})
        return folder.load().controls["labels"]

    return made


def answer(sql: str, table: str, columns: tuple[str, ...], rows: list[tuple]) -> tuple[Verdict, list[dict]]:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        connection.execute("CREATE TABLE time (unix_time)")
        connection.execute("INSERT INTO time VALUES (?)", (NOW,))
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        found = [dict(row) for row in cursor]
    finally:
        connection.close()
    return verdict.of_rows(names, found), found


def seen(result: str, days_ago: float, control: str = "labels", valid_days: float | None = None) -> tuple:
    until = None if valid_days is None else NOW + int(valid_days * DAY)
    return (control, "site1", result, "Li", NOW - int(days_ago * DAY), "n", 2, "ab" * 32, until)


def filed(days_ago: float, valid_days: float | None = None, name: str = "rules", control: str = "labels") -> tuple:
    until = None if valid_days is None else NOW + int(valid_days * DAY)
    return (control, name, "v2", "Wang", NOW - int(days_ago * DAY), until, "cd" * 32, NOW)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], Verdict.UNKNOWN),
        ([seen("pass", 1)], Verdict.PASS),
        ([seen("pass", 30)], Verdict.PASS),
        ([seen("pass", 1, valid_days=0)], Verdict.PASS),
        ([seen("pass", 1, valid_days=-0.01)], Verdict.UNKNOWN),
        ([seen("fail", 1, valid_days=-0.01)], Verdict.FAIL),
        ([seen("pass", 30.01)], Verdict.UNKNOWN),
        ([seen("pass", -1)], Verdict.UNKNOWN),
        ([seen("fail", 1)], Verdict.FAIL),
        ([seen("fail", 300)], Verdict.FAIL),
        ([seen("pass", 1), seen("fail", 2)], Verdict.PASS),
        ([seen("fail", 1), seen("pass", 2)], Verdict.FAIL),
        ([seen("pass", 2), seen("fail", 1)], Verdict.FAIL),
        ([seen("pass", 1), seen("fail", 1)], Verdict.FAIL),
        ([seen("skipped", 1)], Verdict.UNKNOWN),
        ([seen("pass", 1, control="other")], Verdict.UNKNOWN),
    ],
)
def test_the_newest_inspection_decides(control, rows, expected):
    """A pass counts for every_days, a fail until someone looks again; no record, an old or a future one says nothing."""
    resolved = resolve(control("inspect"), "site", {})

    assert expected is answer(resolved.observe, "attestations", SEEN, rows)[0]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], Verdict.UNKNOWN),
        ([filed(1)], Verdict.PASS),
        ([filed(30)], Verdict.PASS),
        ([filed(30.01)], Verdict.UNKNOWN),
        ([filed(-1)], Verdict.UNKNOWN),
        ([filed(1, 0)], Verdict.PASS),
        ([filed(1, 10)], Verdict.PASS),
        ([filed(1, -0.01)], Verdict.UNKNOWN),
        ([filed(20), filed(1, -0.01)], Verdict.UNKNOWN),
        ([filed(1), filed(40)], Verdict.PASS),
        ([filed(1, control="other")], Verdict.UNKNOWN),
    ],
)
def test_the_newest_document_decides(control, rows, expected):
    """A document counts while it is valid and was approved within every_days; a newer one replaces it, valid or not."""
    resolved = resolve(control("document"), "site", {})

    assert expected is answer(resolved.observe, "documents", FILED, rows)[0]


def test_a_stricter_baseline_shortens_the_time(control):
    """every_days is a parameter as any other."""
    resolved = resolve(control("inspect"), "site", {"every_days": 7})

    assert Verdict.UNKNOWN is answer(resolved.observe, "attestations", SEEN, [seen("pass", 8)])[0]


def test_the_evidence_says_who_when_and_which_file(control):
    """Rows carry who, when, digest; of a document its version too."""
    inspected = answer(resolve(control("inspect"), "site", {}).observe, "attestations", SEEN, [seen("pass", 1)])[1][0]
    document = answer(resolve(control("document"), "site", {}).observe, "documents", FILED, [filed(1, 10)])[1][0]

    assert {
        "who": "Li",
        "when": "2027-01-14 08:00:00Z",
        "result": "pass",
        "note": "n",
        "files": 2,
        "sha256": "ab" * 32,
        "ok": 1,
    } == (inspected)
    assert ("Wang", "v2", "cd" * 32) == (document["who"], document["version"], document["sha256"])


def test_every_days_belongs_to_the_control(control):
    """The parameter that comes with an inspection is bounded, merges to the shortest and names its line."""
    parameter = control("inspect").parameters["every_days"]

    assert ("integer", 30, 1, 3660, "min", "d") == (
        parameter.type,
        parameter.default,
        parameter.minimum,
        parameter.maximum,
        parameter.strictest,
        parameter.unit,
    )
    assert parameter.line > 0


def test_machines_and_people_may_share_a_control(folder):
    """A control with kinds and an inspection has a rule for each, and only the site's is for people."""
    folder.add_control("shared", inspect={"look_at": BOTH, "every_days": 30, "evidence": ["photo"]})
    control = folder.load().controls["shared"]

    assert {"linux": False, "site": True} == {kind: control.is_manual(kind) for kind in control.kinds}
    assert not control.is_manual("windows")


def test_a_look_at_a_machine_is_no_rule_of_the_site(folder):
    """An inspection of machines brings its days and its words, and no rule: the machine is asked first."""
    folder.add_control("shared", inspect={"where": "machine", "look_at": BOTH, "every_days": 30, "evidence": ["photo"]})
    control = folder.load().controls["shared"]

    assert ("machine", 30) == (control.inspect.where, control.parameters["every_days"].default)
    assert "site" not in control.kinds


def test_a_look_at_a_machine_needs_machines(folder):
    """Without kinds nothing would ever be asked."""
    inspect = {"where": "machine", "look_at": BOTH, "every_days": 30, "evidence": ["photo"]}
    folder.add_control("alone", title=BOTH, remedy=BOTH, without=("kinds", "parameters"), inspect=inspect)

    assert any("needs kinds of machines" in problem.message for problem in folder.problems())


HOURS = {"hours": {"title": BOTH, "type": "integer", "default": 1, "minimum": 1, "maximum": 24, "strictest": "min"}}


@pytest.mark.parametrize(
    ("key", "asked"),
    [("inspect", {"look_at": None, "every_days": 30, "evidence": ["form"]}), ("document", {"provide": None, "every_days": 30})],
)
def test_what_people_are_asked_carries_the_values(folder, key, asked):
    """A figure in what a person looks at or hands in is a parameter: used by that alone, and filled in both languages."""
    text = {"en": "Within $hours h, every $every_days days.", "zh": "$hours 小时内，每 $every_days 天。"}
    other = {name: text if value is None else value for name, value in asked.items()}
    folder.add_control("other", title=BOTH, remedy=BOTH, parameters=HOURS, without=("kinds",), **{key: other})

    resolved = resolve(folder.load().controls["other"], "site", {"hours": 2})

    assert ("Within 2 h, every 30 days.", "2 小时内，每 30 天。") == (resolved.asked.en, resolved.asked.zh)


@pytest.mark.parametrize(
    ("en", "zh", "message"),
    [
        ("$hours and $houses", "$hours、$houses", "unknown parameter $houses; did you mean hours?"),
        ("in time", "$hours", "$hours stands in one language only"),
        ("$hours for 5 $", "$hours", "a stray $: write $$ for a dollar sign"),
    ],
)
def test_what_people_are_asked_is_checked_like_a_title(folder, en, zh, message):
    """An unknown name, one language without it and a stray dollar sign are refused there too."""
    folder.add_control(
        "other",
        title=BOTH,
        remedy=BOTH,
        parameters=HOURS,
        without=("kinds",),
        document={"provide": {"en": en, "zh": zh}, "every_days": 30},
    )

    assert message in {problem.message for problem in folder.problems()}


def test_a_machine_is_asked_nothing_in_words(folder):
    """A control without people has nothing to ask."""
    assert resolve(folder.load().controls["screen_lock"], "linux", {}).asked is None
