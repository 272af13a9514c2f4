# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
import subprocess

import pytest
import system

from agents.source import NotObservedError

BASE = """# base
[org/gnome/desktop/session]
idle-delay=uint32 300
[org/gnome/desktop/screensaver]
lock-delay = uint32 5
"""
LATER = """[org/gnome/desktop/session]
idle-delay=uint32 900

[org/gnome/login-screen]
banner-message-text='a = b'
list=['x', 'y']
on=true
ratio=1.5
"""
LOCKS = """# locks
/org/gnome/desktop/session/idle-delay
/org/gnome/login-screen/
/org/gnome/only/locked
"""
FOLDER = "/etc/dconf/db/local.d"
FILES = {f"{FOLDER}/00-base": BASE, f"{FOLDER}/10-later": LATER, f"{FOLDER}/locks/10-lock": LOCKS}


def compiled(host, content: bytes = b"", age: int = 0):
    """Lay the compiled database beside its key files, `age` seconds older than now."""
    place = host.path("/etc/dconf/db/local")
    place.write_bytes(content)
    stamp = place.stat().st_mtime + 60 - age
    os.utime(place, (stamp, stamp))
    return host


def test_the_last_file_wins_and_locks_are_told(record, rows):
    """Values come from the file that sorts last; a lock on a key or its folder is seen; a lock alone is a row."""
    found = rows("dconf_policy", compiled(record(FILES)))
    assert [
        ("/org/gnome/desktop/screensaver/lock-delay", "5", 0),
        ("/org/gnome/desktop/session/idle-delay", "900", 1),
        ("/org/gnome/login-screen/", None, 1),
        ("/org/gnome/login-screen/banner-message-text", "'a = b'", 1),
        ("/org/gnome/login-screen/list", "['x', 'y']", 1),
        ("/org/gnome/login-screen/on", "true", 1),
        ("/org/gnome/login-screen/ratio", "1.5", 1),
        ("/org/gnome/only/locked", None, 1),
    ] == [(row["key"], row["value"], row["locked"]) for row in found]
    assert {"local"} == {row["database"] for row in found}


def test_values_are_those_dconf_compiles(record, rows, tmp_path):
    """dconf, given the same files, compiles the same keys and values (numbers written with their type)."""
    system.need("dconf")
    host = record(FILES)
    database = host.path("/etc/dconf/db/local")
    subprocess.run(["dconf", "compile", database, host.path("/etc/dconf/db/local.d")], check=True)
    profile = tmp_path / "profile"
    profile.write_text(f"file-db:{database}\n")
    environment = {**os.environ, "DCONF_PROFILE": str(profile)}
    for row in rows("dconf_policy", host):
        if row["value"] is not None:
            told = subprocess.run(["dconf", "read", row["key"]], env=environment, capture_output=True, text=True, check=True).stdout
            assert row["value"] == told.strip().removeprefix("uint32 ")


@pytest.mark.parametrize("age", [None, 3600], ids=["never", "before the change"])
def test_key_files_that_were_not_compiled_are_not_observed(record, rows, age):
    """Sessions see the compiled database, so newer key files prove nothing."""
    host = record(FILES)
    if age is not None:
        compiled(host, age=age)
    with pytest.raises(NotObservedError, match="dconf update"):
        rows("dconf_policy", host)


def test_no_dconf_or_an_empty_folder_has_no_rows(record, rows):
    """Absence is an answer, and a folder without keys needs no database."""
    assert [] == rows("dconf_policy", record({}))
    assert [] == rows("dconf_policy", record({"/etc/dconf/db/ibus.d/.hidden": "[a]\nb=1", "/etc/dconf/db/notes": ""}))


def test_junk_makes_no_keys_and_a_junk_database_is_not_read(record, rows):
    """Lines outside a group, without =, and a database of random bytes neither fail nor become keys."""
    host = record({"/etc/dconf/db/local.d/x": b"a=1\n[g]\n\xff\xfe\nno sign\n[open\nk=\n=v\n[]\nz=1\n"})
    found = rows("dconf_policy", compiled(host, b"GVariant\xff\x00junk"))
    assert [("/g/k", "")] == [(row["key"], row["value"]) for row in found]
