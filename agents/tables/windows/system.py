# SPDX-License-Identifier: Apache-2.0
"""The machine itself: `os_version`, `system_info`, `uptime`, `time`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc
    from policies.verdict import Cell

_CURRENT: Final = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
_FIRST_11: Final = 22000
_CLIENT: Final = 1
# Win32_Processor.Architecture
_ARCHITECTURES: Final[Mapping[int, str]] = {0: "32-bit", 5: "ARM 32-bit", 9: "64-bit", 12: "ARM 64-bit"}
_CPUS: Final[Mapping[int, str]] = {0: "x86", 5: "ARM", 9: "x86_64", 12: "ARM64"}
# Seconds between 1601, where Windows begins to count, and 1970.
_EPOCH: Final = 11_644_473_600


def os_version(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the version of Windows; the name is the registry's, which is English everywhere, put right for Windows 11."""
    key = pc.hive.key(_CURRENT)
    noted: dict[str, Cell] = {value.name: value.data for value in key.values} if key else {}
    one = _system(pc)
    version = str(one.get("version") or "")
    major, minor, build = ([*version.split("."), "0", "0", "0"])[:3]
    name = str(noted.get("ProductName") or "Windows")
    if build.isdigit() and int(build) >= _FIRST_11 and one.get("product_type") == _CLIENT:
        name = name.replace("Windows 10", "Windows 11")
    name = name if name.startswith("Microsoft") else f"Microsoft {name}"
    yield {
        "name": name,
        "version": version,
        "major": major,
        "minor": minor,
        "patch": 0,
        "build": build,
        "revision": noted.get("UBR"),
        "platform": "windows",
        "platform_like": "windows",
        "codename": name,
        "arch": _ARCHITECTURES.get(one.get("architecture", -1)),
        "install_date": one.get("installed"),
    }


def system_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield what the machine is."""
    one = _system(pc)
    yield {
        "hostname": one.get("dns_name") or one.get("name"),
        "uuid": one.get("uuid"),
        "cpu_type": _CPUS.get(one.get("architecture", -1)),
        "cpu_brand": one.get("brand"),
        "cpu_physical_cores": one.get("cores"),
        "cpu_logical_cores": one.get("threads"),
        "cpu_sockets": one.get("sockets"),
        "physical_memory": one.get("memory"),
        "hardware_vendor": one.get("manufacturer"),
        "hardware_model": one.get("model"),
        "hardware_version": one.get("product_version"),
        "hardware_serial": one.get("serial"),
        **{column: one.get(column) for column in ("board_vendor", "board_model", "board_version", "board_serial")},
        "computer_name": one.get("name"),
        "local_hostname": one.get("name"),
    }


def uptime(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield how long Windows has been running, by its own clock."""
    booted = _system(pc).get("booted")
    if not isinstance(booted, int):
        raise NotObservedError("the PC does not say when it was started")
    seconds = max(0, pc.now - booted)
    yield {
        "days": seconds // 86400,
        "hours": seconds // 3600 % 24,
        "minutes": seconds // 60 % 60,
        "seconds": seconds % 60,
        "total_seconds": seconds,
    }


def time(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the PC's clock, in UTC."""
    now = pc.now
    moment = datetime.fromtimestamp(now, UTC)
    iso = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    yield {
        "weekday": moment.strftime("%A"),
        **{part: getattr(moment, part) for part in ("year", "month", "day", "hour")},
        "minutes": moment.minute,
        "seconds": moment.second,
        "timezone": "UTC",
        "unix_time": now,
        "timestamp": moment.strftime("%a %b %d %H:%M:%S %Y UTC"),
        "datetime": iso,
        "iso_8601": iso,
        "win_timestamp": (now + _EPOCH) * 10_000_000,
    }


def _system(pc: Pc) -> dict[str, Any]:
    found = pc.objects("system")
    if not found:
        raise NotObservedError("the PC gave no answer to system")
    return found[0]
