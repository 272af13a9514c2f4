# SPDX-License-Identifier: Apache-2.0
"""The table `file`: files by path, by folder, or by a LIKE pattern, in a visit of their own."""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING, Any, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

# A query may take ten seconds; the walk must end before, or all it found is lost.
SECONDS: Final = 6
LIMIT: Final = 50_000
_ABSOLUTE: Final = re.compile(r"[A-Za-z]:\\.", re.DOTALL)
# FILE_ATTRIBUTE_* (winnt.h), in the letters of attrib.exe.
_LETTERS: Final[Mapping[int, str]] = {0x20: "A", 0x2: "H", 0x1: "R", 0x4: "S", 0x800: "C", 0x4000: "E"}
_LINK: Final = 0x400


def file(pc: Pc, ask: Ask) -> Iterator[Row]:
    """Yield files and folders; times in Unix seconds, size in bytes."""
    folders = ask.values("directory")
    given = [*ask.values("path"), *ask.values("path", "LIKE"), *folders, *ask.values("directory", "LIKE")]
    if not given:
        raise NotObservedError("path or directory must be compared with = or LIKE, so that it is known which files to read")
    patterns = [*ask.values("path", "LIKE"), *(rf"{folder}\%" for folder in (*folders, *ask.values("directory", "LIKE")))]
    wanted = {
        "paths": [path for path in ask.values("path") if _ABSOLUTE.match(path)],
        "patterns": [pattern for pattern in patterns if _ABSOLUTE.match(pattern)],
    }
    if wanted["paths"] or wanted["patterns"]:
        yield from map(_row, pc.ask("files", {**wanted, "seconds": SECONDS, "limit": LIMIT}))


def _row(one: Mapping[str, Any]) -> Row:
    path = str(one.get("path"))
    attributes = one.get("attributes")
    bits = attributes if isinstance(attributes, int) else 0
    folder = bool(one.get("folder"))
    return {
        "path": path,
        "directory": ntpath.dirname(path),
        "filename": ntpath.basename(path),
        "size": one.get("size"),
        **{column: one.get(column) for column in ("atime", "mtime", "btime")},
        "ctime": one.get("mtime"),
        "type": "symlink" if bits & _LINK else "directory" if folder else "regular",
        "symlink": int(bool(bits & _LINK)),
        "attributes": "".join(letter for bit, letter in _LETTERS.items() if bits & bit),
    }
