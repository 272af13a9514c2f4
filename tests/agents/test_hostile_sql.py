# SPDX-License-Identifier: Apache-2.0
"""The laws of the fence: SQL of strangers reads tables, computes within limits, and does nothing else."""

from __future__ import annotations

import signal
import threading
import time

import apsw
import pytest
from spy_source import SpySource

from agents.engine import Engine, Limits, QueryError

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
QUICK = Limits(seconds=0.3, rows=1000, memory=64 * 1024 * 1024)


def refusal(sql, source=None, limits=QUICK):
    with Engine(source or SpySource(users=[{"uid": 1, "username": "a"}]), limits) as engine, pytest.raises(QueryError) as caught:
        engine.query(sql)
    return str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "ATTACH '/tmp/x.db' AS x",
        "DETACH main",
        "PRAGMA user_version",
        "PRAGMA query_only = 0",
        "PRAGMA writable_schema = 1",
        "PRAGMA table_info(users)",
        "VACUUM",
        "VACUUM INTO '/tmp/x.db'",
        "BEGIN",
        "SAVEPOINT a",
        "REINDEX",
        "ANALYZE",
        "CREATE TABLE t(x)",
        "CREATE TEMP TABLE t(x)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE VIRTUAL TABLE t USING fts5(x)",
        "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END",
        "DROP TABLE users",
        "ALTER TABLE users RENAME TO u",
        "INSERT INTO users(uid) VALUES (1)",
        "UPDATE users SET uid = 0",
        "DELETE FROM users",
        "WITH a AS (SELECT 1) INSERT INTO users(uid) SELECT * FROM a",
        "SELECT load_extension('x')",
        "SELECT 1 WHERE load_extension('x') OR 1",
        "SELECT fts3_tokenizer('simple')",
        "SELECT sqlite_log(1, 'x')",
        "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'y')",
        "SELECT edit('x')",
        "SELECT * FROM sqlite_master",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_master",
        "SELECT * FROM pragma_table_info('users')",
        "SELECT count(*) FROM pragma_database_list",
        "SELECT * FROM pragma_user_version(1)",
        "SELECT * FROM dbstat",
        "SELECT * FROM fts3tokenize('simple', 'x')",
        "EXPLAIN ATTACH 'x' AS y",
        "SELECT 1; DROP TABLE users",
        "SELECT 1; ATTACH 'x' AS y",
    ],
)
def test_everything_but_reading_is_refused(sql):
    """Whatever writes, attaches, configures or reaches outside is an error, and the engine still answers afterwards."""
    with Engine(SpySource(users=[{"uid": 1}])) as engine:
        with pytest.raises(QueryError):
            engine.query(sql)
        assert [{"uid": 1}] == engine.query("SELECT uid FROM users").rows


def test_a_refused_statement_has_not_run():
    """Nothing of two statements runs: the first table is not even asked."""
    source = SpySource(users=[{"uid": 1}])
    assert "one statement at a time, please" == refusal("SELECT * FROM users; SELECT 1", source)
    assert [] == source.asked


def test_refusals_are_plain_sentences():
    """The message says what is not allowed."""
    assert "ATTACH is not allowed: a query may only read tables" == refusal("ATTACH 'x' AS y")
    assert "the function load_extension is not allowed" == refusal("SELECT load_extension('x')")
    for table in ("sqlite_master", "pragma_database_list", "dbstat"):
        for columns in ("*", "count(*)"):
            assert f"{table} is not a table that a query may read" == refusal(f"SELECT {columns} FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} SELECT count(*) FROM c",
        f"{ENDLESS} SELECT x FROM c WHERE x < 0",
        f"{ENDLESS} SELECT 1 WHERE (SELECT max(x) FROM c)",
        "SELECT regex_match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', '^(a+)+$', 0)",
    ],
)
def test_time_runs_out(sql):
    """A query without end is stopped at its limit, even within one regular expression."""
    started = time.monotonic()
    message = refusal(sql)

    assert "the query was stopped after 0.3 seconds" == message
    assert time.monotonic() - started < 5


