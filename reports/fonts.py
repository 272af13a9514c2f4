# SPDX-License-Identifier: Apache-2.0
"""Provide the two embedded fonts of a report: serif (宋) for the body, sans (黑) for headings, cached between runs.

Why these fonts and this route: docs/decisions/0003-fonts.md.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import tempfile
from array import array
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_zh_cn as packaged

from reports import glyphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Raised whenever glyphs.convert writes other bytes for the same input.
_ROUTE = 1
# All bytes of a TrueType file, summed as 32-bit numbers, give this (OpenType specification, table head, checkSumAdjustment).
_WHOLE = 0xB1B0AFBA
_WORD = 1 << 32


class FontError(Exception):
    """A font file cannot be read, or the cache folder cannot be written."""


@dataclass(frozen=True, slots=True)
class Faces:
    """One path each for the serif and the sans font."""

    serif: Path
    sans: Path


def sources() -> Faces:
    """Give the packaged fonts: Noto Serif SC and Noto Sans SC, regular."""
    return Faces(serif=packaged.serif_path(), sans=packaged.sans_path())


def cache_folder() -> Path:
    """Give the folder of converted fonts: $XDG_CACHE_HOME/menshen/fonts."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "menshen" / "fonts"


@cache
def common() -> frozenset[str]:
    """Give the characters every converted font holds: GB 2312 whole, Latin-1 and usual punctuation.

    The second level of GB 2312 is in: given names are full of it, and a name must not cost a new conversion.
    """
    hanzi = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    latin = map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))
    return frozenset("".join((*hanzi, *latin, "–—―‘’“”…‰′″※←↑→↓≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩□■○●◆✓€")))


def prepare(characters: Iterable[str], *, origin: Faces | None = None, progress: Callable[[str], None] | None = None) -> Faces:
    """Give TrueType files that hold `characters` as far as the fonts have them, converting them once if need be.

    `progress` is told, in one word key, when a conversion begins.

    Raises:
        FontError: a font cannot be read or the cache folder cannot be written.
    """
    origin = origin or sources()
    extra = frozenset(characters) - common()
    try:
        if extra:
            extra &= glyphs.coverage(origin.serif) | glyphs.coverage(origin.sans)
        return _cached(origin, common() | extra, progress)
    except OSError as error:
        message = f"cannot prepare the report's fonts: {error}"
        raise FontError(message) from error


def _cached(origin: Faces, characters: frozenset[str], progress: Callable[[str], None] | None) -> Faces:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(sorted(characters))
    serif = _Job(origin.serif, _target(folder, origin.serif, "MenshenSerif", text), "MenshenSerif", text)
    sans = _Job(origin.sans, _target(folder, origin.sans, "MenshenSans", text), "MenshenSans", text)
    missing = [job for job in (serif, sans) if not whole(job.target)]
    if missing and progress:
        progress("fonts")
    _run(missing)
    return Faces(serif=serif.target, sans=sans.target)


@dataclass(frozen=True, slots=True)
class _Job:
    source: Path
    target: Path
    name: str
    characters: str


def _target(folder: Path, source: Path, name: str, text: str) -> Path:
    """Name the converted file after all that decides its bytes; a font that is TrueType already is taken where it lies."""
    if glyphs.is_truetype(source):
        return source
    key = hashlib.sha256(f"{_ROUTE}\n{_digest(source, source.stat().st_mtime_ns)}\n{text}".encode()).hexdigest()
    return folder / f"{name}-{key[:32]}.ttf"


@cache
def _digest(source: Path, _modified: int) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(jobs: list[_Job]) -> None:
    # A second process halves the wait; "spawn" because the caller may have threads (a progress display).
    if len(jobs) > 1 and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(len(jobs), mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_convert, jobs))
    else:
        for job in jobs:
            _convert(job)


def _convert(job: _Job) -> None:
    """Write beside the target and rename: a process that reads at the same time sees the old file or the whole new one."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=job.target.parent)
    os.close(handle)
    part = Path(name)
    try:
        glyphs.convert(job.source, part, job.name, job.characters)
        part.replace(job.target)
    finally:
        part.unlink(missing_ok=True)


def whole(path: Path) -> bool:
    """Tell whether `path` is an undamaged font file, by the checksum the format carries."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    words = array("I", data[: len(data) & ~3])
    if sys.byteorder == "little":
        words.byteswap()
    return len(data) % 4 == 0 and sum(words) % _WORD == _WHOLE
