# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest


def test_settings_come_in_reading_order_with_their_read_only_state(record, rows):
    """The profile comes before its folder and bashrc; a later readonly belongs to the setting before it."""
    host = record({
        "/etc/profile": "TMOUT=1800\n",
        "/etc/profile.d/99-idle.sh": "# TMOUT=1\nTMOUT=600\nreadonly TMOUT\nexport TMOUT\n",
        "/etc/profile.d/ignored": "TMOUT=5\n",
        "/etc/bash.bashrc": "declare -xr TMOUT='300'\nexport OTHER=1 # TMOUT=3\n",
    })  # fmt: skip
    assert [("/etc/profile", 1800, 0, 1), ("/etc/profile.d/99-idle.sh", 600, 1, 2), ("/etc/bash.bashrc", 300, 1, 1)] == [
        (row["path"], row["seconds"], row["readonly"], row["line_number"]) for row in rows("idle_sessions", host)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("readonly TMOUT=900 ; export TMOUT", [(900, 1)]),
        ("TMOUT=900; readonly TMOUT; export TMOUT", [(900, 1)]),
        ('export TMOUT="120"', [(120, 0)]),
        ("typeset -r TMOUT=900", [(900, 1)]),
        ("unset TMOUT", [(0, 0)]),
        ("TMOUT=", [(0, 0)]),
        ("TMOUT=$OTHER", [(None, 0)]),
        ("MYTMOUT=900", []),
        ("echo TMOUT=900", []),
        ("export TMOUTS=900", []),
        ("readonly TMOUT", []),
        ("TMOUT=99999999999999999999", [(None, 0)]),
    ],
)
def test_a_line_sets_what_the_shell_would_set(record, rows, line, expected):
    """Only an assignment or a declaration of TMOUT itself counts; what the shell alone could tell is NULL."""
    found = rows("idle_sessions", record({"/etc/profile": line}))
    assert expected == [(row["seconds"], row["readonly"]) for row in found]
