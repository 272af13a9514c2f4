# SPDX-License-Identifier: Apache-2.0
"""The hash table: digests of regular files, read in pieces."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Final

from agents.tables.linux import files
from agents.tables.linux.plain import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

ALGORITHMS: Final = ("md5", "sha1", "sha256")
PIECE: Final = 1024 * 1024


def hash(host: Host, ask: Ask) -> Iterator[Row]:  # noqa: A001 - a table function bears the table's name
    """Give the digests, in lower-case hexadecimal, of the asked files; NULL where a file may not be read.

    Raises:
        NotObservedError: a folder on the way cannot be looked into.
    """
    wanted = [name for name in ALGORITHMS if ask.wants(name)]
    for path, directory in files.asked(host, ask):
        found = files.look(host, path)
        if found is not None and stat.S_ISREG(found.st_mode):
            yield {"path": shown(path), "directory": shown(directory), **digests(host.place(path, follow=True), wanted)}


def digests(path: str, wanted: list[str]) -> dict[str, str]:
    """Compute the wanted digests of a file; empty where it may not be read or is gone."""
    if not wanted:
        return {}
    working = {name: hashlib.new(name, usedforsecurity=False) for name in wanted}
    try:
        # Without O_NONBLOCK, a pipe put in the file's place meanwhile would hold the scan for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (PermissionError, FileNotFoundError):
        return {}
    try:
        while piece := os.read(descriptor, PIECE):
            for one in working.values():
                one.update(piece)
    finally:
        os.close(descriptor)
    return {name: one.hexdigest() for name, one in working.items()}
