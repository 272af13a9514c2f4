# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest
import system

from agents.host import Host
from agents.source import NotObservedError

MAIN = """#
# This file MUST be edited with visudo
Defaults\tenv_reset, passprompt="pass #1 \\" for %u:"
Defaults:bob timestamp_timeout = 5 # minutes
User_Alias ADMINS = \\
    alice, #1001
root\tALL=(ALL:ALL) ALL
%#1000 ALL=(#-1) NOPASSWD: ALL
@includedir /etc/sudoers.d
"""


def test_rules_come_in_osquerys_shape(record, rows):
    """The first word is the header; lines are joined, comments taken off, numbers of users kept, includes told."""
    host = record(
        {"/etc/sudoers": MAIN, "/etc/sudoers.d/ops": "%ops ALL=(ALL) ALL\n", "/etc/sudoers.d/a.bak": "x", "/etc/sudoers.d/b~": "x"}
    )
    assert [
        ("Defaults", 'env_reset, passprompt="pass #1 \\" for %u:"'),
        ("Defaults:bob", "timestamp_timeout = 5"),
        ("User_Alias", "ADMINS =     alice, #1001"),
        ("root", "ALL=(ALL:ALL) ALL"),
        ("%#1000", "ALL=(#-1) NOPASSWD: ALL"),
        ("@includedir", "/etc/sudoers.d"),
        ("%ops", "ALL=(ALL) ALL"),
    ] == [(row["header"], row["rule_details"]) for row in rows("sudoers", host)]


def test_includes_are_followed_by_every_spelling(record, rows):
    """Old and new signs, quotes, escaped blanks, relative names and the host's name all lead to their file."""
    host = record({
        "/etc/hostname": "desk1.example.org\n",
        "/etc/sudoers": '#include "/etc/a b"\n@include /etc/c\\ d # why\n#include local.%h\n#includes nothing\n',
        "/etc/a b": "one x\n",
        "/etc/c d": "two x\n",
        "/etc/local.desk1": "three x\n",
    })  # fmt: skip
    found = [(row["source"], row["header"]) for row in rows("sudoers", host)]
    assert [("/etc/a b", "one"), ("/etc/c d", "two"), ("/etc/local.desk1", "three")] == [
        pair for pair in found if pair[0] != "/etc/sudoers"
    ]
    assert 3 == sum(header in {"#include", "@include"} for _, header in found)


def test_a_circle_of_includes_ends(record, rows):
    """A file that includes itself, or one that does, is not read again."""
    host = record({"/etc/sudoers": "@include /etc/b\nroot ALL=ALL\n", "/etc/b": "@include /etc/sudoers\n@include /etc/b\n"})
    assert ["@include", "@include", "@include", "root"] == [row["header"] for row in rows("sudoers", host)]


def test_files_that_double_each_other_are_refused(record, rows):
    """Thirty levels of two includes each are not walked through."""
    files = {f"/etc/f{n}": f"@include /etc/f{n + 1}\n@include /etc/f{n + 1}\n" for n in range(30)}
    with pytest.raises(NotObservedError, match="more than"):
        rows("sudoers", record({"/etc/sudoers": "@include /etc/f0", **files}))


def test_a_host_without_sudo_has_no_rules(record, rows):
    """Absence is an answer."""
    assert [] == rows("sudoers", record({}))


def test_without_root_the_rules_are_not_observed(rows, as_nobody):
    """The file can be read by root only, and saying nothing would look like having no rules."""
    del as_nobody
    system.need("sudo")
    with pytest.raises(NotObservedError, match="root"):
        rows("sudoers", Host())
