# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import time

import pytest
import system

from agents.host import Host

PARAGRAPH = """Package: {name}
Status: install ok installed
Priority: optional
Section: net
Installed-Size: 12
Maintainer: 维护者 <a@example.org>
Architecture: amd64
Source: src (1.0)
Version: 2:1.9-rc5-2+deb12u1
Description: short
 Version: not a field
Conffiles:
 /etc/x 0123

"""


def test_packages_are_those_dpkg_query_names(rows):
    """Name, version, architecture and status equal what dpkg-query prints on this machine."""
    system.need("dpkg-query")
    form = "${Package}\t${Version}\t${Architecture}\t${Status}\t${Section}\t${Priority}\n"
    told = subprocess.run(["dpkg-query", "-W", "-f", form], capture_output=True, text=True, check=True).stdout.splitlines()
    columns = ("name", "version", "arch", "status", "section", "priority")
    found = ["\t".join(row[column] for column in columns) for row in rows("deb_packages", Host())]
    assert sorted(told) == sorted(found)


def test_a_paragraph_gives_every_column(record, rows):
    """Size is in bytes, the revision follows the last hyphen, and a continued line is never taken for a field."""
    (row,) = rows("deb_packages", record({"/var/lib/dpkg/status": PARAGRAPH.format(name="curl")}))
    assert ("curl", "2:1.9-rc5-2+deb12u1", "2+deb12u1", 12288, "src (1.0)", "维护者 <a@example.org>") == (
        row["name"], row["version"], row["revision"], row["size"], row["source"], row["maintainer"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Status: install ok installed\nVersion: 1\n", []),
        ("Package: half\nInstalled-Size: many\nVers", ["half"]),
        ("\n\n\n\nPackage: a\n\n\n\nPackage: b", ["a", "b"]),
        ("Package: bad\udcff\n", ["bad?"]),
    ],
    ids=["empty", "no name", "cut short", "blank lines", "bad bytes"],
)
def test_a_damaged_status_file_gives_what_is_whole(record, rows, text, names):
    """A cut or odd status file neither fails nor invents a package."""
    host = record({"/var/lib/dpkg/status": text.encode("utf-8", "replace")})
    found = rows("deb_packages", host)
    assert names == [row["name"] for row in found]
    assert all(row["size"] is None for row in found)


def test_three_thousand_packages_take_less_than_a_third_of_a_second(record, rows):
    """A full workstation's packages are read fast enough to be asked on every audit (a tenth is usual; machines vary)."""
    host = record({"/var/lib/dpkg/status": "".join(PARAGRAPH.format(name=f"p{n}") for n in range(3000))})
    start = time.perf_counter()
    found = rows("deb_packages", host, columns={"name", "version"})
    assert 3000 == len(found)
    assert time.perf_counter() - start < 0.33


def test_another_admindir_is_read_and_told(record, rows):
    """`admindir = ...` reads another status file and is echoed, or SQLite would drop the rows."""
    host = record({"/srv/dpkg/status": "Package: a\n"})
    assert [("a", "/srv/dpkg")] == [(row["name"], row["admindir"]) for row in rows("deb_packages", host, admindir="/srv/dpkg")]
    assert [] == rows("deb_packages", host)


def test_a_host_without_a_database_has_no_rpm_packages(record, rows):
    """Absence of RPM is an answer."""
    assert [] == rows("rpm_packages", record({}))
