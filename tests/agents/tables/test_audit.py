# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.tables.linux import audit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-w /etc/passwd -p wa -k identity", ("watch", "/etc/passwd", "wa", "", "identity")),
        (
            "-a always,exit -F arch=b64 -S adjtimex -S settimeofday,clock_settime -k time",
            ("syscall", "", "", "adjtimex,settimeofday,clock_settime", "time"),
        ),
        (
            "-a always,exit -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=unset -F key=priv",
            ("syscall", "/usr/bin/sudo", "x", "", "priv"),
        ),
        ("-A exit,always -F dir=/etc -F perm=wa", ("syscall", "/etc", "wa", "", "")),
        ("-D", ("control", "", "", "", "")),
        ("-b 8192", ("control", "", "", "", "")),
        ("--backlog_wait_time 60000", ("control", "", "", "", "")),
        ('-w "/a b" -k "x y"', ("watch", "/a b", "", "", "x y")),
        ("-w '/open -p", ("watch", "'/open", "", "", "")),
        ("-w", ("watch", "", "", "", "")),
        ("-k -k -S", ("control", "", "", "", "-k")),
    ],
)
def test_a_rule_is_read_by_its_options(text, expected):
    """Watches, system call rules and control rules give kind, path, permissions, system calls and key."""
    read = audit.rule(text)
    assert expected == tuple(read[name] for name in ("kind", "path", "permissions", "syscalls", "key"))


def test_rules_of_both_places_are_given_with_their_line(record, rows):
    """Files of rules.d come sorted, then audit.rules; comments and blank lines are no rules."""
    host = record(
        {
            "/etc/audit/rules.d/b.rules": "# x\n\n  -e 2\n",
            "/etc/audit/rules.d/a.rules": "-D\n",
            "/etc/audit/rules.d/a.rules.bak": "-D",
            "/etc/audit/audit.rules": "-D\n-e 2\n",
        }
    )
    assert [("a.rules", 1, "-D"), ("b.rules", 3, "-e 2"), ("audit.rules", 1, "-D"), ("audit.rules", 2, "-e 2")] == [
        (row["file"].rpartition("/")[2], row["line_number"], row["rule"]) for row in rows("audit_rules", host)
    ]
