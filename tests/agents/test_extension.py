# SPDX-License-Identifier: Apache-2.0
"""Our tables inside an osqueryd, and an osqueryd as the source of an audit; the core is a stand-in, the wire is real thrift."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from commandline import ROOT, menshen
from fake_osquery_core import Core
from osquery.extension_client import ExtensionClient

from agents.connections import osquery
from agents.connections.local import LocalSource
from agents.engine import Engine
from agents.extension import Extension, asked, own_tables, routes, run
from agents.source import Ask, Constraint
from policies import schema


def until(true, seconds=15):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def core(tmp_path):
    made = Core(str(tmp_path / "osquery.em")).start()
    yield made
    made.stop()


@pytest.fixture
def extension(core):
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(core.socket, LocalSource()), kwargs={"every": 0.1, "stop": stop}, daemon=True)
    thread.start()
    until(lambda: core.registered)
    yield core
    stop.set()
    thread.join(5)


def ask(core, sql):
    client = ExtensionClient(path=core.socket)
    assert client.open(timeout=3)
    try:
        return client.extension_manager_client().query(sql)
    finally:
        client.close()


def test_every_own_table_is_registered_with_its_options(extension):
    """The registry names each table of ours that this machine serves, its columns' types, and their options as bits."""
    ((_, registry),) = extension.registered.values()

    assert sorted(own_tables(LocalSource())) == sorted(registry["table"])
    lines = {one["name"]: one for one in registry["table"]["file_lines"]}
    assert "2" == lines["path"]["op"]
    assert {"column"} == {one["id"] for one in lines.values()}
    assert {"TEXT", "INTEGER", "BIGINT"} >= {one["type"] for one in lines.values()}


def test_option_bits_are_osquerys():
    """Index 1, required 2, additional 4, optimized 8, hidden 16, and nothing for a plain column."""
    written = ("a TEXT", "b TEXT index", "c TEXT required", "d TEXT additional", "e TEXT hidden", "f TEXT index additional")
    table = schema.Table("t", schema.MENSHEN, ("linux",), written)

    assert ["0", "1", "2", "4", "16", "5"] == [one["op"] for one in routes(table, "linux")]


def test_our_table_joins_a_core_table(extension):
    """SQL that joins a table of ours with one of osqueryd's gives rows, and the constraint reaches our table."""
    answer = ask(
        extension,
        "SELECT u.username, f.line FROM users u JOIN file_lines f ON f.path = '/etc/passwd' AND f.line LIKE u.username || ':%'",
    )

    assert 0 == answer.status.code
    assert any(row["username"] == "root" and row["line"].startswith("root:") for row in answer.response)
    assert ("file_lines", "/etc/passwd") in {
        (table, context["constraints"][0]["list"][0]["expr"]) for table, context in extension.calls
    }


def test_null_is_the_empty_text_and_figures_are_text(extension):
    """No cell is 'None': what is not known is '' and numbers are digits."""
    answer = extension.call("table", "agent_state", {"action": "generate", "context": "{}"})
    lines = extension.call(
        "table", "file_lines", {"action": "generate", "context": json.dumps(context("path", 2, "/etc/hostname"))}
    )

    assert 0 == answer.status.code == lines.status.code
    assert lines.response
    assert all(isinstance(cell, str) and cell != "None" for row in [*answer.response, *lines.response] for cell in row.values())


def context(name, op, value):
    return {"constraints": [{"name": name, "list": [{"op": op, "expr": value}], "affinity": "TEXT"}]}


def test_what_is_wrong_with_a_call_is_its_status():
    """Unknown plugins and actions, a missing required column and broken contexts are answered, and end nothing."""
    extension = Extension(LocalSource())
    calls = [
        ("logger", "x", {}),
        ("table", "no_such", {"action": "generate"}),
        ("table", "file_lines", {"action": "fly"}),
        ("table", "file_lines", {}),
        ("table", "file_lines", {"action": "generate"}),
        ("table", "file_lines", {"action": "generate", "context": "{"}),
        ("table", "file_lines", {"action": "generate", "context": '{"constraints": [{"name": "path", "list": [{"op": "x"}]}]}'}),
    ]

    assert {1} == {extension.call(*call).status.code for call in calls}
    assert 0 == extension.call("table", "file_lines", {"action": "columns"}).status.code