def test_time_runs_out_inside_a_table():
    """An endless table is stopped, also one that hangs without giving a row."""

    def endless(_ask):
        while True:
            yield {"uid": 1}

    def hanging(_ask):
        time.sleep(30)
        yield {"uid": 1}

    for rows in (endless, hanging):
        assert refusal("SELECT count(*) FROM users WHERE uid = 2", SpySource(users=rows)).startswith("the query ")


def test_time_runs_out_in_any_thread():
    """Where no alarm can be set, SQLite and the scans still stop a query."""
    found = []
    thread = threading.Thread(target=lambda: found.append(refusal(f"{ENDLESS} SELECT count(*) FROM c")))
    thread.start()
    thread.join(10)

    assert ["the query was stopped after 0.3 seconds"] == found


def test_the_alarm_is_given_back():
    """A query leaves no timer and no handler behind."""
    before = signal.getsignal(signal.SIGALRM)
    with Engine(SpySource()) as engine:
        engine.query("SELECT 1")

    assert (before, (0.0, 0.0)) == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))


def test_rows_are_limited():
    """One row more than the limit is an error, never a cut result."""
    counted = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < {}) SELECT x FROM c"
    with Engine(SpySource(), QUICK) as engine:
        assert 1000 == len(engine.query(counted.format(1000)).rows)
    assert "the query gives more than 1,000 rows" == refusal(counted.format(1001))


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} SELECT printf('%4000000d', x) FROM c LIMIT 500",
        f"{ENDLESS} SELECT printf('%4000000d', x) AS y FROM c ORDER BY y",
        f"{ENDLESS} SELECT DISTINCT randomblob(4000000) FROM c",
        "SELECT a.username FROM users a, users b",
    ],
)
def test_memory_is_limited(sql):
    """Rows, sorters and tables that grow beyond the limit are stopped, and the peak stays near it."""
    limits = Limits(seconds=20, memory=64 * 1024 * 1024)
    apsw.memory_high_water(True)
    before = apsw.memory_used()
    message = refusal(sql, SpySource(users=({"username": "x" * 1_000_000} for _ in range(1000))), limits)

    assert "the query needs more than 64 MB of memory" == message
    assert apsw.memory_high_water() - before < 4 * limits.memory


@pytest.mark.parametrize("sql", ["SELECT zeroblob(900000000)", "SELECT printf('%9000000d', 1)", "SELECT hex(zeroblob(3000000))"])
def test_a_value_is_limited(sql):
    """No single value may be longer than 4 MB."""
    assert "a value is longer than 4 MB" == refusal(sql)


def test_the_text_of_a_query_is_limited():
    """A query longer than the limit is refused before SQLite sees it."""
    assert "the query is longer than 262,144 characters" == refusal("SELECT 1 --" + "x" * 300_000)


def test_deep_nesting_is_refused():
    """A tower of operators is an error, not a crash."""
    assert "Expression tree is too large" in refusal("SELECT " + "+".join("1" for _ in range(20_000)))


@pytest.mark.parametrize("sql", ["SELECT '\ud800'", "SELECT 1\x00; DROP TABLE users", "SELECT '\x00'"])
def test_odd_characters_do_no_harm(sql):
    """A lone surrogate or a NUL in the text of a query is an error of the query, never another exception."""
    assert refusal(sql)


def test_osquery_functions_refuse_in_a_sentence():
    """A function that cannot compute says so as a QueryError."""
    assert "split needs at least one separator" == refusal("SELECT split('a', '', 0)")
    assert refusal("SELECT regex_match('a', '(', 0)").startswith("not a regular expression: '('")
    assert refusal("SELECT regex_match('a', '(?<=b)a', 0)").startswith("osquery's regular expressions have no group (?<")
