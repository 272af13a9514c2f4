# SPDX-License-Identifier: Apache-2.0
r"""Queries in the forms that others write against osquery's `registry`, with the answers its rules give on a recorded hive."""

from __future__ import annotations

import pytest

from agents.engine import Engine
from agents.source import NotObservedError
from agents.tables.windows.registry import registry
from agents.windows.batch import Parcel
from agents.windows.hive import FETCH_LIMIT, Hive, Key, Value
from agents.windows.pc import Pc, hive_of
from agents.windows.roots import ROOTS
from policies.formats import reg
from policies.formats.registry import setting

POLICIES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies"
SYSTEM = rf"{POLICIES}\Microsoft\Windows\System"
USER = r"S-1-5-21-1-2-3-1001"
DESKTOP = r"Control Panel\Desktop"
EXPORT = [
    setting(SYSTEM, "EnableSmartScreen", "REG_DWORD", 2),
    setting(SYSTEM, "ShellSmartScreenLevel", "REG_SZ", "Block"),
    setting(SYSTEM, "", "REG_SZ", "whole"),
    setting(rf"{SYSTEM}\Scripts", "Run", "REG_MULTI_SZ", ["a.cmd", "b.cmd"]),
    setting(rf"{POLICIES}\Microsoft\FVE", "UseTPM", "REG_DWORD", 4294967295),
    setting(rf"{POLICIES}\Microsoft\FVE", "Raw", "REG_BINARY", "00ff10"),
]
HANDS = {
    f"u0-{USER.lower()}.reg": [setting(rf"HKEY_USERS\{USER}\{DESKTOP}", "ScreenSaveActive", "REG_SZ", "1")],
    "u0-.default.reg": [setting(rf"HKEY_USERS\.DEFAULT\{DESKTOP}", "ScreenSaveActive", "REG_SZ", "0")],
}


def exported(values):
    blocks = {block.key: block for block in reg.blocks_of(values)}
    for key in list(blocks):
        above = key
        while above.count("\\") > 2 and above not in {POLICIES, *ROOTS}:
            above = above.rpartition("\\")[0]
            blocks.setdefault(above, reg.Block(above))
    return reg.dump(blocks[key] for key in sorted(blocks))


def parcel():
    files = {"r0.reg": exported(EXPORT), **{name: reg.dump(reg.blocks_of(values)) for name, values in HANDS.items()}}
    report = {"administrator": True, "roots": dict.fromkeys(ROOTS[1:], "missing")}
    return Parcel(files, {}, [{"path": "HKEY_USERS", "state": "there", "subkeys": [".DEFAULT", USER], "values": []}], report)


class Recorded:
    """A source that serves the registry of a recorded hive alone."""

    kind = "windows"
    label = "recorded/hive"

    def __init__(self, hive=None):
        self._pc = Pc(lambda _: pytest.fail("a recorded hive needs no visit"), _hive=hive or hive_of(parcel()))

    def serves(self, table):
        """Serve the one table."""
        return table == "registry"

    def rows(self, _table, ask):
        """Give its rows."""
        return registry(self._pc, ask)


def ask(sql, hive=None):
    with Engine(Recorded(hive)) as engine:
        return [tuple(row.values()) for row in engine.query(sql).rows]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        # path =
        (rf"path = '{SYSTEM}\EnableSmartScreen'", ["2"]),
        # the case of a path counts as SQL says, not as Windows says: osquery compares the text it shows
        (rf"path = '{SYSTEM}\enablesmartscreen'", []),
        (rf"path = '{SYSTEM}\enablesmartscreen' COLLATE NOCASE", ["2"]),
        (rf"path = '{SYSTEM.replace('Windows', 'WINDOWS')}\EnableSmartScreen'", ["2"]),
        (rf"path = '{SYSTEM}\Nothing'", []),
        (r"path = 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Nowhere\X'", []),
        (r"path = 'HKLM\SOFTWARE\Policies\Microsoft\Windows\System\EnableSmartScreen'", []),
        # doubled backslashes: split as if single, shown as they were asked
        ("path = '" + rf"{SYSTEM}\EnableSmartScreen".replace("\\", "\\\\") + "'", ["2"]),
        ("path LIKE '" + rf"{SYSTEM}\%".replace("\\", "\\\\") + "' AND name = 'EnableSmartScreen'", []),
        # the default value
        (rf"key = '{SYSTEM}' AND name = '(Default)'", ["whole"]),
        # key =, whose column compares without case
        (rf"key = '{SYSTEM.replace('Windows', 'windows')}' AND name = 'ShellSmartScreenLevel'", ["Block"]),
        # a hive's name is only known in capitals
        (rf"key = '{SYSTEM.lower()}'", []),
        (rf"key = '{SYSTEM}' AND type <> 'subkey'", ["2", "Block", "whole"]),
        # LIKE with one level, in the middle and at the end
        (rf"path LIKE '{SYSTEM}\%SmartScreen%'", ["2", "Block"]),
        (r"path LIKE 'HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\%\UseTPM'", ["-1"]),
        (rf"key LIKE '{POLICIES}\%\FVE' AND name = 'Raw'", ["00FF10"]),
        # a single % does not go deeper, a %% at the end goes to the bottom
        (rf"key LIKE '{POLICIES}\%' AND name = 'Run'", []),
        (rf"key LIKE '{POLICIES}\%%' AND name = 'Run'", ["a.cmd,b.cmd"]),
        (rf"path LIKE '{POLICIES}\%%' AND name = 'Run'", ["a.cmd,b.cmd"]),
        # users
        (rf"path LIKE 'HKEY_USERS\%\{DESKTOP}\ScreenSaveActive'", ["0", "1"]),
        (rf"path LIKE 'HKEY_USERS\%\{DESKTOP}\ScreenSaveActive' AND path NOT LIKE 'HKEY_USERS\.DEFAULT\%'", ["1"]),
        (rf"key LIKE 'HKEY_USERS\%\{DESKTOP}' AND split(key, '\', 1) = '{USER}'", ["1"]),
        (r"key = 'HKEY_USERS' AND name LIKE 'S-1-5-21-%'", [""]),
        # either of two
        (rf"path = '{SYSTEM}\EnableSmartScreen' OR path = '{POLICIES}\Microsoft\FVE\UseTPM'", ["-1", "2"]),
        (rf"path IN ('{SYSTEM}\EnableSmartScreen', '{POLICIES}\X\Y')", ["2"]),
    ],
)
def test_others_queries_get_osquerys_answer(where, found):
    """Each form of constraint finds the values that osquery's rules find."""
    assert found == sorted(data for (data,) in ask(f"SELECT data FROM registry WHERE {where}"))


