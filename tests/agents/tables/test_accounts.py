# SPDX-License-Identifier: Apache-2.0
import os
import subprocess

import pytest
from system import need, need_root

from agents.host import Host
from agents.source import NotObservedError


def getent(database):
    answer = subprocess.run([need("getent"), "-s", "files", database], capture_output=True, check=True).stdout
    return [line.split(":") for line in answer.decode("utf-8", "replace").splitlines()]


def test_users_are_those_of_the_c_library(rows):
    """Every account that getent lists is a row, with the same fields, and no other."""
    expected = [(name, int(uid), int(gid), text, home, shell) for name, _, uid, gid, text, home, shell in getent("passwd")]
    found = rows("users", Host())
    columns = ("username", "uid", "gid", "description", "directory", "shell")
    assert expected == [tuple(row[column] for column in columns) for row in found]


def test_groups_and_members_are_those_of_the_c_library(rows):
    """Groups are those of getent, and the groups of an account those that id prints."""
    assert [(name, int(gid)) for name, _, gid, _ in getent("group")] == [
        (row["groupname"], row["gid"]) for row in rows("groups", Host())
    ]
    memberships = rows("user_groups", Host())
    for name, _, uid, *_ in getent("passwd")[:8]:
        printed = subprocess.run(["id", "-G", name], capture_output=True, check=True, text=True).stdout.split()
        assert set(map(int, printed)) == {row["gid"] for row in memberships if row["uid"] == int(uid)}


def test_shadow_is_that_of_the_c_library(rows):
    """Each account of shadow is a row; an empty number is -1; the hash itself stands nowhere."""
    need_root()
    expected = [(name, *(int(day) if day else -1 for day in days)) for name, _, *days in getent("shadow")]
    found = rows("shadow", Host())
    columns = ("username", "last_change", "min", "max", "warning", "inactive", "expire", "flag")
    assert expected == [tuple(row[column] for column in columns) for row in found]


@pytest.mark.usefixtures("as_nobody")
def test_shadow_is_not_observed_without_root(rows):
    """A shadow file that may not be read is no empty one."""
    with pytest.raises(NotObservedError, match="root"):
        rows("shadow", Host())


def test_password_states(rows, record):
    """The five states and the algorithm are told apart as osquery does."""
    host = record({
        "/etc/shadow": "a:$y$j9T$x$y:1:0:99999:7:::\nb::1::::::\nc:!!:1::::::\nd:!$6$s$h:1::::::\ne:*:1::::::\nf:plain:1\n"
    })  # fmt: skip
    states = {row["username"]: (row["password_status"], row["hash_alg"]) for row in rows("shadow", host)}
    locked = ("locked", "")
    assert states == {"a": ("active", "y"), "b": ("empty", ""), "c": ("not_set", ""), "d": locked, "e": locked, "f": ("active", "")}
    assert "j9T" not in str(rows("shadow", host))


def test_lines_the_c_library_takes_are_taken(rows, record):
    """A short line, a leading blank, a huge and a negative id hide no account; comments and nonsense are none."""
    text = "root:x:0:0:r:/root:/bin/sh\n  toor:x:0:0\nbig:x:99999999999:1::/:\nminus:x:-2:1::/:\n"
    junk = "# note:x:1:1:::\n\nnonsense\nname:x:notanumber:1:::\n:x:0:0:::\n+nis::0:0:::\n"
    found = rows("users", record({"/etc/passwd": text + junk}))
    largest = 4294967295
    assert [("root", 0), ("toor", 0), ("big", largest), ("minus", largest)] == [(row["username"], row["uid"]) for row in found]
    assert [0, 0, -1, -1] == [row["uid_signed"] for row in found]


def test_hostile_account_files_end_in_rows(rows, record):
    """Binary junk, bytes that are no UTF-8 and a line of a megabyte neither stop the table nor hide what follows."""
    long = b"long:x:7:7:" + b"A" * 1_000_000 + b":/:/bin/sh\n"
    host = record({
        "/etc/passwd": os.urandom(512).replace(b"\n", b"") + b"\n" + long + b"caf\xe9:x:8:8:\xff::\nlast:x:9:9:::\n",
        "/etc/group": b"\x00\x01:::\ng:x:1:a,,b\n",
        "/etc/shadow": b"\x7fELF\x00\x00:\xff\xfe:" + b"9" * 5000 + b"\nlast:*:1::::::\n",
    })  # fmt: skip
    assert [7, 8, 9] == [row["uid"] for row in rows("users", host) if row["username"] != "+"][-3:]
    assert [("g", 1)] == [(row["groupname"], row["gid"]) for row in rows("groups", host)]
    assert "last" == rows("shadow", host)[-1]["username"]


def test_a_membership_is_given_once(rows, record):
    """Primary group and being listed in it are one membership; so are two accounts of one uid."""
    host = record({"/etc/passwd": "a:x:5:5:::\nb:x:5:6:::\n", "/etc/group": "a:x:5:a,a\nwheel:x:10:a,b,ghost\n"})
    assert [(5, 5), (5, 10), (5, 6)] == [(row["uid"], row["gid"]) for row in rows("user_groups", host)]
