# SPDX-License-Identifier: Apache-2.0
"""The law of the virtual tables: the rows of a query are those that SQLite picks from a real table."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from policies import schema

COLUMNS = ("uid", "gid", "username", "uuid", "shell")
# uid and uuid are index columns, username is an additional one, uuid compares without case.
NUMBERS = st.one_of(st.none(), st.integers(-2, 4))
TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "A", "ab", "b%", "1", "-1", "ß", "10"]))
ROWS = st.lists(
    st.fixed_dictionaries({"uid": NUMBERS, "gid": NUMBERS, "username": TEXTS, "uuid": TEXTS, "shell": TEXTS}), max_size=8
)
VALUES = st.sampled_from(["NULL", "''", "'a'", "'A'", "'1'", "1", "-1", "2.0", "1.5", "'ß'", "'a%'", "'%b%'", "x'61'", "'1.0'"])
OPERATORS = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT", "LIKE", "NOT LIKE", "GLOB"])


@st.composite
def terms(draw):
    """Write one comparison."""
    other = f"{draw(st.sampled_from(['a', 'b']))}.{draw(st.sampled_from(COLUMNS))}"
    column = f"{draw(st.sampled_from(['a', 'b']))}.{draw(st.sampled_from(COLUMNS))}"
    form = draw(st.integers(0, 4))
    if form == 0:
        return f"{column} IN ({draw(VALUES)}, {draw(VALUES)})"
    if form == 1:
        return f"{column} {draw(st.sampled_from(['=', '<', 'IS']))} {other}"
    if form == 2:
        return f"{column} IN (SELECT {draw(st.sampled_from(COLUMNS))} FROM users WHERE uid > {draw(VALUES)})"
    suffix = draw(st.sampled_from(["", "", " COLLATE NOCASE", " COLLATE BINARY"]))
    return f"{column} {draw(OPERATORS)} {draw(VALUES)}{suffix}"


@st.composite
def conditions(draw):
    """Join comparisons by AND, OR and NOT."""
    parts = [f"{draw(st.sampled_from(['', '', 'NOT ']))}({one})" for one in draw(st.lists(terms(), min_size=1, max_size=4))]
    return draw(st.sampled_from([" AND ", " OR "])).join(parts)


def real_table(rows):
    """Put the rows into a table of plain SQLite with the columns' types and collations."""
    connection = sqlite3.connect(":memory:")
    declared = {column.name: column for column in schema.find("users").columns}
    columns = (f"{name} {declared[name].type} COLLATE {declared[name].collate or 'binary'}" for name in COLUMNS)
    connection.execute(f"CREATE TABLE users({', '.join(columns)})")
    connection.executemany(
        f"INSERT INTO users VALUES ({', '.join('?' * len(COLUMNS))})", [[row[name] for name in COLUMNS] for row in rows]
    )
    return connection


def ordered(rows):
    """Sort rows of mixed types."""
    return sorted(rows, key=repr)


@settings(max_examples=250, deadline=None)
@given(ROWS, conditions(), st.sampled_from(["JOIN", "LEFT JOIN"]), conditions())
def test_the_same_rows(rows, on, join, where):
    """Any constraints over recorded rows answer as plain SQLite answers over a real table, duplicates included."""
    sql = f"SELECT a.uid, a.username, a.uuid, b.uid, b.shell, b.gid FROM users a {join} users b ON {on} WHERE {where}"
    with closing(real_table(rows)) as real:
        expected = real.execute(sql).fetchall()
    named = sql.replace("SELECT a.uid,", "SELECT a.uid AS c0,").replace("b.uid, b.shell", "b.uid AS c3, b.shell")
    with Engine(RecordedSource("linux", {"users": rows}, "r")) as engine:
        found = [tuple(row.values()) for row in engine.query(named).rows]

    assert ordered(expected) == ordered(found)
