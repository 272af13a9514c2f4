# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import NotObservedError
from agents.tables.linux.logrotate import rotated
from agents.tables.linux.retention import timespan

MAIN = """# see "man logrotate"
weekly
rotate 4
create
include /etc/logrotate.d
/var/log/special {
  monthly
  rotate 24
}
"""
RSYSLOG = """/var/log/syslog
/var/log/auth.log
{
\trotate 52
\tweekly
\tmissingok
\tpostrotate
\t\tif true; then { echo }; fi
\t\trotate 1
\tendscript
}
"""
OTHERS = """/var/log/a.log "/var/log/b c.log" {
    daily
    rotate 400
    maxage 180
}
/var/log/big.log { size 10M
 rotate 5 }
}
/var/log/apt/*.log {
  rotate 12
  monthly
}
/var/log/ever.log {
  rotate -1
}
"""


def test_days_are_the_count_times_the_period(record):
    """A block inherits the main file's words, age cuts time, size or no end leaves it open; scripts are not read."""
    host = record(
        {
            "/etc/logrotate.conf": MAIN,
            "/etc/logrotate.d/rsyslog": RSYSLOG,
            "/etc/logrotate.d/x": OTHERS,
            "/etc/logrotate.d/x.dpkg-old": "/no {\n}\n",
        }
    )
    assert {
        "/var/log/special": 720,
        "/var/log/syslog": 364,
        "/var/log/auth.log": 364,
        "/var/log/a.log": 180,
        "/var/log/b c.log": 180,
        "/var/log/big.log": None,
        "/var/log/apt/*.log": 360,
        "/var/log/ever.log": None,
    } == {log: kept.days for log, kept in rotated(host)}


def test_logs_tell_what_is_there(record, rows):
    """Old files of a log give the oldest time, the log itself the newest; wildcards become the logs there are."""
    files = {"/etc/logrotate.d/x": OTHERS, "/etc/logrotate.d/rsyslog": RSYSLOG}
    logs = {
        "/var/log/auth.log": 300,
        "/var/log/auth.log.1": 200,
        "/var/log/auth.log.2.gz": 100,
        "/var/log/apt/history.log": 250,
        "/var/log/auth.logs": 1,
    }
    host = record({**files, **dict.fromkeys(logs, "12345")})
    for path, moment in logs.items():
        os.utime(host.path(path), (moment, moment))
    found = {row["name"]: row for row in rows("retention", host)}
    assert (364, 100, 300, 15) == tuple(found["auth.log"][name] for name in ("configured_days", "oldest", "newest", "bytes"))
    assert (360, None, 250, 5) == tuple(found["history.log"][name] for name in ("configured_days", "oldest", "newest", "bytes"))
    assert (364, None, None, 0) == tuple(found["syslog"][name] for name in ("configured_days", "oldest", "newest", "bytes"))


def journal(first: int, last: int) -> bytes:
    """Make the head of a journal file (times in seconds)."""
    return (
        b"LPKSHHRH".ljust(184, b"\0") + (first * 10**6).to_bytes(8, "little") + (last * 10**6).to_bytes(8, "little") + b"\0" * 100
    )


def test_the_journal_tells_its_first_and_last_record(record, rows):
    """Heads of journal files give the times; drop-ins win over the main file; other and cut files are passed over."""
    folder = "/var/log/journal/0123"
    host = record({
        "/etc/systemd/journald.conf": "[Journal]\n#MaxRetentionSec=1day\nMaxRetentionSec=1month\n",
        "/etc/systemd/journald.conf.d/9.conf": "[Journal]\nMaxRetentionSec=180d\n",
        f"{folder}/system.journal": journal(0, 0),
        f"{folder}/system@1.journal": journal(1_700_000_000, 1_700_000_900),
        f"{folder}/user.journal": journal(1_700_000_500, 1_700_001_000),
        f"{folder}/cut.journal": b"LPKSHHRH",
        f"{folder}/other": b"x" * 300,
    })  # fmt: skip
    (row,) = rows("retention", host)
    assert ("journal", 180, 1_700_000_000, 1_700_001_000, 900) == tuple(
        row[name] for name in ("name", "configured_days", "oldest", "newest", "bytes")
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("0", 0),
        ("90", 90),
        ("2week 3d", 1468800),
        ("1.5h", 5400),
        ("5 M", 13149000),
        ("5 fortnights", 0),
        ("-5d", 0),
        ("d", 0),
    ],
)
def test_time_spans_are_read_as_systemd_reads_them(text, seconds):
    """A number without a unit is seconds; what is no span is no limit."""
    assert seconds == timespan(text)


def test_the_audit_log_begins_with_its_first_record(record, rows):
    """The oldest record of all files counts."""
    host = record(
        {
            "/var/log/audit/audit.log": "type=X msg=audit(1700000900.001:9): a\n",
            "/var/log/audit/audit.log.1": "type=X msg=audit(1700000000.123:1): a\n",
        }
    )
    assert [("audit.log", None, 1_700_000_000)] == [
        (row["name"], row.get("configured_days"), row["oldest"]) for row in rows("retention", host)
    ]


def test_without_root_a_closed_log_is_not_observed(rows, as_nobody):
    """A log folder that only root may list is told, not left out."""
    del as_nobody
    closed = [path for path in ("/var/log/audit",) if Path(path).is_dir()]
    if not closed:
        pytest.skip("this machine has no audit log")
    with pytest.raises(NotObservedError, match="root"):
        rows("retention", Host())
