# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest
from wsman import office, recorded
from wsman.machine import Call
from wsman.powershell import powershell

from agents.source import Ask
from agents.tables.windows import EXPORTED, OBJECTS, TABLES, function
from agents.windows import scripts
from agents.windows.batch import unpack
from agents.windows.pc import Pc
from policies.schema import tables

# What a person wrote or Windows translates, shown for people and never judged.
SHOWN = {
    "services": {"display_name"},
    "users": {"description"},
    "patches": {"description"},
    "interface_details": {"connection_id", "friendly_name"},
    "interface_addresses": {"friendly_name"},
    "windows_optional_features": {"caption"},
}
ASKED = [table for table in TABLES if table != "file"]


def pc(language):
    machine = office.in_memory(language)
    machine.programs["powershell"] = powershell
    return Pc(lambda order: unpack(machine.run(order.line("ab" * 8), order.input("ab" * 8)).out))


@pytest.fixture(scope="module")
def both():
    return {language: pc(language) for language in recorded.LANGUAGES}


def rows(one, table):
    columns = frozenset(column.name for column in tables()[table].columns)
    return [{**dict.fromkeys(columns), **row} for row in function(table)(one, Ask(columns))]


@pytest.mark.parametrize("table", ASKED)
def test_the_same_state_gives_the_same_rows_in_both_languages(both, table):
    """Recordings of one state in English and in Chinese give the same rows; only text shown to people may differ."""
    english, chinese = (rows(both[language], table) for language in recorded.LANGUAGES)
    shown = SHOWN.get(table, set())

    assert [{**row, **dict.fromkeys(shown)} for row in english] == [{**row, **dict.fromkeys(shown)} for row in chinese]
    if shown:
        assert english != chinese


@pytest.mark.parametrize("table", ASKED)
def test_rows_have_the_schemas_columns(both, table):
    """No table gives a column that its schema does not have."""
    known = {column.name for column in tables()[table].columns}

    assert set() == {column for row in function(table)(both["en-US"], Ask(frozenset(known))) for column in row} - known


def test_every_table_says_what_it_needs():
    """Each table is made of an export or of scripts that exist, so that an audit can bring everything at once."""
    assert set(ASKED) == EXPORTED | OBJECTS.keys() | {"time"}
    assert {name for needed in OBJECTS.values() for name in needed} <= scripts.OBJECTS


def test_recordings_differ():
    """The two recordings are not the same bytes: there is something that a reader could have fallen for."""
    english, chinese = (json.dumps(recorded.objects(language), ensure_ascii=False) for language in recorded.LANGUAGES)

    assert english != chinese
    assert recorded.audit("en-US") != recorded.audit("zh-CN")


@pytest.mark.parametrize("command", ["-Command Get-Process", "-EncodedCommand ZABpAHIA -x"])
def test_nothing_else_is_answered(command):
    """A script that is none of Menshen's gets no answer from the test PC."""
    machine = office.in_memory()

    assert 1 == powershell(machine, Call("powershell", command.split(), command)).code
    assert machine.pretended
