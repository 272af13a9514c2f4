# SPDX-License-Identifier: Apache-2.0
"""`menshen inspect list`: what was recorded, and whether the evidence is still what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Json, LedgerFile
from menshen.language import say
from menshen.trouble import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Wanted = Annotated[
    list[str] | None, typer.Option("--control", "-c", metavar="ID", help=say("Only this control.", "只看此控制项。"))
]
SubjectName = Annotated[
    str | None,
    typer.Option("--subject", "-s", metavar="NAME", help=say("Where (default: the only site).", "检查对象（默认：唯一的场地）。")),
]

LIST_EN = """List recorded inspections, newest first, and whether their evidence files are still what they were.

Examples: menshen inspect list; menshen inspect list --subject pc-101 --json
"""
LIST_ZH = """列出检查记录（新的在前），并核对证据文件是否仍为原件。

例：menshen inspect list；menshen inspect list --subject pc-101 --json
"""


def list_(
    control: Wanted = None,
    subject: SubjectName = None,
    ledger: LedgerFile = None,
    *,
    as_json: Json = False,
) -> None:
    """List what was recorded."""
    from menshen import console
    from menshen.settings import ledger_path
    from reports.ledger import ATTESTATION, Ledger

    with Ledger(ledger or ledger_path(), create=False) as opened:
        rows = [row for row in opened.rows(ATTESTATION) if (not control or row["control"] in control)]
    rows = [_shown(row) for row in rows if subject is None or row.get("subject") == subject]
    rows.sort(key=lambda row: str(row["inspected_at"]), reverse=True)
    if as_json:
        console.print_json({"schema": "menshen/inspections-list/1", "inspections": rows})
    else:
        console.show(_list_table(rows))
    raise typer.Exit(Exit.FAILS if any(file["state"] == "altered" for row in rows for file in row["evidence"]) else Exit.FINE)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    import json

    from menshen import evidence_files

    files = json.loads(row.get("evidence") or "[]")
    return {
        "control": row["control"],
        "subject": row.get("subject") or "",
        "result": row["result"],
        "inspector": row["inspector"],
        "inspected_at": stamp(row["inspected_at"]),
        "expires_at": stamp(row["expires_at"]) if row.get("expires_at") is not None else None,
        "frequency": row.get("frequency") or "",
        "note": row.get("note") or "",
        "sha256": row.get("sha256") or "",
        "evidence": [{**file, "state": evidence_files.state(file["sha256"])} for file in files],
    }


def stamp(seconds: int) -> str:
    """Write Unix seconds as the ledger writes times."""
    from datetime import UTC, datetime

    from menshen import clock

    return clock.stamp(datetime.fromtimestamp(seconds, UTC))


def _list_table(rows: Sequence[Mapping[str, Any]]) -> object:
    from menshen import clock, console

    columns = [
        say("when", "时间"),
        say("control", "控制项"),
        say("subject", "对象"),
        say("result", "结果"),
        say("inspector", "检查人"),
        say("valid until", "有效至"),
        say("evidence (SHA-256)", "证据（SHA-256）"),
        say("note", "备注"),
    ]
    words = {"kept": "", "missing": say(" (not here)", "（不在本机）"), "altered": say(" (ALTERED)", "（已被改动）")}
    cells = [
        [
            clock.local(row["inspected_at"])[:16],
            row["control"],
            row["subject"],
            row["result"],
            row["inspector"],
            clock.local(row["expires_at"])[:16] if row["expires_at"] else "–",
            ", ".join(file["name"] + " " + file["sha256"][:8] + words[file["state"]] for file in row["evidence"])
            or row["sha256"][:8],
            row["note"],
        ]
        for row in rows
    ]
    return console.table(columns, cells, whole=1)
