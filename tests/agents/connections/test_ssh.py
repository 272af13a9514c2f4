# SPDX-License-Identifier: Apache-2.0
"""A real SSH server on the loopback answers as the machine itself does."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import sshd
import system

from agents.connections import ssh
from agents.connections.local import LocalSource
from agents.engine import Engine, Limits, NotObservedError, NotServedError, QueryError
from agents.tables.linux import TABLES
from policies import schema

# What changes while one looks: the far side itself is a process, has sockets and is somebody logged in.
MOVING = {
    *("arp_cache", "idle_sessions", "interface_details", "kernel_keys", "listening_ports", "load_average", "memory_info"),
    *("process_envs", "process_memory_map", "process_namespaces", "process_open_files", "process_open_sockets", "processes"),
    *("time", "uptime", "last", "logged_in_users", "osquery_info", "block_devices", "antivirus", "mounts", "system_controls"),
}
STILL = sorted(table for table in TABLES if table not in MOVING and not schema.find(table).required)


@pytest.fixture(scope="module")
def engines(host):
    with ssh.opened(host, 300) as source, Engine(source) as far, Engine(LocalSource()) as near:
        yield far, near


def seen(engine, sql):
    engine.fresh()
    try:
        return engine.query(sql).rows
    except (NotObservedError, QueryError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("table", STILL)
def test_a_table_is_the_same_over_ssh(engines, table):
    """A table gives over SSH the rows that it gives on the machine, or the same reason why not."""
    far, near = engines
    sql = f"SELECT * FROM {table}"
    before, answer, after = (seen(engine, sql) for engine in (near, far, near))
    if before != after:  # somebody changed the machine just then
        before, answer, after = (seen(engine, sql) for engine in (near, far, near))

    assert before == after
    assert after == answer


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT path, size FROM file WHERE path IN ('/etc/passwd', '/etc/group', '/no/such')",
        "SELECT path FROM file WHERE path LIKE '/etc/%%' ORDER BY path",
        "SELECT sha256 FROM hash WHERE path = '/etc/passwd'",
        "SELECT count(*) FROM users JOIN user_groups USING (uid) JOIN groups ON groups.gid = user_groups.gid",
        "SELECT count(*) FROM file AS one, file AS two WHERE one.path LIKE '/etc/%%' AND two.path LIKE '/usr/share/doc/a%'",
        "SELECT path FROM file WHERE path LIKE '/etc/%%' LIMIT 1",
        "SELECT name FROM osquery_info, os_version",
        "SELECT device, type FROM mounts WHERE path = '/'",
        "SELECT current_value FROM system_controls WHERE name IN ('kernel.randomize_va_space', 'net.ipv4.ip_forward')",
    ],
)
def test_a_query_is_the_same_over_ssh(engines, sql):
    """Look-ups, patterns, joins of two reads under way and abandoned reads give what the machine itself gives."""
    far, near = engines

    assert near.query(sql).rows == far.query(sql).rows


def test_names_that_are_no_text_come_over(engines, tmp_path):
    """A file name that is not UTF-8, with quotes and line ends, is the same over SSH."""
    (tmp_path / 'a"b\nc').touch()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).touch()
    far, near = engines
    sql = f"SELECT filename FROM file WHERE directory = '{tmp_path}' ORDER BY filename"

    assert 2 == len(far.query(sql).rows)
    assert near.query(sql).rows == far.query(sql).rows


def test_unserved_and_wrong_are_the_same_over_ssh(engines):
    """A table that nobody serves and a wrong query meet the same errors as on the machine."""
    for engine in engines:
        with pytest.raises(NotServedError, match="osquery table docker_images is not served by the embedded engine"):
            engine.query("SELECT * FROM docker_images")
        with pytest.raises(QueryError, match="did you mean users"):
            engine.query("SELECT * FROM user")


def test_a_question_that_is_too_long(engines):
    """A value of a join that no frame can carry is an error of that query alone."""
    far, _ = engines
    with pytest.raises(QueryError, match="table hash failed: FrameError: a frame is longer than 8388608 bytes"):
        far.query("SELECT sha256 FROM hash WHERE path = replace(hex(zeroblob(1000000)), '0', char(233))")

    assert 1 == len(far.query("SELECT * FROM os_version").rows)


def test_the_label_names_the_way(engines):
    """Evidence says that it came over SSH."""
    assert engines[0].source.label.startswith("ssh/menshen ")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_every_kind_of_host_key(door, kind):
    """A host is known by an RSA or ECDSA key as well."""
    with sshd.server(door.folder / kind, door.public, kind=kind) as server, ssh.opened(door.target(server)) as source:
        assert 1 == len(Engine(source).query("SELECT * FROM os_version").rows)


def test_what_the_login_shell_prints_does_no_harm(door):
    """Greetings of a shell before the far side begins are passed over."""
    more = door.wrapped("echo Welcome to the machine; echo Please behave >&2")
    with sshd.server(door.folder / "chatty", door.public, more) as server, ssh.opened(door.target(server)) as source:
        assert 1 == len(Engine(source).query("SELECT * FROM os_version").rows)


def test_sudo_is_asked_for_the_same_command(door):
    """With as_root the far side runs under sudo, and nothing else changes."""
    system.need("sudo")
    system.need_root()
    with sshd.server(door.folder / "sudo", door.public) as server, ssh.opened(door.target(server, as_root=True)) as source:
        parents = "SELECT p.name FROM processes c JOIN processes p ON p.pid = c.parent WHERE c.cmdline LIKE 'python3 -ISB -X utf8%'"
        assert {"name": "sudo"} in Engine(source).query(parents).rows


def test_nothing_is_left_behind(door, tmp_path):
    """When the conversation ends the far process ends, and it has written no file."""
    note = tmp_path / "pid"
    more = door.wrapped(f"echo $$ > {note}; mkdir -p {tmp_path}/home; cd {tmp_path}/home; export HOME=$PWD TMPDIR=$PWD")
    with sshd.server(door.folder / "clean", door.public, more) as server:
        with ssh.opened(door.target(server)) as source:
            rows = Engine(source).query(f"SELECT pid, cwd FROM processes WHERE pid = {note.read_text()}").rows
            assert f"{tmp_path}/home" == rows[0]["cwd"]
        assert gone(int(note.read_text()))

    assert [] == list((tmp_path / "home").iterdir())


def gone(pid):
    until = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
        time.sleep(0.05)
    return not Path(f"/proc/{pid}").exists()


def test_a_far_side_killed_in_the_middle(door, tmp_path):
    """A far process that is killed between two rows makes the rest of the host not observed, at once."""
    note = tmp_path / "pid"
    more = door.wrapped(f"echo $$ > {note}")
    with sshd.server(door.folder / "killed", door.public, more) as server, ssh.opened(door.target(server)) as source:
        engine = Engine(source, Limits(rows=10))
        assert 1 == len(engine.query("SELECT * FROM os_version").rows)
        os.kill(int(note.read_text()), signal.SIGKILL)
        with pytest.raises(NotObservedError, match="broke off"):
            engine.query("SELECT count(*) FROM file WHERE path LIKE '/usr/%%'")
        started = time.monotonic()
        with pytest.raises(NotObservedError, match="broke off"):
            engine.query("SELECT * FROM users")
        assert time.monotonic() - started < 1
