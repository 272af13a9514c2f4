# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.source import NotObservedError
from agents.tables.linux import mandatory


def test_selinux_tells_settings_and_booleans_in_force(record, rows):
    """Plain settings have no scope; a boolean is what is in force, not what is pending."""
    root = mandatory.SELINUX
    host = record(
        {
            f"{root}/enforce": "1",
            f"{root}/policyvers": "33",
            f"{root}/booleans/httpd_x": "0 1\n",
            f"{root}/policy_capabilities/open_perms": "1",
        }
    )
    assert [
        ("", "enforce", "1"),
        ("", "policyvers", "33"),
        ("booleans", "httpd_x", "0"),
        ("policy_capabilities", "open_perms", "1"),
    ] == [(row["scope"], row["key"], row["value"]) for row in rows("selinux_settings", host)]


def test_a_kernel_without_selinux_or_apparmor_has_no_rows(record, rows):
    """Absence is an answer."""
    assert [] == rows("selinux_settings", record({})) + rows("apparmor_profiles", record({}))


def test_profiles_are_told_with_those_inside_them(record, rows):
    """A profile's children stand below it in path; each has its mode."""
    root = f"{mandatory.APPARMOR}/profiles"
    host = record({
        f"{root}/sshd.1/name": "/usr/sbin/sshd\n",
        f"{root}/sshd.1/mode": "enforce\n",
        f"{root}/sshd.1/attach": "/usr/sbin/sshd\n",
        f"{root}/sshd.1/profiles/child.2/name": "child",
        f"{root}/sshd.1/profiles/child.2/mode": "complain",
        f"{root}/broken.3/mode": "enforce",
    })  # fmt: skip
    assert [("sshd.1", "/usr/sbin/sshd", "enforce"), ("sshd.1/child.2", "child", "complain")] == [
        (row["path"], row["name"], row["mode"]) for row in rows("apparmor_profiles", host)
    ]


def test_profiles_that_are_hidden_are_not_observed(record, rows):
    """AppArmor that is on but shows nothing is told apart from AppArmor that is off."""
    with pytest.raises(NotObservedError, match="root"):
        rows("apparmor_profiles", record({mandatory.APPARMOR_ON: "Y\n"}))
