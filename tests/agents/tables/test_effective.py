# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess

import pytest
import system

from agents.host import Host
from agents.source import NotObservedError
from agents.tables.linux import effective


def test_apt_settings_are_those_apt_shell_gives(rows):
    """Keys and values equal what apt-config itself gives for a key."""
    system.need("apt-config")
    found = {row["key"]: row["value"] for row in rows("apt_config", Host())}
    told = subprocess.run(
        ["apt-config", "shell", "A", "Dir::Etc", "B", "APT::Architecture"], capture_output=True, text=True, check=True
    )
    assert f"A='{found['Dir::Etc']}'\nB='{found['APT::Architecture']}'\n" == told.stdout


def test_lists_keep_their_signs_and_an_odd_line_is_refused():
    """List items keep `::` at the end of the key; a quote inside a value stays; another form is no setting."""
    read = list(effective.apt_settings('A::B:: "x;y";\nA "say "hi"";\n'))
    assert [{"key": "A::B::", "value": "x;y"}, {"key": "A", "value": 'say "hi"'}] == read
    with pytest.raises(NotObservedError, match="unknown form"):
        list(effective.apt_settings("E: broken\n"))


def test_sshd_settings_are_those_sshd_prints(rows):
    """Every line of sshd -T is a row, keys in lower case."""
    system.need_root()
    sshd = system.need("sshd")
    told = subprocess.run([sshd, "-T"], capture_output=True, text=True, check=True).stdout.splitlines()
    found = rows("sshd_config", Host())
    assert sorted(told, key=str.lower) == sorted((f"{row['key']} {row['value']}" for row in found), key=str.lower)
    assert "port" in {row["key"] for row in found}


def test_keys_come_in_lower_case_and_a_repeated_key_is_two_rows():
    """Ports are printed one a line; each is a row."""
    read = list(effective.sshd_settings("Port 22\nport 2222\npermitrootlogin no\nbanner none\n\nforcecommand\n"))
    assert [("port", "22"), ("port", "2222"), ("permitrootlogin", "no"), ("banner", "none"), ("forcecommand", "")] == [
        (row["key"], row["value"]) for row in read
    ]


def test_without_the_program_there_is_no_row_and_a_recorded_tree_cannot_be_asked(record, rows):
    """No sshd is an answer; an sshd that cannot be run is not observed."""
    host = record({"/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config\n"})
    assert [] == rows("sshd_config", host) + rows("apt_config", host)
    host = record({"/usr/sbin/sshd": ""})
    with pytest.raises(NotObservedError):
        rows("sshd_config", host)


def test_without_root_sshd_is_not_observed(rows, as_nobody):
    """Only root can read the host keys that sshd -T needs; the message says so."""
    del as_nobody
    system.need("sshd")
    with pytest.raises(NotObservedError, match="root"):
        rows("sshd_config", Host())


def test_a_configuration_that_includes_itself_is_refused_by_sshd(tmp_path):
    """Includes are followed by sshd itself: a circle is its error, never a pass."""
    system.need_root()
    sshd = system.need("sshd")
    config = tmp_path / "sshd_config"
    config.write_text(f"Include {config}\n")
    assert 0 != subprocess.run([sshd, "-T", "-f", config], capture_output=True, check=False).returncode