def test_a_context_becomes_an_ask():
    """Operators are osquery's numbers; a column without constraints has a text in the list's place; unknown ones are dropped."""
    table = schema.find("file_lines")
    found = asked(
        table, "linux", {"constraints": [{"name": "path", "list": [{"op": 65, "expr": "/etc/%"}]}, {"name": "line", "list": ""}]}
    )

    assert {"path": (Constraint("LIKE", "/etc/%"),)} == dict(found.constraints)
    assert frozenset({"line"}) == asked(table, "linux", {"colsUsed": ["line", "nothing"]}).columns


def test_the_extension_registers_again_when_osqueryd_returns(extension):
    """A core that dies and comes back, on the same socket and knowing nothing, gets the tables again."""
    extension.stop()
    time.sleep(0.3)
    extension.start()
    until(lambda: extension.registered)
    until(lambda: ask(extension, "SELECT name FROM agent_state").status.code == 0)


def test_the_extension_is_a_process_of_its_own(core):
    """Started as a service would, it registers, and a signal ends it without a trace on the socket's folder."""
    command = [sys.executable, "-m", "agents.extension", "--socket", core.socket, "--interval", "0.2"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        until(lambda: core.registered, 30)
        assert 0 == ask(core, "SELECT * FROM file_lines WHERE path = '/etc/hostname'").status.code
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def test_the_agent_asks_the_osqueryd_of_this_machine(core, monkeypatch):
    """Where a socket answers, rows of core tables come through it, our own from the embedded engine, and the label says so."""
    monkeypatch.setenv("MENSHEN_OSQUERY_SOCKET", core.socket)
    with osquery.opened() as source, Engine(source) as engine:
        users = engine.query("SELECT uid, username FROM users WHERE uid = 0").rows
        lines = engine.query("SELECT count(*) AS n FROM file_lines WHERE path = '/etc/passwd'").rows

        assert source.label.startswith("osquery/osqueryd 5.23.1 and local/menshen")
    assert [{"uid": 0, "username": "root"}] == users
    assert lines[0]["n"] > 0


def test_an_audit_says_which_osqueryd_it_asked(core, tmp_path):
    """The observation's source names osqueryd's version; without a socket it names the embedded engine alone."""
    arguments = ("audit", "--control", "uid_zero_unique", "--json", "--ledger", tmp_path / "l.db")
    through = json.loads(menshen(*arguments, expected=(0, 1, 3), MENSHEN_OSQUERY_SOCKET=core.socket).stdout)
    alone = json.loads(menshen(*arguments, expected=(0, 1, 3), MENSHEN_OSQUERY_SOCKET="/no/such").stdout)

    assert {"osquery/osqueryd 5.23.1"} == {one["source"].partition(" and ")[0] for one in through["findings"]}
    assert through["findings"][0]["verdict"] == alone["findings"][0]["verdict"]
    assert alone["findings"][0]["source"].startswith("local/menshen")


def test_a_dead_socket_leaves_the_embedded_engine(tmp_path, monkeypatch):
    """A socket that nobody listens on any more is no reason not to look."""
    gone = Core(str(tmp_path / "osquery.em")).start()
    os.link(gone.socket, tmp_path / "left.em")
    gone.stop()
    monkeypatch.setenv("MENSHEN_OSQUERY_SOCKET", str(tmp_path / "left.em"))
    with osquery.opened() as source:
        assert source.label.startswith("local/menshen")


def test_texts_in_constraints_stay_texts():
    """What a query compares with cannot become SQL of its own."""
    found = osquery.statement("users", Ask(frozenset({"uid"}), {"username": (Constraint("=", "x' OR '1'='1"),)}))

    assert "SELECT \"uid\" FROM \"users\" WHERE \"username\" = 'x'' OR ''1''=''1'" == found
