# SPDX-License-Identifier: Apache-2.0
"""Write a report as PDF: whole, with its fonts embedded, or not at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from reports import fonts
from reports.pdf import coverage, document, ink
from reports.reasons import said
from reports.words import WORDS, Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reports.report import Report

__all__ = ["ReportError", "save", "write"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class ReportError(Exception):
    """The report could not be written; no file was left behind."""


def write(report: Report, path: Path, *, progress: Callable[[str], None] | None = None) -> None:
    """Write the report to `path`, replacing what is there; equal reports give equal bytes.

    `progress` is told, in the report's language, what takes time.

    Raises:
        ReportError: the file cannot be written (a full disk among others).
        reports.fonts.FontError: the fonts cannot be prepared.
        reports.pdf.coverage.MissingGlyphError: text of the catalogue or the request cannot be drawn.
    """
    say = Say(report.lang)

    def tell(step: str) -> None:
        if progress:
            progress(say(f"progress.{step}"))

    wanted = coverage.characters(report) | frozenset("".join(text for pair in WORDS.values() for text in pair))
    pot = ink.load(fonts.prepare(wanted, progress=tell))
    for character in sorted(coverage.demand(report, pot.covered, say("error.glyphs"))):
        pot.legible(character)
    tell("pages")
    data = document.compose(report, pot, say)
    tell("save")
    save(data, path, say)


def save(data: bytes, path: Path, say: Say) -> None:
    """Write beside the target, flush to the disk, then rename.

    Raises:
        ReportError: it cannot be written; no file is left behind.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        key = "error.space" if error.errno in _FULL else "error.write"
        raise ReportError(say(key, path=path, reason=said(str(error.strerror or error), say.lang))) from error
