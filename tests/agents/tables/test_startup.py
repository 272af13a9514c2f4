# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.tables.linux import cron

PASSWD = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n"
CRONTAB = "# m h\nSHELL=/bin/sh\nPATH = /bin\n17 *\t* * *\troot    cd / && run-parts /etc/cron.hourly\n@reboot root /opt/x a\n"


def test_entries_of_all_tables_are_given(record, rows):
    """The system's table, its folder and the users' tables are read; variables and comments are no entries."""
    host = record(
        {"/etc/crontab": CRONTAB, "/etc/cron.d/x": "* * * * * u c\n", "/var/spool/cron/crontabs/ann": "0 9 * * 1-5 backup\n"}
    )
    assert [
        ("/etc/crontab", "", "17", "*", "root    cd / && run-parts /etc/cron.hourly"),
        ("/etc/crontab", "@reboot", None, None, "root /opt/x a"),
        ("/etc/cron.d/x", "", "*", "*", "u c"),
        ("/var/spool/cron/crontabs/ann", "", "0", "1-5", "backup"),
    ] == [(row["path"], row["event"], row.get("minute"), row.get("day_of_week"), row["command"]) for row in rows("crontab", host)]


@pytest.mark.parametrize("text", ["*", "* * *", "@", "1 2 3 4 5"])
def test_a_cut_entry_has_empty_parts(text):
    """What is missing is empty, and nothing fails."""
    assert "" == cron.entry(text)["command"]


def test_names_of_the_hosts_file(record, rows):
    """Comments are taken off; lines without an address are none."""
    host = record({"/etc/hosts": "127.0.0.1\tlocalhost  desk # me\n#::1 x\n\n::1\n"})
    assert [("127.0.0.1", "localhost desk"), ("::1", "")] == [(row["address"], row["hostnames"]) for row in rows("etc_hosts", host)]


def test_what_starts_with_a_session_or_the_system(record, rows):
    """Autostart entries of the system and of accounts, and enabled units; a hidden entry is disabled."""
    host = record({
        "/etc/passwd": PASSWD,
        "/etc/xdg/autostart/a.desktop": "[Desktop Entry]\nName=Agent\nExec=/opt/a --x y\nName=again\n[Other]\nExec=no\n",
        "/etc/xdg/autostart/b.desktop": "[Desktop Entry]\nExec=b\nHidden=true\n",
        "/home/ann/.config/autostart/c.desktop": "[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n",
        "/usr/lib/systemd/system/ssh.service": "[Install]\nWantedBy=multi-user.target\n",
        "/usr/lib/systemd/system/off.service": "[Install]\nWantedBy=multi-user.target\n",
        "/etc/systemd/system/multi-user.target.wants/ssh.service": Path("/usr/lib/systemd/system/ssh.service"),
    })  # fmt: skip
    assert [
        ("Agent", "/opt/a", "--x y", "enabled", ""),
        ("b.desktop", "b", "", "disabled", ""),
        ("c.desktop", "", "", "disabled", "ann"),
        ("ssh.service", "/usr/lib/systemd/system/ssh.service", "", "", ""),
    ] == [tuple(row[name] for name in ("name", "path", "args", "status", "username")) for row in rows("startup_items", host)]


def test_programs_with_the_rights_of_their_owner(record, rows):
    """Files with either bit are told with owner and group; links and folders with the bit are not."""
    host = record(
        {
            "/etc/passwd": PASSWD,
            "/etc/group": "ann:x:1000:\n",
            "/usr/bin/su": "",
            "/usr/bin/x/wall": "",
            "/usr/bin/ls": "",
            "/bin": Path("usr/bin"),
        }
    )
    host.path("/usr/bin/su").chmod(0o6755)
    host.path("/usr/bin/x/wall").chmod(0o2755)
    host.path("/usr/bin/x").chmod(0o2755)
    host.path("/usr/bin/to").symlink_to("su")
    host.path("/usr/bin/x/up").symlink_to("..")
    found = rows("suid_bin", host)
    assert [("/usr/bin/su", "SG"), ("/usr/bin/x/wall", "G")] == sorted((row["path"], row["permissions"]) for row in found)
    names = {0: "root", 1000: "ann"}
    assert {names.get(os.geteuid(), str(os.geteuid()))} == {row["username"] for row in found}
