# SPDX-License-Identifier: Apache-2.0
"""Whether Menshen's own agent and osqueryd are there and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.source import Ask
from agents.tables.linux.packages import deb_packages
from agents.tables.linux.running import running
from agents.tables.linux.unit_files import unit_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Row

# Name, its package, its unit, its program ("" where that is an interpreter's name).
AGENTS: Final = (
    ("menshen-agent", "menshen", "menshen-agent.service", ""),
    ("osqueryd", "osquery", "osqueryd.service", "osqueryd"),
)
# The agent sets this file's time whenever the hub has taken a report.
LAST_REPORT: Final = "/var/lib/menshen/last-report"


def agent_state(host: Host, ask: Ask) -> Iterator[Row]:
    """Give a row for each agent that is installed (package or unit file) or runs; none for one that is not there.

    `version` is that of the package, empty without one; `running` is NULL where processes cannot be seen; `last_report` is
    NULL for osqueryd, which keeps no such time.
    """
    wanted = Ask(frozenset({"name", "version"}))
    versions = {str(row["name"]): str(row["version"]) for row in deb_packages(host, wanted)}
    units = unit_files(host, describe=False)
    for name, package, unit, program in AGENTS:
        state = running(host, program=program, service=unit)
        if package in versions or unit in units or state:
            report = _reported(host) if name == "menshen-agent" and ask.wants("last_report") else None
            yield {"name": name, "version": versions.get(package, ""), "running": state, "last_report": report}


def _reported(host: Host) -> int | None:
    try:
        return int(host.path(LAST_REPORT).stat().st_mtime)
    except OSError:
        return None
