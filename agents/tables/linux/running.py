# SPDX-License-Identifier: Apache-2.0
"""Which programs and services run, by the process folder alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host


def running(host: Host, *, program: str = "", service: str = "") -> int | None:
    """Tell whether a process has the program's name (its first 15 letters) or belongs to the systemd service.

    None where the host has no process folder, as in an image or a recorded tree.
    """
    processes = [name for name in host.names("/proc") if name.isascii() and name.isdigit()]
    if not processes:
        return None
    for process in processes:
        if program and _first_line(host, f"/proc/{process}/comm") == program[:15]:
            return 1
        if service and any(line.endswith(f"/{service}") for line in _lines(host, f"/proc/{process}/cgroup")):
            return 1
    return 0


def _first_line(host: Host, path: str) -> str:
    return next(_lines(host, path), "")


def _lines(host: Host, path: str) -> Iterator[str]:
    try:
        text = host.path(path).read_text("utf-8", "replace")
    except OSError:
        # The process has ended since the folder was listed.
        return
    yield from text.splitlines()
