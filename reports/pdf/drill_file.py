# SPDX-License-Identifier: Apache-2.0
"""Write a drill record as PDF that carries its own evidence, and take the evidence out again."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.pdfgen.canvas import Canvas

from policies.records import canonical
from reports import fonts
from reports.clock import Clock
from reports.pdf import coverage, ink, look
from reports.pdf.drill import drill
from reports.pdf.flow import Flow, Running
from reports.pdf.pen import Pen
from reports.words import WORDS, Say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.words import Language

EVIDENCE: Final = "drill.json"
LARGEST: Final = 64 * 1024 * 1024


class NoEvidenceError(Exception):
    """The file carries no drill record; the message says why."""


def compose(document: Mapping[str, Any], cover: Mapping[str, str], offset: int, language: Language) -> bytes:
    """Draw the record and attach it as canonical JSON; `offset` is minutes east of UTC.

    Raises:
        reports.fonts.FontError: the fonts cannot be prepared.
    """
    say = Say(language)
    wanted = {character for _, text in coverage.texts(_tuples(document)) for character in text}
    wanted |= {character for pair in WORDS.values() for text in pair for character in text} | set("".join(cover.values()))
    pot = ink.load(fonts.prepare(frozenset(wanted)))
    clock = Clock(offset)
    canvas = Canvas(
        "",
        pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
        pageCompression=1,
        initialFontName=pot.names["serif"],  # type: ignore[arg-type] # the stub says float
        lang="zh-CN" if language == "zh" else "en",
        invariant=1,
    )
    canvas.setTitle(f"{say('drill.title')} · {document['number']}")
    canvas.setAuthor(cover.get("agency", ""))
    canvas.setCreator("Menshen")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    flow = Flow(Pen(canvas, pot), _running(document, cover, clock, say))
    drill(flow, document, cover, clock, say)
    flow.end()
    flow.pen.settle()
    data: bytes = canvas.getpdfdata()  # type: ignore[no-untyped-call]
    return _attached(data, canonical(document).encode())


def evidence(data: bytes) -> dict[str, Any]:
    """Take the record out of a PDF.

    Raises:
        NoEvidenceError: it is no PDF, or carries no record, or one that is no JSON.
    """
    try:
        reader = PdfFileReader(io.BytesIO(data))
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        pairs = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
        content = pairs[EVIDENCE].get_object()["/EF"]["/F"].get_object().data
    except (PdfError, KeyError, IndexError, ValueError, TypeError, AttributeError, OSError) as error:
        raise NoEvidenceError("the file carries no drill record") from error
    try:
        document: dict[str, Any] = json.loads(content[:LARGEST])
    except ValueError as error:
        raise NoEvidenceError("the drill record in the file is no JSON") from error
    return document


def _attached(data: bytes, content: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    stream = embed.EmbeddedFileObject.from_file_data(writer, data=content, mime_type="application/json")
    spec = embed.FileSpec(file_spec_string=EVIDENCE, file_name=EVIDENCE, embedded_data=stream, description="drill record")
    embed.embed_file(writer, spec)
    writer.root["/PageMode"] = generic.NameObject("/UseOutlines")
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _running(document: Mapping[str, Any], cover: Mapping[str, str], clock: Clock, say: Say) -> Running:
    return Running(
        above=(say("drill.short"), say("frame.demonstration") if document["demonstration"] else "", document["number"]),
        page=(say("frame.page_before"), say("frame.page_between"), say("frame.page_after")),
        below=(say("frame.ledger", head=cover["head"][:8], offset=clock.name), say("class.internal")),
    )


def _tuples(value: Any) -> Any:
    """Give JSON data in the shapes whose texts are looked for."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    return {key: _tuples(member) for key, member in value.items()} if isinstance(value, dict) else value
