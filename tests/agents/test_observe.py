# SPDX-License-Identifier: Apache-2.0
"""The laws of a look: every way it can end has its outcome, and none of them is an exception."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from spy_source import SpySource

from agents.engine import Engine, Limits, NotObservedError
from agents.observe import observe
from policies.records import Outcome

AT = "2026-11-22T06:40:00Z"
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) AS ok FROM c"


@dataclass
class Question:
    """A control that asks."""

    observe: str
    when: str | None = None
    control: str = "uid_zero_unique"
    kind: str = "linux"


def refuse(_ask):
    """Give no row but the reason why."""
    raise NotObservedError("/etc/shadow can be read by root only:\nrun as root to observe it")
    yield


def look(question):
    source = SpySource(users=[{"uid": 0, "username": "root"}], mounts=[], shadow=refuse)
    with Engine(source, Limits(seconds=0.2)) as engine:
        return observe(engine, question, "pc-1", AT), source


def test_rows_are_observed():
    """The rows of `observe` come with their columns, the subject, the time and the source."""
    seen, _ = look(Question("SELECT username, uid = 0 AS ok FROM users", "SELECT 1 FROM users"))

    assert (Outcome.ROWS, ("username", "ok"), ({"username": "root", "ok": 1},), "") == (
        seen.outcome,
        seen.columns,
        seen.rows,
        seen.reason,
    )
    assert ("uid_zero_unique", "pc-1", "linux", AT, "spy") == (
        seen.control,
        seen.subject,
        seen.kind,
        seen.observed_at,
        seen.source,
    )


def test_no_row_is_still_an_answer():
    """A query that finds nothing is `rows` without a row: what that means is for the judge."""
    seen, _ = look(Question("SELECT path, 1 AS ok FROM mounts"))

    assert (Outcome.ROWS, ("path", "ok"), ()) == (seen.outcome, seen.columns, seen.rows)


def test_where_it_does_not_apply_nothing_is_asked():
    """A `when` without a row makes the control inapplicable, and its tables are not read."""
    seen, source = look(Question("SELECT 1 AS ok FROM users", "SELECT 1 FROM mounts"))

    assert Outcome.INAPPLICABLE == seen.outcome
    assert ["mounts"] == [table for table, _ in source.asked]


@pytest.mark.parametrize(
    ("sql", "outcome", "reason"),
    [
        ("SELECT 1 AS ok FROM groups", Outcome.UNOBSERVED, "spy has no groups"),
        ("SELECT 1 AS ok FROM registry", Outcome.UNOBSERVED, "table registry exists on windows, not on linux"),
        ("SELECT 1 AS ok FROM shadow", Outcome.UNOBSERVED, "/etc/shadow can be read by root only: run as root to observe it"),
        ("SELECT usename AS ok FROM users", Outcome.ERROR, "no such column: usename; did you mean username?"),
        ("DROP TABLE users", Outcome.ERROR, "DELETE is not allowed: a query may only read tables"),
        (ENDLESS, Outcome.ERROR, "the query was stopped after 0.2 seconds"),
    ],
)
def test_what_went_wrong_is_written_down(sql, outcome, reason):
    """Whether in `observe` or in `when`, the outcome and a reason of one line are recorded and no rows."""
    for question in (Question(sql), Question("SELECT 1 AS ok", sql)):
        seen, _ = look(question)

        assert (outcome, reason, ()) == (seen.outcome, seen.reason, seen.rows)
