# SPDX-License-Identifier: Apache-2.0
"""The laws of reading: once per run, no more than asked, and the same rows as SQLite would pick."""

from __future__ import annotations

import pytest
from spy_source import SpySource

from agents import scan
from agents.engine import Engine, Limits, QueryError

PEOPLE = [{"uid": number, "username": f"user{number}", "gid": number % 3} for number in range(10)]


def paths(ask):
    """Answer as the file table does: what is asked by path, or the members of a folder."""
    for path in ask.values("path"):
        yield {"path": path, "directory": path.rpartition("/")[0], "size": len(path)}
    for folder in ask.values("directory"):
        for name in ("a", "b"):
            yield {"path": f"{folder}/{name}", "directory": folder, "size": 1}


def test_a_table_is_read_once_per_run():
    """Three full reads of a table ask the source once, and `fresh` asks again."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        for _ in range(3):
            assert [{"n": 10}] == engine.query("SELECT count(uid) AS n FROM users").rows
        assert 1 == len(source.asked)
        engine.fresh()
        engine.query("SELECT count(uid) AS n FROM users")

    assert 2 == len(source.asked)


def test_a_self_join_reads_once():
    """Two walks over one table share its rows."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        found = engine.query("SELECT count(*) AS n FROM users a, users b WHERE a.gid = b.gid").rows

    assert [{"n": 34}] == found
    assert (1, 10) == (len(source.asked), source.pulled)


def test_a_full_read_serves_an_indexed_one():
    """After a full read a look-up by an index column needs no other."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        engine.query("SELECT uid, username FROM users")
        assert [{"username": "user4"}] == engine.query("SELECT username FROM users WHERE uid = 4").rows

    assert 1 == len(source.asked)


@pytest.mark.parametrize(
    ("table", "first", "second"),
    [
        ("users", "SELECT username FROM users", "SELECT username FROM users WHERE username = 'domain\\x'"),
        ("user_ssh_keys", "SELECT path FROM user_ssh_keys", "SELECT path FROM user_ssh_keys WHERE uid = 7"),
        ("chrome_extensions", "SELECT name FROM chrome_extensions", "SELECT name FROM chrome_extensions WHERE uid = 7"),
    ],
)
def test_a_full_read_does_not_serve_what_it_may_lack(table, first, second):
    """A constraint that makes more rows than a full read has is asked for by itself."""
    source = SpySource(**{table: []})
    with Engine(source) as engine:
        engine.query(first)
        engine.query(second)

    assert 2 == len(source.asked)


def test_equal_look_ups_are_read_once():
    """The same path asked twice is looked at once, another one again."""
    source = SpySource(file=paths)
    with Engine(source) as engine:
        for path in ("/a", "/a", "/b"):
            assert [{"size": 2}] == engine.query(f"SELECT size FROM file WHERE path = '{path}'").rows

    assert [{"path": [("=", "/a")]}, {"path": [("=", "/b")]}] == source.constraints("file")


def test_slow_look_ups_become_one_full_read(monkeypatch):
    """A join that looks up many users reads the table once more in full when its patience is at an end, not once for each."""
    seconds = iter(range(1_000_000))
    monkeypatch.setattr("agents.scan.time.perf_counter", lambda: next(seconds) / 1000)
    monkeypatch.setattr("agents.scan.PATIENCE", 0.25)
    source = SpySource(users=lambda _ask: iter(PEOPLE * 10), processes=[{"pid": n, "uid": n % 10} for n in range(100)])
    with Engine(source) as engine:
        found = engine.query("SELECT count(u.username) AS n FROM processes p CROSS JOIN users u ON u.uid = p.uid").rows

    assert [{"n": 1000}] == found
    # A millisecond a row, a hundred rows in each look-up: three of them are waited for.
    assert [1, 1, 1, 0] == [len(one) for one in source.constraints("users")]


def test_quick_look_ups_stay_look_ups(monkeypatch):
    """However many settings are looked up, a large table is not read in full as long as that takes no time."""
    monkeypatch.setattr("agents.scan.time.perf_counter", lambda: 0.0)
    source = SpySource(system_controls=lambda ask: iter([{"name": ask.values("name")[0]}]))
    with Engine(source) as engine:
        for number in range(50):
            engine.query(f"SELECT name FROM system_controls WHERE name = 'kernel.{number}'")

    assert [1] * 50 == [len(one) for one in source.constraints("system_controls")]


def test_a_part_of_the_registry_is_never_the_whole():
    """A full read of the registry gives its hives only, so each path is looked up however many there are."""
    source = SpySource("windows", registry=[])
    paths = ", ".join(f"'HKLM\\{number}'" for number in range(20))
    with Engine(source) as engine:
        engine.query("SELECT data FROM registry")
        engine.query(f"SELECT data FROM registry WHERE path IN ({paths})")

    assert 21 == len(source.asked)


def test_columns_add_up_instead_of_alternating():
    """Two queries for different columns need at most two reads, however often they alternate."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        for _ in range(3):
            assert 10 == len(engine.query("SELECT uid FROM users").rows)
            assert 10 == len(engine.query("SELECT username FROM users").rows)

    assert [{"uid"}, {"uid", "username"}] == [set(ask.columns) for _, ask in source.asked]


