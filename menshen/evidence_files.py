# SPDX-License-Identifier: Apache-2.0
"""Keep evidence files under the name of their own SHA-256, so that one exchanged later no longer fits its name."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from menshen.language import say
from menshen.settings import state_folder
from menshen.trouble import TroubleError
from policies.records import digest

if TYPE_CHECKING:
    from collections.abc import Sequence

# A long video is kept elsewhere and a note of its digest filed.
LIMIT: Final = 256 * 1024 * 1024
PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """One evidence file: the name it came with, its SHA-256 (64 hexadecimal digits), its size in bytes."""

    name: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """Give what the ledger remembers of it."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


def folder() -> Path:
    """Give the folder of evidence files, beside the ledger's usual place."""
    return state_folder() / "evidence"


def place(sha256: str) -> Path:
    """Give where a file of this digest is kept."""
    return folder() / sha256[:2] / sha256


def look(path: Path) -> Kept:
    """Read a file once and give its digest.

    Raises:
        TroubleError: there is no such file, it is empty, or it is larger than `LIMIT`.
    """
    try:
        if not path.is_file():
            raise TroubleError(say(f"no such file: {path}", f"没有此文件：{path}"))
        size = path.stat().st_size
        if not 0 < size <= LIMIT:
            mib = LIMIT // 1024 // 1024
            raise TroubleError(say(f"{path} is empty or larger than {mib} MiB", f"{path} 为空，或大于 {mib} MiB"))
        with path.open("rb") as stream:
            return Kept(path.name, hashlib.file_digest(stream, "sha256").hexdigest(), size)
    except OSError as error:
        raise TroubleError(say(f"cannot read {path}: {error.strerror}", f"无法读取 {path}：{error.strerror}")) from error


def keep(path: Path) -> Kept:
    """Copy a file into the folder, whole or not at all, and give what it is. Raises as `look`, or where it cannot be written."""
    found = look(path)
    target = place(found.sha256)
    try:
        if target.exists() and look(target).sha256 == found.sha256:
            return found
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _copy(path, target, found.sha256)
    except OSError as error:
        raise TroubleError(say(f"cannot keep {path}: {error.strerror}", f"无法保存 {path}：{error.strerror}")) from error
    return found


def _copy(path: Path, target: Path, sha256: str) -> None:
    copied = hashlib.sha256()
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as beside:
        try:
            while piece := source.read(PIECE):
                copied.update(piece)
                beside.write(piece)
            beside.flush()
            os.fsync(beside.fileno())
            if copied.hexdigest() != sha256:
                raise TroubleError(say(f"{path} changed while it was read", f"读取过程中 {path} 发生了变化"))
            Path(beside.name).replace(target)
        finally:
            Path(beside.name).unlink(missing_ok=True)


def together(files: Sequence[Kept]) -> str:
    """Give one digest for all files of a record: that of the only file, "" of none, else of the sorted list of digests."""
    match files:
        case []:
            return ""
        case [one]:
            return one.sha256
    return digest(sorted(one.sha256 for one in files))


def state(sha256: str) -> str:
    """Tell how a file of this digest is kept: `kept`, `missing`, or `altered` where its content is another one."""
    target = place(sha256)
    if not target.exists():
        return "missing"
    return "kept" if look(target).sha256 == sha256 else "altered"
