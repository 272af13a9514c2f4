# SPDX-License-Identifier: Apache-2.0
"""Which programs and services run, by the process folder alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.tables.linux.plain import read

if TYPE_CHECKING:
    from agents.host import Host


@dataclass(frozen=True, slots=True)
class Running:
    """The names of programs (their first 15 letters) and systemd units that processes belong to; None where none can be seen."""

    programs: frozenset[str] | None
    services: frozenset[str] = frozenset()

    def state(self, *, program: str = "", service: str = "") -> int | None:
        """Tell whether the program or the service runs; None where the host shows no process, as an image or a recorded tree."""
        if self.programs is None:
            return None
        return int((bool(program) and program[:15] in self.programs) or service in self.services)


def running(host: Host, *, services: bool = False) -> Running:
    """Look at every process once: at the programs' names, and with `services` at the units they belong to."""
    processes = [name for name in host.names("/proc") if name.isascii() and name.isdigit()]
    if not processes:
        return Running(None)
    programs = (_lines(host, f"/proc/{process}/comm")[:1] for process in processes)
    groups = (_lines(host, f"/proc/{process}/cgroup") for process in processes) if services else ()
    return Running(
        frozenset(name for lines in programs for name in lines),
        frozenset(line.rpartition("/")[2] for lines in groups for line in lines) - {""},
    )


def _lines(host: Host, path: str) -> list[str]:
    try:
        return read(host.place(path, follow=True)).decode("utf-8", "replace").splitlines()
    except OSError:
        # The process has ended since the folder was listed.
        return []
