# SPDX-License-Identifier: Apache-2.0
"""Software RAID of a Linux host: its arrays and the drives in them (kernel: Documentation/admin-guide/md.rst)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux.plain import attribute, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

INACTIVE: Final = frozenset({"clear", "inactive", "suspended"})


def md_devices(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the arrays: size in KiB, chunk_size in bytes; failed_disks counts the faulty and the missing."""
    del ask
    for name, folder in _arrays(host):
        states = [state for _drive, _slot, state in _drives(host, folder)]
        wanted = whole(attribute(host, f"{folder}/raid_disks"))
        missing = whole(attribute(host, f"{folder}/degraded")) or 0
        faulty = sum("faulty" in state for state in states)
        spare = sum("spare" in state for state in states)
        sectors = whole(attribute(host, f"/sys/block/{name}/size"))
        yield {
            "device_name": name,
            "status": "inactive" if attribute(host, f"{folder}/array_state") in INACTIVE else "active",
            "raid_level": whole((attribute(host, f"{folder}/level") or "").removeprefix("raid")),
            "size": None if sectors is None else sectors // 2,
            "chunk_size": whole(attribute(host, f"{folder}/chunk_size")),
            "raid_disks": wanted,
            "nr_raid_disks": len(states),
            "working_disks": len(states) - faulty,
            "active_disks": sum("in_sync" in state for state in states),
            "failed_disks": max(faulty, missing),
            "spare_disks": spare,
            "superblock_version": attribute(host, f"{folder}/metadata_version"),
        }


def md_drives(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the drives of the arrays, slot -1 where a drive has none; state is the kernel's own word."""
    del ask
    for name, folder in _arrays(host):
        for drive, slot, state in _drives(host, folder):
            yield {"md_device_name": name, "drive_name": drive, "slot": slot, "state": ",".join(state)}


def _arrays(host: Host) -> Iterator[tuple[str, str]]:
    for name in host.names("/sys/block"):
        folder = f"/sys/block/{name}/md"
        if attribute(host, f"{folder}/level") is not None:
            yield name, folder


def _drives(host: Host, folder: str) -> Iterator[tuple[str, int, list[str]]]:
    for name in host.names(folder):
        if name.startswith("dev-"):
            slot = whole(attribute(host, f"{folder}/{name}/slot"))
            state = (attribute(host, f"{folder}/{name}/state") or "").split(",")
            yield name.removeprefix("dev-"), -1 if slot is None else slot, state