def test_rows_are_pulled_lazily():
    """LIMIT 1 takes one row and no more."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        engine.query("SELECT username FROM users LIMIT 1")

    assert source.pulled <= 2


def test_only_the_columns_of_the_query_are_asked_for():
    """A table learns which columns SQLite will read."""
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        engine.query("SELECT username FROM users WHERE gid = 1 ORDER BY shell")

    assert frozenset({"username", "gid", "shell"}) == source.asked[0][1].columns


def test_a_long_read_is_not_kept(monkeypatch):
    """A read beyond the limit of rows streams: all rows arrive, and the next query reads again."""
    monkeypatch.setattr(scan, "KEPT_ROWS", 100)
    source = SpySource(users=[{"uid": number} for number in range(1000)])
    with Engine(source) as engine:
        for _ in range(2):
            assert [{"n": 1000, "s": 499500}] == engine.query("SELECT count(*) AS n, sum(uid) AS s FROM users").rows
        kept = sum(len(one._lines) for one in engine._scans._kept.values())

    assert (2, 0) == (len(source.asked), kept)


def test_a_long_read_needs_little_memory(monkeypatch):
    """What streams is not held: a table of many times the memory limit can be counted."""
    monkeypatch.setattr(scan, "KEPT_ROWS", 10)
    source = SpySource(users=({"username": "x" * 100_000} for _ in range(1000)))
    with Engine(source, Limits(memory=16 * 1024 * 1024)) as engine:
        assert [{"n": 1000}] == engine.query("SELECT count(username) AS n FROM users").rows


def test_much_kept_is_dropped_before_the_next_query(monkeypatch):
    """What a run keeps is bounded."""
    monkeypatch.setattr(scan, "KEPT_BYTES", 1000)
    source = SpySource(users=PEOPLE)
    with Engine(source) as engine:
        engine.query("SELECT username FROM users")
        engine.query("SELECT username FROM users")

    assert 2 == len(source.asked)


# --- what a query hands down


@pytest.mark.parametrize(
    ("where", "constraints"),
    [
        ("path = '/x'", [{"path": [("=", "/x")]}]),
        ("path IS '/x'", [{"path": [("=", "/x")]}]),
        ("path LIKE '/etc/%'", [{"path": [("LIKE", "/etc/%")]}]),
        ("path GLOB '/etc/*'", [{"path": [("GLOB", "/etc/*")]}]),
        ("path = '/x' AND directory = '/'", [{"path": [("=", "/x")], "directory": [("=", "/")]}]),
        ("path = '/x' AND size = 2", [{"path": [("=", "/x")]}]),
        ("path = '/x' AND path > '/a'", [{"path": [("=", "/x")]}]),
        ("path IN ('/x', '/y')", [{"path": [("=", "/x")]}, {"path": [("=", "/y")]}]),
        ("path = '/x' OR path = '/y'", [{"path": [("=", "/x")]}, {"path": [("=", "/y")]}]),
        ("path = '/x' OR directory = '/d'", [{"path": [("=", "/x")]}, {"directory": [("=", "/d")]}]),
        ("path = ''", [{}]),
        ("path = NULL", [{}]),
        ("path IN (SELECT '/x' WHERE 0)", []),
        ("path = (SELECT '/' || 'x')", [{"path": [("=", "/x")]}]),
    ],
)
def test_constraints_reach_the_table(where, constraints):
    """Only usable constraints on columns that may be constrained are handed down, one read for each value."""
    source = SpySource(file=paths)
    with Engine(source) as engine:
        engine.query(f"SELECT path FROM file WHERE {where}")

    assert constraints == source.constraints("file")


def test_an_ordering_on_a_number_is_handed_down_and_on_text_not():
    """`pid > 5` narrows, `path > 'x'` does not."""
    source = SpySource(processes=[])
    with Engine(source) as engine:
        engine.query("SELECT name FROM processes WHERE pid > 5 AND pid <= '9' AND name > 'a'")

    assert [{"pid": [(">", 5), ("<=", 9)]}] == source.constraints("processes")


def test_a_comparison_by_another_collation_does_not_narrow():
    """`path = 'X' COLLATE NOCASE` matches rows that a look-up of X would miss, so an index is not used for it."""
    source = SpySource(user_ssh_keys=[{"path": "/HOME/key"}])
    with Engine(source) as engine:
        found = engine.query("SELECT path FROM user_ssh_keys WHERE path = '/home/key' COLLATE NOCASE").rows

    assert [{"path": "/HOME/key"}] == found
    assert [{}] == source.constraints("user_ssh_keys")


def test_a_join_feeds_a_required_column():
    """Each row of one table asks the other for its path, also in an outer join and a subquery."""
    people = [{"uid": 1, "directory": "/home/a"}, {"uid": 2, "directory": "/home/b"}]
    for sql in (
        "SELECT f.path FROM users u LEFT JOIN file f ON f.path = u.directory || '/x' ORDER BY 1",
        "SELECT f.path FROM file f, users u WHERE f.path = u.directory || '/x' ORDER BY 1",
        "SELECT path FROM file WHERE path IN (SELECT directory || '/x' FROM users) ORDER BY 1",
        "SELECT (SELECT path FROM file WHERE path = u.directory || '/x') AS path FROM users u ORDER BY 1",
    ):
        with Engine(SpySource(file=paths, users=people)) as engine:
            assert [{"path": "/home/a/x"}, {"path": "/home/b/x"}] == engine.query(sql).rows


def test_a_row_found_by_both_sides_of_or_comes_once():
    """`OR` over two columns neither loses nor repeats rows, and keeps true duplicates."""
    with Engine(SpySource(file=paths)) as engine:
        found = engine.query("SELECT path FROM file WHERE path = '/d/a' OR directory = '/d' OR path = '/e' ORDER BY 1").rows

    assert [{"path": "/d/a"}, {"path": "/d/b"}, {"path": "/e"}] == [{"path": one["path"]} for one in found]


def test_true_duplicates_stay_two_rows_under_or():
    """Two equal rows are two rows, and -1 is not -2, also where SQLite drops those it has already seen."""

    def twice(ask):
        for size in (1, 1, -1, -2):
            yield {"path": "/d/a", "directory": "/d", "size": size} if ask.constraints else {}

    source = SpySource(file=twice)
    with Engine(source) as engine:
        found = engine.query("SELECT size FROM file WHERE path = '/d/a' OR directory = '/d' ORDER BY size").rows

    assert 2 == len(source.asked)
    assert [-2, -1, 1, 1] == [row["size"] for row in found]


def test_a_failed_read_is_not_kept():
    """After a fault the next query reads again instead of answering from half a table."""
    faults = [OSError("gone")]

    def once(_ask):
        yield {"uid": 1}
        if faults:
            raise faults.pop()
        yield {"uid": 2}

    with Engine(SpySource(users=once)) as engine:
        with pytest.raises(QueryError, match="gone"):
            engine.query("SELECT uid FROM users")
        assert [{"uid": 1}, {"uid": 2}] == engine.query("SELECT uid FROM users").rows


def test_a_missing_required_column_is_an_error():
    """A table that must be told where to look says so in osquery's words, when it is walked and not before."""
    source = SpySource(file=paths, users=[])
    with Engine(source) as engine:
        with pytest.raises(QueryError) as caught:
            engine.query("SELECT * FROM file")
        assert [] == engine.query("SELECT * FROM users CROSS JOIN file").rows

    assert "Table file was queried without a required column in the WHERE clause: path or directory" == str(caught.value)
    assert [] == source.constraints("file")
