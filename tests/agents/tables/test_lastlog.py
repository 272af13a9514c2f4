# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import sqlite3
import time

import pytest

from agents.source import NotObservedError
from agents.tables.linux import lastlog

PASSWD = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nfar:x:4294967294:1::/:/bin/sh\n"


def lay(host, uid: int, moment: int, terminal: bytes = b"pts/0", origin: bytes = b"10.0.0.9"):
    """Write one record into the sparse file."""
    place = host.path(lastlog.SPARSE)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    with place.open("r+b") as stream:
        stream.seek(uid * lastlog.RECORD.size)
        stream.write(lastlog.RECORD.pack(moment, terminal, origin))


def database(host, **rows):
    """Lay a database as lastlog2 does."""
    place = host.path(lastlog.DATABASE)
    place.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(place) as connection:
        connection.execute("CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)")
        connection.executemany("INSERT INTO Lastlog2 VALUES (?, ?, 'tty2', NULL, 'login')", rows.items())
    connection.close()


def test_each_account_has_a_row_and_one_never_seen_has_no_time(record, rows):
    """Accounts come from /etc/passwd; a record of zeros, or none, is NULL."""
    host = record({"/etc/passwd": PASSWD})
    lay(host, 1000, 1_700_000_000)
    assert [("root", None, "", ""), ("ann", 1_700_000_000, "pts/0", "10.0.0.9"), ("far", None, "", "")] == [
        (row["username"], row["last_login"], row["terminal"], row["host"]) for row in rows("lastlog", host)
    ]


def test_a_file_of_a_thousand_thousand_million_bytes_is_not_read_whole(record, rows):
    """The file is as long as the largest id says; only the records of accounts are read."""
    host = record({"/etc/passwd": PASSWD})
    try:
        lay(host, 4294967294, 1_700_000_001)
    except OSError:
        pytest.skip("this machine's file system has no files of that length")
    start = time.perf_counter()
    assert [None, None, 1_700_000_001] == [row["last_login"] for row in rows("lastlog", host)]
    assert time.perf_counter() - start < 1


def test_the_later_of_both_records_counts(record, rows):
    """Where lastlog2 and the old file both know an account, the later log-on is told."""
    host = record({"/etc/passwd": PASSWD})
    lay(host, 1000, 1_700_000_000)
    lay(host, 0, 1_800_000_000)
    database(host, ann=1_750_000_000, root=5, other=9)
    found = {row["username"]: (row["last_login"], row["terminal"]) for row in rows("lastlog", host)}
    assert {"root": (1_800_000_000, "pts/0"), "ann": (1_750_000_000, "tty2"), "far": (None, "")} == found


def test_no_record_at_all_is_not_observed(record, rows):
    """A host that records no log-ons must not look like one where nobody ever logged on."""
    with pytest.raises(NotObservedError, match="does not record"):
        rows("lastlog", record({"/etc/passwd": PASSWD}))


def test_a_damaged_database_or_a_cut_record_is_told_apart(record, rows):
    """A database that is none is not observed; a record cut short is no record."""
    host = record({"/etc/passwd": PASSWD, lastlog.SPARSE: b"\x01" * 100})
    assert [None, None, None] == [row["last_login"] for row in rows("lastlog", host)]
    host.path(lastlog.DATABASE).parent.mkdir(parents=True)
    host.path(lastlog.DATABASE).write_bytes(b"not a database" * 100)
    with pytest.raises(NotObservedError, match=r"lastlog2[.]db"):
        rows("lastlog", host)
