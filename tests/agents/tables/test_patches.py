# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import gzip
import os
import time

import pytest

from agents.host import TEXT_LIMIT
from agents.source import NotObservedError

UPGRADE = (
    "\nStart-Date: 2026-11-01  06:12:01\nCommandline: apt-get upgrade\nUpgrade: curl:amd64 (1, 2)\nEnd-Date: 2026-11-01  06:12:09\n"
)
INSTALL = "\nStart-Date: 2026-11-20  09:00:00\nInstall: vim:amd64 (9)\nEnd-Date: 2026-11-20  09:00:05\n"
LISTS = {"/var/lib/apt/lists/lock": ""}


def local(text: str) -> int:
    """Give the Unix time of a local time."""
    return int(time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S")))


def test_the_last_upgrade_is_not_the_last_installation(record, rows):
    """A stanza that only installs does not count as patching."""
    host = record({**LISTS, "/var/log/apt/history.log": UPGRADE + INSTALL})
    (row,) = rows("patch_state", host)
    assert ("apt", local("2026-11-01 06:12:09")) == (row["manager"], row["last_upgrade"])


def test_an_older_log_is_read_where_the_newest_has_no_upgrade(record, rows):
    """Rotated and packed logs are read in their order until one tells of an upgrade."""
    older = UPGRADE.replace("2026-11-01", "2026-09-01")
    host = record({
        **LISTS,
        "/var/log/apt/history.log": INSTALL,
        "/var/log/apt/history.log.2.gz": gzip.compress(UPGRADE.encode()),
        "/var/log/apt/history.log.10.gz": gzip.compress(older.encode()),
        "/var/log/dpkg.log": "2026-10-02 01:02:03 upgrade curl:amd64 1 2\n2026-10-03 01:02:03 install vim:amd64 <none> 9\n",
    })  # fmt: skip
    assert local("2026-11-01 06:12:09") == rows("patch_state", host)[0]["last_upgrade"]


def test_lists_are_as_fresh_as_the_latest_stamp(record, rows):
    """The success stamp counts where it is later than the lists."""
    host = record({**LISTS, "/var/lib/apt/periodic/update-success-stamp": ""})
    os.utime(host.path("/var/lib/apt/lists"), (1_700_000_000, 1_700_000_000))
    os.utime(host.path("/var/lib/apt/periodic/update-success-stamp"), (1_700_000_500, 1_700_000_500))
    (row,) = rows("patch_state", host)
    assert (1_700_000_500, None) == (row["last_refresh"], row["last_upgrade"])


def test_a_host_without_a_package_manager_has_no_row(record, rows):
    """Absence is an answer."""
    assert [] == rows("patch_state", record({}))


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08junk", b"plain", gzip.compress(b"0" * (TEXT_LIMIT + 1))], ids=["damaged", "no gzip", "bomb"]
)
def test_a_packed_log_that_cannot_be_read_is_told(record, rows, content):
    """A damaged or exploding log is not taken for a log without upgrades."""
    with pytest.raises(NotObservedError, match=r"history[.]log[.]1[.]gz"):
        rows("patch_state", record({**LISTS, "/var/log/apt/history.log.1.gz": content}))


def test_an_impossible_date_is_no_upgrade(record, rows):
    """A day that does not exist is passed over."""
    host = record({**LISTS, "/var/log/dpkg.log": "2026-13-45 01:02:03 upgrade x\n"})
    assert None is rows("patch_state", host)[0]["last_upgrade"]
