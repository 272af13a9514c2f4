# SPDX-License-Identifier: Apache-2.0
"""Where the kernel may write memory out to, and whether it is encrypted there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.source import Ask
from agents.tables.linux import block
from agents.tables.linux.mounts import mounts
from agents.tables.linux.plain import attribute, link, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Row

ESCAPED: Final = re.compile(r"\\([0-7]{3})")
FIELDS: Final = 5


def swaps(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the swap areas in use: type is partition, file or zram, `size_bytes` in bytes.

    `encrypted` is 1 where everything below the area is (a swap file: below its file system), 0 where it is not, NULL where
    the device is not in /sys. zram is memory, not a disk, so it is NULL there, unless it writes on to a backing device.
    """
    del ask
    known = block.devices(host)
    for _, line in host.lines("/proc/swaps"):
        fields = line.split()
        if len(fields) >= FIELDS and fields[0].startswith("/"):
            device = ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[0])
            name = _kernel_name(host, device)
            kind = "zram" if re.fullmatch(r"zram\d+", name) else fields[1]
            size = whole(fields[2])
            yield {
                "device": device,
                "type": kind,
                "size_bytes": None if size is None else size * 1024,
                "encrypted": _encrypted(host, known, _below(host, kind, device, name)),
            }


def _kernel_name(host: Host, device: str) -> str:
    # /dev/mapper/swap and /dev/disk/by-uuid/... are links to the kernel's own name.
    return (link(host, device) or device).rpartition("/")[2]


def _below(host: Host, kind: str, device: str, name: str) -> str:
    """Name the block device that holds the area; empty where none does."""
    if kind == "zram":
        backing = attribute(host, f"/sys/block/{name}/backing_dev") or "none"
        return "" if backing == "none" else _kernel_name(host, backing)
    return _mounted(host, device) if kind == "file" else name


def _mounted(host: Host, path: str) -> str:
    """Name the block device of the file system that holds a file."""
    best, source = -1, ""
    for row in mounts(host, Ask(frozenset({"device", "path"}))):
        folder = str(row["path"]).rstrip("/")
        # A later mount on the same folder hides the earlier.
        if path.startswith(f"{folder}/") and len(folder) >= best:
            best, source = len(folder), str(row["device"])
    return _kernel_name(host, source) if source.startswith("/") else source


def _encrypted(host: Host, known: Mapping[str, block.Device], name: str) -> int | None:
    return int(block.encrypted(host, name, known) is not None) if name in known else None
