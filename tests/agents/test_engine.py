# SPDX-License-Identifier: Apache-2.0
"""The laws of the engine: what a query answers, and what it says when it cannot."""

from __future__ import annotations

import pytest
from spy_source import SpySource

from agents.connections.recorded import RecordedSource, RecordingError
from agents.engine import Engine, NotObservedError, NotServedError, QueryError

USERS = [{"uid": 0, "username": "root", "shell": "/bin/bash"}, {"uid": 7, "username": "lp"}]


@pytest.fixture
def engine():
    with Engine(RecordedSource("linux", {"users": USERS, "mounts": [], "etc_hosts": [{"address": "::1"}]}, "recorded")) as engine:
        yield engine


def test_result_has_columns_in_order_and_rows_by_name(engine):
    """Columns keep the query's order, rows are dicts, and a column without a value is NULL."""
    result = engine.query("SELECT shell, uid AS number FROM users ORDER BY uid")

    assert ("shell", "number") == result.columns
    assert [{"shell": "/bin/bash", "number": 0}, {"shell": None, "number": 7}] == result.rows
    assert result.milliseconds > 0


def test_columns_are_known_without_rows(engine):
    """A query that finds nothing still names its columns."""
    assert ("path", "ok") == engine.query("SELECT path, 1 AS ok FROM mounts").columns


def test_a_table_alias_is_the_table(engine):
    """Osquery's other name of a table answers the same rows."""
    assert [{"address": "::1"}] == engine.query("SELECT address FROM hosts").rows


def test_a_column_alias_is_the_column():
    """Osquery's other name of a column is there when asked for, and not in a star."""
    with Engine(RecordedSource("linux", {"time": [{"datetime": "2026-11-22"}]}, "r")) as engine:
        assert [{"date_time": "2026-11-22"}] == engine.query("SELECT date_time FROM time").rows
        assert "date_time" not in engine.query("SELECT * FROM time").columns


def test_columns_of_other_platforms_are_hidden(engine):
    """A star has no column of another platform, but naming one gives NULL as in osquery."""
    assert "type" not in engine.query("SELECT * FROM users").columns
    assert [{"type": None}] == engine.query("SELECT DISTINCT type FROM users").rows


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT * FROM user", "no such table: user; did you mean users?"),
        ("SELECT usename FROM users", "no such column: usename; did you mean username?"),
        ("SELECT u.usename FROM users AS u", "no such column: u.usename; did you mean username?"),
        ("SELECT mdd5('x')", "no such function: mdd5; did you mean md5?"),
        ("SELEC 1", 'near "SELEC": syntax error'),
        ("SELECT ?", "the query has parameters (?), but nothing gives them values"),
        ("SELECT string_agg(username, ',') FROM users", "no such function: string_agg (osquery's SQLite 3.42 does not have it)"),
        ("", "there is no SELECT in the query"),
        (" -- nothing", "there is no SELECT in the query"),
        ("SELECT * FROM users; SELECT 1", "one statement at a time, please"),
    ],
)
def test_wrong_sql_is_told_in_a_sentence(engine, sql, message):
    """What is mistyped is an error that names the nearest word."""
    with pytest.raises(QueryError) as caught:
        engine.query(sql)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    "sql", ["SELECT 1 AS n;", ";SELECT 1 AS n", "SELECT 1 AS n ; -- done", "/* a */ SELECT 1 AS n /* b */ ;\n\n;"]
)
def test_semicolons_and_comments_around_one_statement_are_fine(engine, sql):
    """A trailing semicolon or comment is no second statement."""
    assert [{"n": 1}] == engine.query(sql).rows


def test_a_table_that_is_not_served_is_told_before_anything_is_read():
    """A known table without rows here is refused even where no row would ever be asked of it."""
    source = SpySource(users=[])
    with Engine(source) as engine, pytest.raises(NotServedError, match="spy has no mounts"):
        engine.query("SELECT * FROM users LEFT JOIN mounts ON 1")

    assert [] == source.asked


def test_a_table_of_another_platform_says_where_it_exists(engine):
    """The registry is not unknown: it is on Windows."""
    with pytest.raises(NotServedError, match=r"^table registry exists on windows, not on linux$"):
        engine.query("SELECT * FROM registry")


