# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from policies import schema
from policies.catalogue import load
from policies.lint import check, complaints
from policies.lint.dialect import OSQUERY, SQLITE


def test_our_catalogue_is_clean():
    """Every rule of the shipped catalogue can be answered by the tables of its kind."""
    assert [] == [str(problem) for problem in check(load())]


@pytest.mark.parametrize(
    ("sql", "kind", "expected"),
    [
        ("SELECT usename, 1 AS ok FROM users", "linux", "no such column: usename; did you mean username?"),
        ("SELECT u.usename, 1 AS ok FROM users u", "linux", "no such column: usename; did you mean username?"),
        ("SELECT 1 AS ok FROM user", "linux", "no such table: user; did you mean users?"),
        ("SELECT data, 1 AS ok FROM registry WHERE path = 'x'", "linux", "table registry exists on windows, not on linux"),
        ("SELECT 1 AS ok FROM ups", "linux", "table ups exists on ups, not on linux"),
        ("SELECT path, 1 AS ok FROM file", "linux", "table file needs a constraint on path or directory"),
        ("SELECT line, 1 AS ok FROM file_lines", "linux", "table file_lines needs a constraint on path"),
        ("SELECT string_agg(username, ','), 1 AS ok FROM users", "linux", "osquery has no function string_agg"),
        ("SELECT group_cat(username), 1 AS ok FROM users", "linux", "osquery has no function group_cat"),
        ("SELECT readfile('/etc/shadow') AS ok", "linux", "osquery has no function readfile"),
        ("SELECT username FROM users", "linux", "the last column must be ok, and only it; the columns are username"),
        ("SELECT 1 AS ok, username FROM users", "linux", "the last column must be ok, and only it; the columns are ok, username"),
        (
            "SELECT name, current_value > 3 AS ok FROM system_controls",
            "linux",
            "column current_value is TEXT and is compared by size",
        ),
        ("SELECT name, value BETWEEN 1 AND 3 AS ok FROM dconf_policy d, mounts", "linux", "no such column: name"),
        ("SELECT key, d.value BETWEEN 1 AND 3 AS ok FROM dconf_policy d", "linux", "column value is TEXT"),
        ("DELETE FROM users", "linux", "wrong SQL"),
        ("SELECT 1 AS ok; DROP TABLE users", "linux", "wrong SQL"),
        ("ATTACH 'x' AS y", "linux", "wrong SQL"),
        ("SELECT load_extension('x') AS ok", "linux", "osquery has no function load_extension"),
        ("SELECT 1 AS ok FROM pragma_table_list", "linux", ""),
        ("SELECT 'unfinished AS ok", "linux", "not one whole statement"),
    ],
)
def test_wrong_sql_is_named(sql, kind, expected):
    """What osquery or the schema would refuse is refused here, with the nearest right name."""
    found = complaints(sql, kind)

    assert found
    assert expected in found[0]


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ("username NOT IN $names", True),
        ("lower(username) not in ${names}", True),
        ("NOT (lower(username) IN $names)", True),
        ("(username IN $names) = 0", True),
        ("(username IN $names) <> 1", True),
        ("(username IN $names) IS NOT TRUE", False),
        ("coalesce(username IN $names, 0) = 0", False),
        ("username IN $names", False),
        ("username NOT IN ('root', $one)", False),
        ("username <> 'NOT IN $$names' -- NOT IN $$names", False),
        ("NOT EXISTS (SELECT 1 FROM groups WHERE groupname IN $names)", False),
    ],
)
def test_a_condition_that_an_empty_list_makes_null_is_refused(folder, condition, refused):
    """What a WHERE with an empty list would silently drop cannot be written; what counts it can."""
    both = {"en": "x", "zh": "x"}
    query = f"SELECT 'x' IN $names AS listed, $one AS one, count(*) = 0 AS ok FROM users WHERE {condition}\n"
    folder.add_control(
        "other",
        title=both,
        remedy=both,
        parameters={
            "names": {"title": both, "type": "list", "default": ["root"], "strictest": "intersection"},
            "one": {"title": both, "type": "string", "default": "root"},
        },
        kinds={"linux": {"observe": query}},
    )
    expected = ["NULL where the list $names is empty, and nothing is found: write (x IN $names) IS NOT TRUE"]

    found = [problem.message for problem in check(folder.load()) if problem.path.endswith("other.yml")]

    assert (expected if refused else []) == found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT f.path, 1 AS ok FROM processes p JOIN file f ON f.path = p.path",
        "SELECT path, 1 AS ok FROM file WHERE path LIKE '/etc/%' AND filename <> 'x'",
        "SELECT path, 1 AS ok FROM file WHERE directory IN (SELECT directory FROM users)",
        "SELECT path, 1 AS ok FROM hash WHERE path IN ('/etc/passwd', '/etc/group')",
        "SELECT CAST(current_value AS INTEGER) > 3 AS ok FROM system_controls",
        "SELECT name, regex_match(name, 'a > 3', 0) IS NOT NULL AS ok FROM deb_packages -- value < 3",
        "SELECT value, 1 AS ok FROM json_each('[1, 2]')",
        "WITH wanted (name) AS (VALUES ('a')) SELECT name, CASE WHEN 1 THEN 1 END AS ok FROM wanted JOIN mounts;",
        "SELECT address, 1 AS ok FROM hosts",
    ],
)
def test_right_sql_passes(sql):
    """Joins that feed a required column, patterns, casts and SQLite's own table functions are right."""
    assert [] == complaints(sql, "linux")


def test_every_kind_can_be_linted():
    """The empty database of every subject kind has every table of it."""
    for kind in schema.KINDS:
        for table in schema.for_kind(kind):
            column = table.columns_for(kind)[0].name
            where = f'WHERE "{table.required[0]}" = 1' if table.required else ""
            sql = f'SELECT "{column}", 1 AS ok FROM "{table.name}" {where}'

            assert [] == complaints(sql, kind)


def test_dialect_does_not_know_newer_functions():
    """What came to SQLite after 3.42 is not allowed, and no name is in both lists."""
    assert (
        set() == {"string_agg", "json_pretty", "jsonb", "octet_length", "median", "unistr", "timediff", "load_extension"} & SQLITE
    )
    assert set() == SQLITE & OSQUERY.keys()
