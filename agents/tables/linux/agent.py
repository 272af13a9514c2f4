# SPDX-License-Identifier: Apache-2.0
"""Whether Menshen's own agent and osqueryd are there and run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux.packages import deb_versions
from agents.tables.linux.running import running
from agents.tables.linux.unit_files import FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

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
    versions = deb_versions(host, [package for _, package, _, _ in AGENTS])
    units = {unit for folder in FOLDERS for unit in host.names(folder)}
    processes = running(host, services=True)
    for name, package, unit, program in AGENTS:
        state = processes.state(program=program, service=unit)
        if package in versions or unit in units or state:
            report = _reported(host) if name == "menshen-agent" and ask.wants("last_report") else None
            yield {"name": name, "version": versions.get(package, ("", ""))[0], "running": state, "last_report": report}


def _reported(host: Host) -> int | None:
    try:
        return int(host.path(LAST_REPORT).stat().st_mtime)
    except OSError:
        return None
