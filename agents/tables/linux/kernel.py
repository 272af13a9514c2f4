# SPDX-License-Identifier: Apache-2.0
"""The running kernel: what was booted, which modules are loaded, which keys it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux.plain import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

MODULE_FIELDS: Final = 6
NO_ADDRESS: Final = "0x0000000000000000"


def kernel_info(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the running kernel: its release, and its command line split into image, root device and the rest."""
    del ask
    words = (host.text("/proc/version") or "").split()
    options = (host.text("/proc/cmdline") or "").split()
    found = {key: value for key, _, value in (option.partition("=") for option in options) if key in {"BOOT_IMAGE", "root"}}
    yield {
        "version": words[2] if len(words) > 2 else None,  # noqa: PLR2004 - "Linux version RELEASE ..."
        "arguments": " ".join(option for option in options if option.partition("=")[0] not in found),
        "path": found.get("BOOT_IMAGE", ""),
        "device": found.get("root", ""),
    }


def kernel_modules(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the loaded modules, size in bytes; what is built into the kernel is not among them. address is root's only."""
    del ask
    for _number, line in host.lines("/proc/modules"):
        fields = line.split()
        if len(fields) >= MODULE_FIELDS:
            name, size, _count, used_by, status, address = fields[:MODULE_FIELDS]
            yield {
                "name": name,
                "size": whole(size),
                "used_by": used_by.rstrip(","),
                "status": status,
                "address": None if address == NO_ADDRESS else address,
            }


def kernel_keys(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the keys this process may see, as /proc/keys lists them; permissions are hexadecimal (man 7 keyrings)."""
    del ask
    for _number, line in host.lines("/proc/keys"):
        fields = line.split(maxsplit=8)
        if len(fields) > 8:  # noqa: PLR2004 - serial flags usage timeout permissions uid gid type description
            serial, flags, usage, timeout, permissions, uid, gid, kind, description = fields
            yield {
                "serial_number": serial,
                "flags": flags,
                "usage": whole(usage),
                "timeout": timeout,
                "permissions": permissions,
                "uid": whole(uid),
                "gid": whole(gid),
                "type": kind,
                "description": description,
            }
