# SPDX-License-Identifier: Apache-2.0
"""Services and what runs: `services`, `processes`, `listening_ports`, `agent_state`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

# SERVICE_STATUS_PROCESS.dwCurrentState and QUERY_SERVICE_CONFIG.dwStartType (winsvc.h).
_STATUS: Final[Mapping[int, str]] = {
    1: "STOPPED",
    2: "START_PENDING",
    3: "STOP_PENDING",
    4: "RUNNING",
    5: "CONTINUE_PENDING",
    6: "PAUSE_PENDING",
    7: "PAUSED",
}
_START: Final[Mapping[int, str]] = {0: "BOOT_START", 1: "SYSTEM_START", 2: "AUTO_START", 3: "DEMAND_START", 4: "DISABLED"}
_TYPES: Final[Mapping[int, str]] = {
    0x10: "OWN_PROCESS",
    0x20: "SHARE_PROCESS",
    0x50: "USER_OWN_PROCESS",
    0x60: "USER_SHARE_PROCESS",
}
# The bits of an instance of a user's service and of a service that may talk with the desktop.
_VARIANTS: Final = 0x80 | 0x100
_IPV4, _IPV6 = 2, 23
_AGENTS: Final = ("osqueryd", "orbit", "fleetd")


def services(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the services that the service control manager knows, drivers left out as osquery does."""
    for one in pc.objects("services"):
        kind = one.get("service_type")
        yield {
            "name": one.get("name"),
            "service_type": _TYPES.get(kind & ~_VARIANTS, "UNKNOWN") if isinstance(kind, int) else None,
            "display_name": one.get("display_name"),
            "status": _STATUS.get(one.get("status", 0)),
            "pid": one.get("pid"),
            "start_type": _START.get(one.get("start_type", -1)),
            "win32_exit_code": one.get("win32_exit_code"),
            "service_exit_code": one.get("service_exit_code"),
            "path": one.get("path"),
            "user_account": one.get("user_account"),
        }


def processes(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield processes; times in milliseconds, sizes in bytes."""
    now = pc.now
    for one in pc.objects("processes"):
        started = one.get("started")
        yield {
            "pid": one.get("pid"),
            "name": one.get("name"),
            "path": one.get("path") or "",
            "cmdline": one.get("cmdline") or "",
            "parent": one.get("parent"),
            "threads": one.get("threads"),
            "handle_count": one.get("handles"),
            "resident_size": one.get("resident"),
            "total_size": one.get("total"),
            # WMI counts in 100 nanoseconds.
            "user_time": _milliseconds(one.get("user")),
            "system_time": _milliseconds(one.get("kernel")),
            "start_time": started,
            "elapsed_time": max(0, now - started) if isinstance(started, int) else None,
        }


def listening_ports(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield TCP ports that listen and UDP ports that are open; protocol is IANA's number, family Windows'."""
    for one in pc.objects("ports"):
        address = str(one.get("address") or "")
        yield {
            "pid": one.get("pid"),
            "port": one.get("port"),
            "protocol": one.get("protocol"),
            "family": _IPV6 if ":" in address else _IPV4,
            "address": address.partition("%")[0],
        }


def agent_state(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the osquery agents that are installed as services; when they last reported only they know."""
    for one in pc.objects("services"):
        if str(one.get("name", "")).lower() in _AGENTS:
            yield {"name": str(one["name"]).lower(), "running": int(one.get("status") == 4)}  # noqa: PLR2004 - see _STATUS


def _milliseconds(ticks: object) -> int | None:
    return int(ticks) // 10_000 if isinstance(ticks, int | str) and str(ticks).isdigit() else None
