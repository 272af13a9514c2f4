# SPDX-License-Identifier: Apache-2.0
"""What machine and system this is: hardware, operating system, and the engine that answers."""

from __future__ import annotations

import os
import shlex
import time
import uuid
from typing import TYPE_CHECKING, Final

from agents.tables.linux.firmware import machine, memory_bytes
from agents.tables.linux.plain import attribute, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# The osquery whose tables, functions and rules this engine follows; a control may ask for at least a version.
COMPATIBLE_VERSION: Final = "5.23.1"
# osquery's platform bits: POSIX 1 + LINUX 8.
PLATFORM: Final = 9
STARTED: Final = int(time.time())
INSTANCE: Final = str(uuid.uuid4())


def system_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the machine: names, processor, memory in bytes, maker; serial numbers and uuid are NULL without root."""
    del ask
    cpus = processors(host)
    first = cpus[0] if cpus else {}
    name = attribute(host, "/proc/sys/kernel/hostname") or attribute(host, "/etc/hostname")
    yield {
        "hostname": name,
        "computer_name": name,
        "local_hostname": name,
        "uuid": machine(host, "product_uuid"),
        "cpu_type": os.uname().machine if host.live else None,
        "cpu_subtype": first.get("model"),
        "cpu_brand": first.get("model name"),
        "cpu_physical_cores": len({(cpu.get("physical id"), cpu.get("core id", cpu.get("processor"))) for cpu in cpus}) or None,
        "cpu_logical_cores": len(cpus) or None,
        "cpu_sockets": len({cpu.get("physical id") for cpu in cpus}) or None,
        "cpu_microcode": first.get("microcode"),
        "physical_memory": memory_bytes(host),
        "hardware_vendor": machine(host, "sys_vendor"),
        "hardware_model": machine(host, "product_name"),
        "hardware_version": machine(host, "product_version"),
        "hardware_serial": machine(host, "product_serial"),
        "board_vendor": machine(host, "board_vendor"),
        "board_model": machine(host, "board_name"),
        "board_version": machine(host, "board_version"),
        "board_serial": machine(host, "board_serial"),
    }


def cpu_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the processors, one a socket, as far as /proc/cpuinfo knows them; clock speed in MHz."""
    del ask
    sockets: dict[str, list[dict[str, str]]] = {}
    for cpu in processors(host):
        sockets.setdefault(cpu.get("physical id", "0"), []).append(cpu)
    for number, cpus in sockets.items():
        yield {
            "device_id": f"CPU{number}",
            "model": cpus[0].get("model name"),
            "manufacturer": cpus[0].get("vendor_id"),
            "number_of_cores": cpus[0].get("cpu cores"),
            "logical_processors": len(cpus),
            "current_clock_speed": whole(cpus[0].get("cpu MHz", "").partition(".")[0]),
        }


def os_version(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the operating system, from os-release: numbers of the version, -1 never; platform is its ID, debian for example."""
    del ask
    release = os_release(host)
    if release:
        numbers = [whole(part) for part in release.get("VERSION_ID", "").split(".")]
        major, minor, patch = [*numbers, *[0] * 3][:3]
        yield {
            "name": release.get("NAME", ""),
            "version": release.get("VERSION", release.get("VERSION_ID", "")),
            "major": major,
            "minor": minor,
            "patch": patch,
            "build": release.get("BUILD_ID", ""),
            "platform": release.get("ID", "linux"),
            "platform_like": release.get("ID_LIKE", release.get("ID", "")),
            "codename": release.get("VERSION_CODENAME", ""),
            "arch": os.uname().machine if host.live else None,
        }


def osquery_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the engine as osquery would present itself; version is the osquery it follows."""
    yield {
        "pid": os.getpid(),
        "uuid": machine(host, "product_uuid") if ask.wants("uuid") else None,
        "instance_id": INSTANCE,
        "version": COMPATIBLE_VERSION,
        "config_hash": "",
        "config_valid": 1,
        "extensions": "inactive",
        "build_platform": "linux",
        "build_distro": "menshen",
        "start_time": STARTED,
        "watcher": -1,
        "platform_mask": PLATFORM,
    }


def os_release(host: Host) -> dict[str, str]:
    """Read os-release: NAME=value lines, values quoted as a shell does (man 5 os-release); a line that is none is passed over."""
    text = host.text("/etc/os-release") or host.text("/usr/lib/os-release") or ""
    found: dict[str, str] = {}
    for line in text.split("\n"):
        name, equals, value = line.strip().partition("=")
        if equals and name.isidentifier():
            found[name] = _unquoted(value)
    return found


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        return value  # a quote that is never closed: taken as it stands


def processors(host: Host) -> list[dict[str, str]]:
    """Read /proc/cpuinfo, one entry a logical processor."""
    found = []
    for block in (host.text("/proc/cpuinfo") or "").split("\n\n"):
        pairs = (line.partition(":") for line in block.split("\n"))
        entry = {key.strip(): value.strip() for key, colon, value in pairs if colon}
        if "processor" in entry:
            found.append(entry)
    return found
