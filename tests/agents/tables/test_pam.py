# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.source import NotObservedError

COMMON_AUTH = """# here are the per-package modules
auth\trequired pam_faillock.so preauth deny=5
auth\t[success=1 default=ignore]\tpam_unix.so nullok \\
\tuse_first_pass
-auth optional /lib/security/pam_cap.so [a b]  # trailing
"""


def test_includes_stand_in_place_and_positions_count_through(record, rows):
    """`@include` unfolds where it stands, brackets are one control, and paths and leading signs are taken off modules."""
    host = record(
        {
            "/etc/pam.d/common-auth": COMMON_AUTH,
            "/etc/pam.d/login": "auth requisite pam_nologin.so\n@include common-auth\nsession include nothing\n",
        }
    )
    found = rows("pam_rules", host, service="login")
    assert [
        (1, "auth", "requisite", "pam_nologin.so", "", "/etc/pam.d/login", 1),
        (2, "auth", "required", "pam_faillock.so", "preauth deny=5", "/etc/pam.d/common-auth", 2),
        (3, "auth", "[success=1 default=ignore]", "pam_unix.so", "nullok use_first_pass", "/etc/pam.d/common-auth", 3),
        (4, "auth", "optional", "pam_cap.so", "[a b]", "/etc/pam.d/common-auth", 5),
        (5, "session", "include", "nothing", "", "/etc/pam.d/login", 3),
    ] == [
        tuple(row[name] for name in ("position", "type", "control", "module", "arguments", "path", "line_number")) for row in found
    ]


def test_an_include_of_one_type_brings_only_that_type(record, rows):
    """`auth include x` takes x's auth rules, `substack` likewise."""
    other = "auth required pam_a.so\naccount required pam_b.so\n"
    host = record({"/etc/pam.d/x": other, "/etc/pam.d/s": "auth include x\naccount substack x\n"})
    assert ["pam_a.so", "pam_b.so"] == [row["module"] for row in rows("pam_rules", host, service="s")]


def test_without_a_service_all_are_given_and_etc_hides_the_vendor(record, rows):
    """Services come from all folders; the administrator's file wins over the vendor's of the same name."""
    host = record(
        {
            "/etc/pam.d/su": "auth required pam_mine.so\n",
            "/usr/lib/pam.d/su": "auth required pam_vendor.so\n",
            "/usr/lib/pam.d/cron": "auth required pam_c.so\n",
        }
    )
    assert [("cron", "pam_c.so"), ("su", "pam_mine.so")] == [(row["service"], row["module"]) for row in rows("pam_rules", host)]
    assert [] == rows("pam_rules", host, service="../../etc/passwd")


def test_a_circle_of_includes_ends_and_stays_visible(record, rows):
    """An include that leads back stays as a rule, so that the circle neither hangs the audit nor goes unseen."""
    host = record({"/etc/pam.d/a": "@include b\n", "/etc/pam.d/b": "auth required pam_x.so\n@include a\n"})
    assert [("required", "pam_x.so"), ("@include", "a")] == [
        (row["control"], row["module"]) for row in rows("pam_rules", host, service="a")
    ]


@pytest.mark.parametrize("leaf", ["auth required pam_x.so\n", ""], ids=["rules", "empty"])
def test_files_that_double_each_other_are_refused(record, rows, leaf):
    """Thirty files that each include the next twice would be a thousand million rules."""
    files = {f"/etc/pam.d/f{n}": f"@include f{n + 1}\n@include f{n + 1}\n" for n in range(30)}
    with pytest.raises(NotObservedError, match="more than"):
        rows("pam_rules", record({**files, "/etc/pam.d/f30": leaf}), service="f0")


@pytest.mark.parametrize(
    "line", ["auth", "auth required", "nonsense required pam_x.so", "@include", "auth [unclosed pam", "\\", "\xff\xfe"]
)
def test_what_is_no_rule_makes_no_row(record, rows, line):
    """A cut or foreign line is not a rule; an open bracket is read as bare words."""
    found = rows("pam_rules", record({"/etc/pam.d/x": line}))
    assert ([] if "[" not in line else ["pam"]) == [row["module"] for row in found]
