# SPDX-License-Identifier: Apache-2.0
"""The mounts table: what is mounted where, with which options, and how full it is."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.plain import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row
    from policies.verdict import Cell

ESCAPED: Final = re.compile(r"\\([0-7]{3})")
SIZES: Final = ("blocks_size", "blocks", "blocks_free", "blocks_available", "inodes", "inodes_free")


def mounts(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the mounts, first to last: blocks in units of blocks_size bytes; sizes are NULL where they may not be asked.

    Raises:
        NotObservedError: the list cannot be read.
    """
    text = host.text("/proc/mounts")
    if text is None:
        raise NotObservedError("/proc/mounts is not there: the host has no proc file system, or hides it")
    for line in text.split("\n"):
        fields = line.split(" ")
        if len(fields) > 3:  # noqa: PLR2004 - device path type flags
            device, path, kind, flags = (_unescaped(field) for field in fields[:4])
            row = {"device": device, "path": path, "type": kind, "flags": flags}
            row["device_alias"] = os.path.realpath(device) if host.live and device.startswith("/") else device
            yield {**row, **(_sizes(path) if host.live and ask.wants(*SIZES) else {})}


def _unescaped(field: str) -> str:
    r"""Undo the kernel's octal writing of blanks, tabs, line ends and backslashes (\040)."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), field) if "\\" in field else shown(field)


def _sizes(path: str) -> dict[str, Cell]:
    try:
        found = os.statvfs(path)
    except OSError:
        # Hidden below another mount, private to its user (FUSE), or its server is gone: the sizes cannot be told.
        return {}
    counts = (found.f_bsize, found.f_blocks, found.f_bfree, found.f_bavail, found.f_files, found.f_ffree)
    return dict(zip(SIZES, counts, strict=True))
