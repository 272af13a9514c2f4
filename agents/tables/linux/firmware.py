# SPDX-License-Identifier: Apache-2.0
"""Firmware of a Linux host: secure boot, the BIOS or UEFI, and its tables.

The kernel shows it in /sys/firmware and /sys/class/dmi; a machine without them (most ARM boards, some virtual
machines) has no rows, except for secureboot, which then has a row of NULLs as in osquery.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from agents.tables.linux.plain import attribute, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

VARIABLES: Final = "/sys/firmware/efi/efivars"
GLOBAL: Final = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
DMI: Final = "/sys/class/dmi/id"
HEADER: Final = 4
# The kinds of SMBIOS structures people ask for (DMTF DSP0134, 7).
KINDS: Final = {
    0: "BIOS Information", 1: "System Information", 2: "Base Board Information", 3: "System Enclosure or Chassis",
    4: "Processor Information", 7: "Cache Information", 9: "System Slots", 16: "Physical Memory Array",
    17: "Memory Device", 19: "Memory Array Mapped Address", 32: "System Boot Information", 43: "TPM Device",
    127: "End-of-Table",
}  # fmt: skip


def secureboot(host: Host, ask: Ask) -> Iterator[Row]:
    """Give secure_boot and setup_mode as 0 or 1, -1 for any other value; NULL where the firmware has no UEFI variables.

    Raises:
        NotObservedError: the variables are there and cannot be read.
    """
    del ask
    yield {"secure_boot": _flag(host, "SecureBoot"), "setup_mode": _flag(host, "SetupMode")}


def platform_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the firmware: vendor, version, date as it writes it, and whether it is UEFI."""
    del ask
    vendor = attribute(host, f"{DMI}/bios_vendor")
    if vendor is not None:
        yield {
            "vendor": vendor,
            "version": attribute(host, f"{DMI}/bios_version") or "",
            "date": attribute(host, f"{DMI}/bios_date") or "",
            "revision": attribute(host, f"{DMI}/bios_release") or "",
            "firmware_type": "uefi" if host.names("/sys/firmware/efi") else "bios",
        }


def smbios_tables(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the structures of the SMBIOS table: sizes in bytes, md5 of the whole structure.

    Raises:
        NotObservedError: only root may read it.
    """
    del ask
    for number, content in enumerate(structures(host.data("/sys/firmware/dmi/tables/DMI") or b"")):
        yield {
            "number": number,
            "type": content[0],
            "description": KINDS.get(content[0], ""),
            "handle": int.from_bytes(content[2:4], "little"),
            "header_size": content[1],
            "size": len(content),
            "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }


def structures(table: bytes) -> Iterator[bytes]:
    """Split an SMBIOS table: each structure has its length in its second byte, then strings up to two zero bytes."""
    at = 0
    while at + HEADER <= len(table) and table[at + 1] >= HEADER:
        end = table.find(b"\0\0", at + table[at + 1])
        end = len(table) if end < 0 else end + 2
        yield table[at:end]
        at = end


def _flag(host: Host, name: str) -> int | None:
    # Four bytes of attributes stand before the value.
    content = host.data(f"{VARIABLES}/{name}-{GLOBAL}")
    if content is None or len(content) != HEADER + 1:
        return None
    return content[HEADER] if content[HEADER] in {0, 1} else -1


def machine(host: Host, name: str) -> str | None:
    """Give one text of the firmware about the machine, such as product_name; None where it has none or hides it."""
    return attribute(host, f"{DMI}/{name}")


def memory_bytes(host: Host) -> int | None:
    """Give the usable memory in bytes."""
    words = (attribute(host, "/proc/meminfo") or "").split(maxsplit=2)
    kib = whole(words[1]) if words[:1] == ["MemTotal:"] else None
    return None if kib is None else kib * 1024
