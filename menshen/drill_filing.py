# SPDX-License-Identifier: Apache-2.0
"""File a drill: its record as PDF in both languages, and its entry in the ledger."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from agents.watch.never import ProcessRefusedError
from menshen import clock, console, profile
from menshen.drilling import digest, recompute
from menshen.inventory import hosts_file
from menshen.language import of_environment, say
from menshen.settings import inventory_path
from menshen.trouble import TroubleError
from reports.drill_entry import DRILL
from reports.fonts import FontError
from reports.ledger import Ledger
from reports.pdf.drill_file import compose, evidence
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policies.text import Language


def file(document: dict[str, Any], output: Path, ledger: Path, language: Language, inventory: Path | None) -> dict[str, Any]:
    """Write both PDFs and the ledger's entry; give the record.

    Raises:
        TroubleError: a file cannot be written.
    """
    other: Language = "en" if language == "zh" else "zh"
    places = {language: output, other: output.with_name(f"{output.stem}.{other}{output.suffix}")}
    agency = profile.load(hosts_file(inventory or inventory_path()).parent / profile.FILE).agency
    with Ledger(ledger) as opened:
        cover = {"agency": agency, "head": opened.chain.head(), "digest": digest(document)}
        offset = clock.offset(document["held_at"])
        written: dict[str, str] = {}
        for tongue, path in places.items():
            try:
                data = compose(document, cover, offset, tongue)
                path.write_bytes(data)
            except OSError as error:
                raise TroubleError(
                    say(f"{path}: cannot be written: {error.strerror}", f"{path}：无法写入：{error.strerror}")
                ) from error
            except FontError as error:
                raise TroubleError(said(str(error), of_environment())) from error
            written[tongue] = hashlib.sha256(data).hexdigest()
            console.tell(say(f"wrote {path}", f"已写入 {path}"))
        opened.add(DRILL, clock.now(), entry(document, written))
    return document


def entry(document: Mapping[str, Any], written: Mapping[str, str]) -> dict[str, Any]:
    """Give what the ledger keeps of a drill; `written` is language -> SHA-256 of the PDF."""
    return {
        "number": document["number"],
        "held_at": document["held_at"],
        "plan": document["plan"]["title"]["zh"],
        "leader": document["leader"],
        "upses": document["upses"],
        "minutes": document["minutes"],
        "tiers": len(document["tiers"]),
        "failed": len(document["failed"]),
        "result": document["result"],
        "sha256": digest(document),
        "files": dict(written),
    }


def problems(path: Path, ledger: Path | None) -> tuple[dict[str, Any], list[str]]:
    """Check a drill record: play it again, and compare it with the ledger where there is one. Give the record and what is wrong.

    Raises:
        TroubleError: the file cannot be read.
        NoEvidenceError: it carries no drill record.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TroubleError(say(f"{path}: cannot be read: {error.strerror}", f"{path}：无法读取：{error.strerror}")) from error
    document = evidence(data)
    try:
        found = [_differs(name) for name in recompute(document)]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration, ProcessRefusedError) as error:
        reason = f"the record has not the shape of a drill: {type(error).__name__}"
        return document, [reason]
    if ledger is not None and ledger.exists():
        with Ledger(ledger, create=False) as opened:
            found += _against(opened.rows(DRILL), document, hashlib.sha256(data).hexdigest())
    return document, found


def _differs(name: str) -> str:
    reason = f"the drill does not come out as the record says: {name}"
    return reason  # noqa: RET504 - by this name the messages of the program are found


def _against(rows: list[Mapping[str, Any]], document: Mapping[str, Any], sha256: str) -> list[str]:
    mine = [row for row in rows if row["number"] == document["number"] and row["sha256"] == digest(document)]
    if not mine:
        reason = f"the ledger knows no drill {document['number']} with this content"
        return [reason]
    if not any(sha256 in row["files"].values() for row in mine):
        reason = "the file is not the one that was written then: its pages may have been changed"
        return [reason]
    return []