def test_what_cannot_be_observed_is_never_no_row():
    """An unreadable table raises its reason again for every query of the run."""

    def refuse(_ask):
        yield {"username": "root"}
        raise NotObservedError("run as root")

    source = SpySource(shadow=refuse)
    with Engine(source) as engine:
        for _ in range(2):
            with pytest.raises(NotObservedError, match=r"^run as root$"):
                engine.query("SELECT count(*) FROM shadow")

    assert 1 == len(source.asked)


@pytest.mark.parametrize("fault", [OSError("gone"), KeyError("Uid"), ValueError("x"), ZeroDivisionError("y")])
def test_a_fault_in_a_table_names_the_table(fault):
    """An unexpected error of a table function is a QueryError with the table's name and the cause chained."""

    def fail(_ask):
        yield {"pid": 1}
        raise fault

    with Engine(SpySource(processes=fail)) as engine, pytest.raises(QueryError, match=r"^table processes failed: ") as caught:
        engine.query("SELECT * FROM processes")

    assert fault is caught.value.__cause__


def test_after_an_error_the_engine_goes_on(engine):
    """A refused query leaves nothing behind."""
    with pytest.raises(QueryError):
        engine.query("SELECT * FROM users, nowhere")

    assert [{"n": 2}] == engine.query("SELECT count(*) AS n FROM users").rows


def test_double_quoted_text_is_text(engine):
    """A double-quoted word that is no column is a text, as in osquery."""
    assert [{"uid": 0}] == engine.query('SELECT uid FROM users WHERE username = "root"').rows


def test_cells_take_the_type_of_their_column():
    """Text from osquery's logs becomes a number in a number column, and what is no number NULL."""
    rows = [{"uid": "5", "username": 17}, {"uid": "", "username": ""}, {"uid": "x", "username": None}]
    with Engine(RecordedSource("linux", {"users": rows}, "r")) as engine:
        found = engine.query("SELECT uid, username FROM users").rows

    assert [{"uid": 5, "username": "17"}, {"uid": None, "username": ""}, {"uid": None, "username": None}] == found


def test_a_number_beyond_64_bits_becomes_a_float():
    """As in SQLite, and without an error."""
    with Engine(RecordedSource("linux", {"users": [{"uid": 2**64}, {"uid": str(2**64)}, {"uid": 2.0}]}, "r")) as engine:
        assert [2.0**64, 2.0**64, 2] == [row["uid"] for row in engine.query("SELECT uid FROM users").rows]


def test_undecodable_text_does_not_break_a_row():
    """A name with bytes that are no UTF-8 is shown with replacement characters."""
    with Engine(RecordedSource("linux", {"users": [{"username": "a\udcff"}]}, "r")) as engine:
        assert [{"username": "a\ufffd"}] == engine.query("SELECT username FROM users").rows


def test_results_go_into_json(engine):
    """A blob comes as hexadecimal text and an infinity by name."""
    assert [{"a": "00FF", "b": "Inf", "c": "-Inf"}] == engine.query("SELECT x'00ff' AS a, 9e999 AS b, -9e999 AS c").rows


def test_more_engines_and_tables_than_slots():
    """SQLite's module slots do not run out with many tables in many engines."""
    sql = " UNION ALL ".join(f"SELECT count(*) FROM {name}" for name in ("users", "mounts", "groups", "processes", "uptime"))
    tables = {name: [] for name in ("users", "mounts", "groups", "processes", "uptime")}
    engines = [Engine(RecordedSource("linux", tables, "r")) for _ in range(20)]

    assert [5] * 20 == [len(engine.query(sql).rows) for engine in engines]


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"user": []}, "no such table: user; did you mean users?"),
        ({"users": [{"usrname": "x"}]}, "table users has no column usrname; did you mean username?"),
        ({"registry": []}, "table registry exists on windows, not on linux"),
    ],
)
def test_a_recording_is_checked_when_it_is_taken(tables, message):
    """A recording with a table or column that does not exist is refused at once."""
    with pytest.raises(RecordingError) as caught:
        RecordedSource("linux", tables, "r")

    assert message == str(caught.value)


def test_a_table_that_was_not_recorded_is_not_served(engine):
    """An empty table was recorded empty; one that is not named was not."""
    assert [] == engine.query("SELECT * FROM mounts").rows
    with pytest.raises(NotServedError, match="table groups is not in the recording recorded"):
        engine.query("SELECT * FROM groups")
