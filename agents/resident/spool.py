# SPDX-License-Identifier: Apache-2.0
"""Keep looks on disk until the control node has them: each a file that is there whole or not at all.

A file is written beside its place, flushed, renamed, and the folder flushed: whoever is killed at any moment, or loses
power, leaves whole files and at most one part, which the next one takes away.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Months of hourly looks; when it is full the oldest go, and the next look says how many.
LARGEST: Final = 200 * 1024 * 1024
LOST: Final = "lost"
_NAME: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{32}\.json\.gz\Z")


class Spool:
    """A folder of looks, named by time so that they come in order."""

    def __init__(self, folder: Path, largest: int = LARGEST) -> None:
        """Open the folder, or make it for its owner alone."""
        self.folder = folder
        self._largest = largest
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, at: str, mark: str, look: dict[str, Any]) -> str:
        """Keep one look made `at` (UTC stamp), `mark` being 32 hexadecimal digits of its own; give its name."""
        self._clean()
        name = f"{at.replace('-', '').replace(':', '')}-{mark}.json.gz"
        self._write(name, gzip.compress(json.dumps({**look, LOST: self.lost()}, ensure_ascii=False).encode(), mtime=0))
        self._shrink(name)
        return name

    def names(self) -> list[str]:
        """List what is kept, oldest first."""
        return sorted(path.name for path in self.folder.iterdir() if _NAME.match(path.name))

    def read(self, name: str) -> bytes:
        """Give one look as it lies there."""
        return self._place(name).read_bytes()

    def drop(self, name: str) -> None:
        """Take one away: somebody else keeps it now."""
        self._place(name).unlink(missing_ok=True)

    def lost(self) -> int:
        """Give how many looks were given up because the folder was full."""
        try:
            return int((self.folder / LOST).read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def _place(self, name: str) -> Path:
        if not _NAME.match(name):
            raise ValueError(f"no name of a look: {name!r}")
        return self.folder / name

    def _clean(self) -> None:
        for path in self.folder.glob(".*.part"):
            path.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        part = self.folder / f".{name}.part"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _shrink(self, newest: str) -> None:
        sizes = {name: (self.folder / name).stat().st_size for name in self.names()}
        for name in self._oldest(sizes, newest):
            # Counted before it goes: a crash in between counts one too many, never one too few.
            self._write(LOST, str(self.lost() + 1).encode())
            self.drop(name)

    def _oldest(self, sizes: dict[str, int], newest: str) -> Iterator[str]:
        total = sum(sizes.values())
        for name, size in sizes.items():
            if total <= self._largest or name == newest:
                return
            total -= size
            yield name
