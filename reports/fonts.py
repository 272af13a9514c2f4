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
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pylopdf_fonts_zh_cn as packaged

from reports import glyphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Raised whenever glyphs.convert writes other bytes for the same input.
_ROUTE = 3
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

    The second level of GB 2312 is in: given names are full of it.
    """
    hanzi = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF))
    latin = map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180)))
    return frozenset("".join((*hanzi, *latin, "–—―‘’“”…‰′″※←↑→↓≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩□■○●◆✓€")))


def prepare(characters: Iterable[str], *, origin: Faces | None = None, progress: Callable[[str], None] | None = None) -> Faces:
    """Give TrueType files that hold `characters` as far as the fonts have them, converting them once if need be.

    What goes beyond `common` is added to a copy of the common file, which takes about a second.
    `progress` is told, in one word key, when the long first conversion begins.

    Raises:
        FontError: a font cannot be read or the cache folder cannot be written.
    """
    origin = origin or sources()
    extra = frozenset(characters) - common()
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        base = _jobs(origin, common())
        _run(base, progress)
        if extra:
            extra &= glyphs.coverage(origin.serif) | glyphs.coverage(origin.sans)
        grown = [replace(job, target=_grown(job, extra), base=job.target, characters=extra) for job in base] if extra else base
        _run(grown, None)
    except OSError as error:
        message = f"cannot prepare the report's fonts: {error}"
        raise FontError(message) from error
    return Faces(*(job.target for job in grown))


@dataclass(frozen=True, slots=True)
class _Job:
    """One file to make: from `source` alone, or `base` with further characters of `source`."""

    face: str
    source: Path
    target: Path
    characters: frozenset[str]
    base: Path | None = None


def _jobs(origin: Faces, characters: frozenset[str]) -> list[_Job]:
    named = (("MenshenSerif", origin.serif), ("MenshenSans", origin.sans))
    return [_Job(face, source, _target(face, source, characters), characters) for face, source in named]


def _target(face: str, source: Path, characters: frozenset[str]) -> Path:
    """Name the converted file after all that decides its bytes; a font that is TrueType already is taken where it lies."""
    if glyphs.is_truetype(source):
        return source
    text = "".join(sorted(characters))
    key = hashlib.sha256(f"{_ROUTE}\n{_digest(source, source.stat().st_mtime_ns)}\n{text}".encode()).hexdigest()
    return cache_folder() / f"{face}-{key[:16]}.ttf"


def _grown(job: _Job, extra: frozenset[str]) -> Path:
    return _target(job.face, job.source, job.characters | extra)


@cache
def _digest(source: Path, _modified: int) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run(jobs: list[_Job], progress: Callable[[str], None] | None) -> None:
    """Make what is missing or damaged."""
    missing = [job for job in jobs if job.target != job.source and not whole(job.target)]
    if missing and progress:
        progress("fonts")
    # A second process halves the wait; "spawn" because the caller may have threads (a progress display).
    if len(missing) > 1 and not missing[0].base and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(len(missing), mp_context=multiprocessing.get_context("spawn")) as pool:
            list(pool.map(_convert, missing))
    else:
        for job in missing:
            _convert(job)


def _convert(job: _Job) -> None:
    """Write beside the target and rename: a process that reads at the same time sees the old file or the whole new one."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=job.target.parent)
    os.close(handle)
    part = Path(name)
    try:
        if job.base:
            glyphs.extend(job.base, job.source, part, job.target.stem, job.characters)
        else:
            glyphs.convert(job.source, part, job.target.stem, job.characters)
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
