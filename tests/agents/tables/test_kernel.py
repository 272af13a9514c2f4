# SPDX-License-Identifier: Apache-2.0
import os
import time
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import NotObservedError

LIVE = Host()


def test_kernel_info_is_that_of_uname(rows):
    """The version is the release that uname gives, the arguments are those the kernel was started with."""
    (row,) = rows("kernel_info", LIVE)
    given = Path("/proc/cmdline").read_text().split()
    assert os.uname().release == row["version"]
    assert [word for word in given if not word.startswith(("BOOT_IMAGE=", "root="))] == row["arguments"].split()


def test_kernel_command_line_is_split(rows, record):
    """The image and the root device stand apart from the arguments."""
    host = record(
        {"/proc/version": "Linux version 6.1.0-9 (x@y)\n", "/proc/cmdline": "BOOT_IMAGE=/vmlinuz root=UUID=a ro quiet audit=1\n"}
    )
    expected = {"version": "6.1.0-9", "path": "/vmlinuz", "device": "UUID=a", "arguments": "ro quiet audit=1"}
    assert [expected] == rows("kernel_info", host)


def test_modules_are_those_the_kernel_lists(rows):
    """There are as many modules as /proc/modules has lines."""
    listed = Path("/proc/modules").read_text().splitlines() if Path("/proc/modules").exists() else []
    assert [line.split()[0] for line in listed] == [row["name"] for row in rows("kernel_modules", LIVE)]


def test_recorded_modules(rows, record):
    """Users of a module are listed without the last comma, a hidden address is NULL, flags of the kernel are left out."""
    text = "ext4 1130496 1 - Live 0xffffffffc0a00000\nnf_tables 372736 2 nft_ct,nft_chain, Live 0x0000000000000000 (E)\nshort 1\n"
    first, second = rows("kernel_modules", record({"/proc/modules": text}))
    assert {"name": "ext4", "size": 1130496, "used_by": "-", "status": "Live", "address": "0xffffffffc0a00000"} == first
    assert ("nf_tables", "nft_ct,nft_chain", None) == (second["name"], second["used_by"], second["address"])


def test_recorded_keys(rows, record):
    """A description with blanks stays whole."""
    text = "02da5561 I--Q---     1 perm 1f3f0000     0 65534 keyring   _uid_ses.0: 1\n"
    (row,) = rows("kernel_keys", record({"/proc/keys": text}))
    assert ("02da5561", 1, "1f3f0000", 65534, "keyring", "_uid_ses.0: 1") == tuple(
        row[name] for name in ("serial_number", "usage", "permissions", "gid", "type", "description")
    )


def test_uptime_is_that_of_the_clock(rows):
    """The seconds are those of the kernel's own clock, and its parts add up."""
    (row,) = rows("uptime", LIVE)
    assert abs(row["total_seconds"] - time.clock_gettime(time.CLOCK_BOOTTIME)) < 2
    assert row["total_seconds"] == ((row["days"] * 24 + row["hours"]) * 60 + row["minutes"]) * 60 + row["seconds"]


def test_uptime_without_proc_is_not_observed(rows, record):
    """A host without its proc file system was not started a second ago: it was not observed."""
    with pytest.raises(NotObservedError, match="/proc/uptime"):
        rows("uptime", record({"/etc/passwd": ""}))


def test_time_is_now_and_utc(rows):
    """All columns tell the same second."""
    (row,) = rows("time", LIVE)
    assert abs(row["unix_time"] - time.time()) < 2
    utc = time.gmtime(row["unix_time"])
    assert utc[:6] == tuple(row[name] for name in ("year", "month", "day", "hour", "minutes", "seconds"))
    assert utc == time.strptime(row["timestamp"], "%a %b %d %H:%M:%S %Y %Z")[:6] + utc[6:]
    assert time.strftime("%A %Y-%m-%dT%H:%M:%SZ", utc) == f"{row['weekday']} {row['iso_8601']}"


def test_memory_and_load(rows):
    """Memory is in bytes, and the load has three periods."""
    (row,) = rows("memory_info", LIVE)
    assert os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") == row["memory_total"]
    assert ["1m", "5m", "15m"] == [row["period"] for row in rows("load_average", LIVE)]
    assert all(abs(float(row["average"]) - load) < 2 for row, load in zip(rows("load_average", LIVE), os.getloadavg(), strict=True))