def test_a_doubled_backslash_is_shown_as_it_was_asked():
    """The key that was asked stands in `key` and `path` letter for letter, so that the comparison still holds."""
    doubled = SYSTEM.replace("\\", "\\\\")

    assert [(f"{doubled}\\", rf"{doubled}\\EnableSmartScreen")] == ask(
        rf"SELECT key, path FROM registry WHERE path = '{doubled}\\EnableSmartScreen'"
    )


def test_without_a_constraint_only_hives_are_listed():
    """No query walks a whole registry by mistake."""
    hive = hive_of(parcel())
    hive.add("HKEY_LOCAL_MACHINE", Key({"software": "SOFTWARE"}))

    assert [("HKEY_LOCAL_MACHINE", "SOFTWARE"), ("HKEY_USERS", ".DEFAULT"), ("HKEY_USERS", USER)] == ask(
        "SELECT key, name FROM registry", hive
    )


def test_a_join_looks_up_each_path():
    """Paths that come from another table are looked up one by one."""
    sql = rf"""WITH wanted (path) AS (VALUES ('{SYSTEM}\EnableSmartScreen'), ('{SYSTEM}\Missing'))
               SELECT wanted.path, registry.data FROM wanted LEFT JOIN registry ON registry.path = wanted.path COLLATE NOCASE"""

    assert [(rf"{SYSTEM}\EnableSmartScreen", "2"), (rf"{SYSTEM}\Missing", None)] == ask(sql)


def test_a_time_is_shown_where_it_is_known():
    """Mtime is the key's where a hive says it, and NULL where nobody did: an export has none."""
    hive = hive_of(parcel())
    hive.add(r"HKEY_LOCAL_MACHINE\SOFTWARE\Timed", Key({}, [Value("x", "REG_SZ", "y")], 1_700_000_000))
    timed = r"SELECT mtime FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Timed'"

    assert [(1_700_000_000,)] == ask(timed, hive)
    assert [(None,)] == ask(rf"SELECT mtime FROM registry WHERE path = '{SYSTEM}\EnableSmartScreen'")


def test_what_was_not_recorded_is_not_taken_for_missing():
    """A key outside of what was read is unknown."""
    with pytest.raises(NotObservedError, match="was not recorded"):
        ask(r"SELECT * FROM registry WHERE key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Classes'")


def test_a_query_cannot_read_a_whole_hive_key_by_key():
    """More keys than one visit should fetch are refused with the number of them."""
    hive = Hive(dict.fromkeys)
    with pytest.raises(NotObservedError, match="ask for a narrower path"):
        hive.need(rf"HKEY_LOCAL_MACHINE\X\{number}" for number in range(FETCH_LIMIT + 1))


@pytest.mark.parametrize("path", ["", "\\", "%", "%%", "\\\\", "HKEY_LOCAL_MACHINE", "HKEY_NOWHERE\\x", "HKEY_USERS\\%\\%\\%"])
def test_strange_paths_are_harmless(path):
    """Whatever stands in a constraint, the answer is rows or none."""
    hive = hive_of(parcel())
    hive._fetch = dict.fromkeys

    for operator in ("=", "LIKE"):
        for column in ("key", "path"):
            ask(f"SELECT * FROM registry WHERE {column} {operator} '{path}'", hive)
