# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os

UNIT = "/etc/systemd/system/menshen-agent.service"
CGROUP = "0::/system.slice/menshen-agent.service\n"


def test_an_agent_is_there_by_package_unit_or_process(record, rows):
    """The unit's control group tells that the agent runs; osqueryd is known by its program."""
    host = record({
        UNIT: "[Service]\n",
        "/proc/7/comm": "python3\n",
        "/proc/7/cgroup": CGROUP,
        "/var/lib/menshen/last-report": "",
        "/var/lib/dpkg/status": "Package: osquery\nVersion: 5.23.1-1.linux\n",
    })  # fmt: skip
    os.utime(host.path("/var/lib/menshen/last-report"), (1_700_000_000, 1_700_000_000))
    assert [("menshen-agent", "", 1, 1_700_000_000), ("osqueryd", "5.23.1-1.linux", 0, None)] == [
        tuple(row[name] for name in ("name", "version", "running", "last_report")) for row in rows("agent_state", host)
    ]


def test_no_agent_has_no_row_and_an_image_cannot_tell_what_runs(record, rows):
    """Absence is an answer; without processes, running is NULL."""
    assert [] == rows("agent_state", record({"/proc/1/comm": "init\n"}))


def test_without_processes_running_is_not_known(record, rows):
    """An image of a disk has no processes to look at."""
    assert [None] == [row["running"] for row in rows("agent_state", record({UNIT: "[Service]\n"}))]
