# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time

import pytest

INSTALLED = "Package: clamav-daemon\nStatus: install ok installed\nVersion: 1.0.7+dfsg-1\n\n"
REMOVED = "Package: clamav-daemon\nStatus: deinstall ok config-files\nVersion: 1.0.7+dfsg-1\n\n"
STATUS = "/var/lib/dpkg/status"
DATABASES = "/var/lib/clamav"


def header(built: str = "16 Sep 2026 08-32 -0400", version: str = "27400", seconds: str = ":1789562000") -> bytes:
    """Make the head of a ClamAV database, padded to its 512 bytes, with content after it."""
    return f"ClamAV-VDB:{built}:{version}:90:90:{'f' * 32}:sign:builder{seconds}".encode().ljust(512, b" ") + b"\x1f\x8b" * 100


def test_definitions_are_as_old_as_the_daily_database(record, rows):
    """The daily database counts, not a younger bytecode; the package gives the version, processes the state."""
    host = record({
        STATUS: INSTALLED,
        f"{DATABASES}/daily.cld": header(),
        f"{DATABASES}/main.cvd": header(version="62", seconds=":1600000000"),
        f"{DATABASES}/bytecode.cvd": header(version="335", seconds=":1799999999"),
        "/proc/12/comm": "clamd\n",
        "/proc/self/comm": "clamonacc\n",
    })  # fmt: skip
    (row,) = rows("antivirus", host)
    assert ("ClamAV", "1.0.7+dfsg-1", 1, 0, 1789562000, "27400", None) == tuple(
        row[name] for name in ("product", "version", "running", "on_access", "definitions_time", "definitions_version", "last_scan")
    )


def test_the_build_time_is_read_where_the_seconds_are_missing(record, rows):
    """Old headers have a date with a zone alone."""
    host = record({STATUS: INSTALLED, f"{DATABASES}/daily.cvd": header("01 Jan 2026 00-30 +0800", seconds="")})
    assert [(1767198600, None)] == [(row["definitions_time"], row["running"]) for row in rows("antivirus", host)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ClamAV-VDB",
        b"ClamAV-VDB:a:b",
        b"\xff" * 600,
        header("99 Foo 2026 99-99 +9999", seconds=":soon"),
        header("31 Feb 2026 00-00 +0000", seconds=""),
    ],
)
def test_a_damaged_header_has_no_time(record, rows, content):
    """Definitions whose age cannot be told have none, so that no rule can pass by them."""
    host = record({STATUS: INSTALLED, f"{DATABASES}/daily.cvd": content})
    assert [(None, None)] == [(row["definitions_time"], row["definitions_version"]) for row in rows("antivirus", host)]


def test_a_removed_package_is_no_product_but_a_running_one_is(record, rows):
    """Left-over configuration is not protection; a process without a package (installed by hand) is seen."""
    host = record({STATUS: REMOVED, "/proc/9/comm": "init\n"})
    assert [] == rows("antivirus", host)
    host = record({"/proc/10/comm": "wdavdaemon\n"})
    assert [("Microsoft Defender for Endpoint", 1)] == [(row["product"], row["running"]) for row in rows("antivirus", host)]


def test_the_last_scan_is_the_last_end_in_the_logs(record, rows):
    """Scans are logged in local time; an impossible date and other lines are passed over."""
    log = "----------- SCAN SUMMARY -----------\n"
    log += "".join(f"End Date:   {moment}\n" for moment in ("2026:11:02 03:04:05", "2026:13:40 03:04:05", "2026:10:01 00:00:00"))
    host = record({STATUS: INSTALLED, "/var/log/clamav/scan.log": log})
    expected = int(time.mktime((2026, 11, 2, 3, 4, 5, 0, 0, -1)))
    assert [expected] == [row["last_scan"] for row in rows("antivirus", host)]
