# SPDX-License-Identifier: Apache-2.0
"""Block devices of a Linux host, and whether what is written to them is encrypted.

All from /sys/block; what stands on a device (file system, label) from the notes of udev (/run/udev/data).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from agents.tables.linux.plain import attribute, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Ask, Row

# Prefix of /sys/block/*/dm/uuid (cryptsetup lib/utils_devpath.c): CRYPT-VERITY and CRYPT-INTEGRITY protect, but hide nothing.
CIPHERS: Final = frozenset({"LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2"})


class Device(NamedTuple):
    """A block device: kernel name, folder in /sys, and the devices it stands on (partition: its disk)."""

    name: str
    folder: str
    parents: tuple[str, ...]

    @property
    def node(self) -> str:
        """Give the device file; a slash in it is written ! in /sys."""
        return f"/dev/{self.name.replace('!', '/')}"


def block_devices(host: Host, ask: Ask) -> Iterator[Row]:
    """Give disks, partitions and devices made of them: size in units of 512 bytes, block_size in bytes."""
    del ask
    known = devices(host)
    for device in known.values():
        notes = _udev(host, device)
        disk = device if "queue" in host.names(device.folder) else known.get(device.parents[0] if device.parents else "", device)
        yield {
            "name": device.node,
            "parent": _parent(device, known),
            "vendor": attribute(host, f"{device.folder}/device/vendor") or "",
            "model": attribute(host, f"{device.folder}/device/model") or notes.get("ID_MODEL", ""),
            "serial": _serial(host, device, notes),
            "size": whole(attribute(host, f"{device.folder}/size")),
            "block_size": whole(attribute(host, f"{disk.folder}/queue/logical_block_size")),
            "uuid": notes.get("ID_FS_UUID"),
            "type": notes.get("ID_FS_TYPE"),
            "label": notes.get("ID_FS_LABEL"),
        }


def disk_encryption(host: Host, ask: Ask) -> Iterator[Row]:
    """Give for each block device whether all that is written to it is encrypted.

    A volume that stands on encrypted devices is encrypted; one that also stands on another is not. As in osquery, the
    partition below the encryption counts as not encrypted, and so does an encrypted device that is not open.
    """
    del ask
    known = devices(host)
    for device in known.values():
        cipher = encrypted(host, device.name, known)
        yield {
            "name": device.node,
            "uuid": _udev(host, device).get("ID_FS_UUID"),
            "encrypted": int(cipher is not None),
            "type": cipher or "",
            "encryption_status": "not encrypted" if cipher is None else "encrypted",
        }


def devices(host: Host) -> dict[str, Device]:
    """Find the block devices by kernel name, each disk before its partitions."""
    found: dict[str, Device] = {}
    for disk in host.names("/sys/block"):
        folder = f"/sys/block/{disk}"
        found[disk] = Device(disk, folder, tuple(host.names(f"{folder}/slaves")))
        for part in host.names(folder):
            if part.startswith(disk) and os.path.lexists(host.place(f"{folder}/{part}/partition")):
                found[part] = Device(part, f"{folder}/{part}", (disk,))
    return found


def encrypted(host: Host, name: str, known: Mapping[str, Device], depth: int = 32) -> str | None:
    """Tell the kind of encryption below a device, LUKS2 for example; None where something below has none."""
    device = known.get(name)
    if device is None or not depth:
        return None
    origin, _, rest = (attribute(host, f"{device.folder}/dm/uuid") or "").partition("-")
    kind = rest.partition("-")[0]
    if origin == "CRYPT" and kind in CIPHERS:
        return kind
    below = [encrypted(host, parent, known, depth - 1) for parent in device.parents]
    return None if None in below or not below else below[0]


def _parent(device: Device, known: Mapping[str, Device]) -> str:
    return known[device.parents[0]].node if device.parents and device.parents[0] in known else ""


def _serial(host: Host, device: Device, notes: Mapping[str, str]) -> str:
    places = ("device/wwid", "wwid", "device/serial", "serial")
    found = (attribute(host, f"{device.folder}/{name}") for name in places)
    return next(filter(None, found), "") or notes.get("ID_SERIAL_SHORT", "")


def _udev(host: Host, device: Device) -> dict[str, str]:
    numbers = attribute(host, f"{device.folder}/dev")
    lines = (attribute(host, f"/run/udev/data/b{numbers}") or "").split("\n") if numbers else []
    pairs = (line[2:].partition("=") for line in lines if line.startswith("E:"))
    return {key: value for key, _, value in pairs}
