# SPDX-License-Identifier: Apache-2.0
import contextlib
import hashlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from agents.connections.local import LocalSource
from agents.engine import Engine, NotObservedError
from agents.host import Host
from agents.tables.linux import TABLES

MODULES = (
    "accounts", "block", "clock", "devices", "etc_names", "files", "firmware", "hashes", "kernel", "memory_devices", "mounts",
    "network", "process_details", "processes", "raid", "routing", "sessions", "sockets", "sysctl", "system",
)  # fmt: skip
MINE = sorted(table for table, place in TABLES.items() if place.partition(":")[0] in MODULES)
SINGLE = ("time", "uptime", "os_version", "kernel_info", "osquery_info", "system_info", "memory_info", "secureboot")


@pytest.fixture
def engine():
    """Open the engine over this machine."""
    with Engine(LocalSource()) as opened:
        yield opened


@pytest.mark.parametrize("table", SINGLE)
def test_tables_of_one_row_have_one_row(engine, table):
    """What there is one of on a host is one row."""
    assert 1 == len(engine.query("select * from TABLE".replace("TABLE", table)).rows)


def test_a_path_from_a_join_is_looked_up(engine):
    """A file and its digest are found for the program of a process, as in osquery's own examples."""
    sql = """select p.pid, f.mode, h.sha256 from processes p join file f on f.path = p.path
              left join hash h on h.path = p.path where p.pid = PID"""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdin.write(b"there\n")
        process.stdin.flush()
        process.stdout.readline()  # only now is the child surely cat, and no more a copy of the test
        found = engine.query(sql.replace("PID", str(process.pid))).rows
        program = Path(f"/proc/{process.pid}/exe").readlink()
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    assert [{"pid": process.pid, "mode": f"{program.stat().st_mode & 0o7777:04o}", "sha256": digest}] == found


def test_patterns_and_lists_of_paths(engine, tmp_path):
    """LIKE, IN and a path made from users.directory reach the table."""
    for name in ("a.conf", "b.conf", "c.txt"):
        (tmp_path / name).write_text("")
    like = "select filename from file where path like 'HERE/%.conf' order by 1"
    found = engine.query(like.replace("HERE", str(tmp_path))).rows
    assert [{"filename": "a.conf"}, {"filename": "b.conf"}] == found
    listed = "select count(*) as n from file where path in ('HERE/a.conf', 'HERE/c.txt', 'HERE/absent')"
    assert [{"n": 2}] == engine.query(listed.replace("HERE", str(tmp_path))).rows
    homes = "select u.username from users u join file f on f.path = u.directory where u.uid = 0 and f.type = 'directory'"
    assert [{"username": "root"}] == engine.query(homes).rows


def test_a_hostile_name_passes_through(engine, tmp_path):
    """A file name with a line end and bytes that are no UTF-8 comes out of the engine as text."""
    (tmp_path / os.fsdecode(b"a\n\xff")).touch()
    sql = "select filename from file where directory = 'HERE'"
    assert [{"filename": "a\n\\xff"}] == engine.query(sql.replace("HERE", str(tmp_path))).rows


@pytest.mark.parametrize("table", ["users", "mounts", "processes", "listening_ports", "system_controls"])
def test_a_whole_table_is_quick(engine, table):
    """Reading a whole table takes far less than a second, on a slow machine too."""
    started = time.perf_counter()
    engine.query("select * from TABLE".replace("TABLE", table))
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("table", MINE)
def test_a_host_of_no_files_stops_nothing(tmp_path, table):
    """A table of an empty folder gives rows, none, or says that it cannot be observed; nothing else is raised."""
    with Engine(LocalSource(Host(tmp_path))) as engine, contextlib.suppress(NotObservedError):
        sql = "select * from TABLE where path = '/x'" if table in {"file", "hash"} else "select * from TABLE"
        assert len(engine.query(sql.replace("TABLE", table)).rows) <= 1
