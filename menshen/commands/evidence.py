# SPDX-License-Identifier: Apache-2.0
"""`menshen evidence`: attach the documents that answer controls, and list them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Json, LedgerFile
from menshen.language import say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

File = Annotated[Path, typer.Argument(metavar="FILE", help=say("The document.", "文件。"))]
Control = Annotated[str, typer.Option("--control", "-c", metavar="ID", help=say("Which control it answers.", "对应的控制项。"))]
Only = Annotated[list[str] | None, typer.Option("--control", "-c", metavar="ID", help=say("Only this control.", "只看此控制项。"))]
Owner = Annotated[str, typer.Option("--owner", metavar="NAME", help=say("Who answers for it.", "责任人。"))]
Name = Annotated[
    str, typer.Option("--name", metavar="TEXT", help=say("Its title (default: the file's name).", "名称（默认：文件名）。"))
]
Version = Annotated[str, typer.Option("--version", metavar="TEXT", help=say("Its version.", "版本。"))]
Approved = Annotated[
    str | None,
    typer.Option("--approved", metavar="TIME", help=say("When it was approved (default: now).", "批准时间（默认：现在）。")),
]
ValidUntil = Annotated[
    str | None,
    typer.Option("--valid-until", metavar="TIME", help=say("It ends then, if it says so.", "文件自身的有效期截止时间。")),
]
ValidFor = Annotated[
    str,
    typer.Option(
        "--valid-for",
        metavar="DURATION",
        help=say("Or so long after approval (ISO 8601: P1Y).", "或自批准之日起的有效期（ISO 8601：P1Y）。"),
    ),
]

GROUP_EN = "Documents that answer controls: attach one, list them."
GROUP_ZH = "证明文件：附上一份、列出全部。"
ADD_EN = """Attach a document to a control. The file is kept under its SHA-256, and the ledger remembers it.

Example: menshen evidence add plan.pdf -c emergency_plan_filed --owner "Wang Lei" --version 2.1 --valid-for P1Y
"""
ADD_ZH = """为控制项附上证明文件。文件按其 SHA-256 保存，并记入台账。

例：menshen evidence add 应急预案.pdf -c emergency_plan_filed --owner 王磊 --version 2.1 --valid-for P1Y
"""
LIST_EN = """List attached documents, newest first, and whether the kept files are still what they were.

Example: menshen evidence list --control emergency_plan_filed --json
"""
LIST_ZH = """列出证明文件（新的在前），并核对保存的文件是否仍为原件。

例：menshen evidence list --control emergency_plan_filed --json
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("add", help=say(ADD_EN, ADD_ZH))(add)
    group.command("list", help=say(LIST_EN, LIST_ZH))(list_)
    app.add_typer(group, name="evidence")


def add(  # noqa: PLR0913 - one parameter an option of the command line
    file: File,
    control: Control,
    owner: Owner,
    *,
    name: Name = "",
    version: Version = "",
    approved: Approved = None,
    valid_until: ValidUntil = None,
    valid_for: ValidFor = "",
    ledger: LedgerFile = None,
    as_json: Json = False,
) -> None:
    """Attach one."""
    from menshen import clock, console, evidence_files
    from menshen.settings import ledger_path
    from menshen.trouble import demand_controls
    from policies.catalogue import load
    from reports.ledger import DOCUMENT, Ledger

    controls = load(whole=False).controls
    demand_controls([control], controls)
    if controls[control].document is None:
        raise TroubleError(say(f"{control}: no document answers this", f"{control}：此控制项不由文件证明"))
    made, end = _times(approved, valid_until, valid_for)
    kept, now = evidence_files.keep(file), clock.now()
    row = {
        "control": control,
        "name": name or kept.name,
        "version": version,
        "owner": owner,
        "approved_at": made,
        "valid_until": end,
        "sha256": kept.sha256,
        "added_at": _seconds(now),
    }
    with Ledger(ledger or ledger_path()) as opened:
        opened.add(DOCUMENT, now, row)
    if as_json:
        console.print_json({"schema": "menshen/documents/1", "documents": [_shown(row)]})
    else:
        console.show(
            say(f"{row['name']} answers {control}; SHA-256 {kept.sha256}", f"{row['name']} 已附于 {control}；SHA-256 {kept.sha256}")
        )


def _seconds(stamp: str) -> int:
    from datetime import datetime

    return int(datetime.fromisoformat(stamp).timestamp())


def _times(approved: str | None, valid_until: str | None, valid_for: str) -> tuple[int, int | None]:
    """Give when it was approved and when it ends (None: never of itself), as Unix seconds."""
    from datetime import UTC, datetime

    from menshen import clock, duration

    made = _seconds(clock.read(approved) if approved else clock.now())
    if made > _seconds(clock.now()):
        raise TroubleError(say("it cannot have been approved in the future", "批准时间不能是将来"))
    if valid_until and valid_for:
        raise TroubleError(say("give --valid-until or --valid-for, not both", "--valid-until 与 --valid-for 只能给一个"))
    if valid_until:
        return made, _seconds(clock.read(valid_until, end_of_day=True))
    return made, int(duration.read(valid_for).after(datetime.fromtimestamp(made, UTC)).timestamp()) if valid_for else None


def list_(control: Only = None, ledger: LedgerFile = None, *, as_json: Json = False) -> None:
    """List them."""
    from menshen import console
    from menshen.settings import ledger_path
    from reports.ledger import DOCUMENT, Ledger

    with Ledger(ledger or ledger_path(), create=False) as opened:
        rows = [_shown(row) for row in opened.rows(DOCUMENT) if not control or row["control"] in control]
    rows.reverse()
    if as_json:
        console.print_json({"schema": "menshen/documents/1", "documents": rows})
    else:
        console.show(_table(rows))
    raise typer.Exit(Exit.FAILS if any(row["state"] == "altered" for row in rows) else Exit.FINE)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    from menshen import evidence_files

    return {**row, "approved_at": _stamp(row["approved_at"]), "valid_until": _stamp(row["valid_until"]),
            "added_at": _stamp(row["added_at"]), "state": evidence_files.state(row["sha256"])}  # fmt: skip


def _stamp(seconds: int | None) -> str | None:
    from datetime import UTC, datetime

    from menshen import clock

    return None if seconds is None else clock.stamp(datetime.fromtimestamp(seconds, UTC))


def _table(rows: Sequence[Mapping[str, Any]]) -> object:
    from menshen import clock, console

    columns = [
        say("control", "控制项"),
        say("document", "文件"),
        say("version", "版本"),
        say("owner", "责任人"),
        say("approved", "批准"),
        say("valid until", "有效至"),
        say("SHA-256", "SHA-256"),
        say("file", "原件"),
    ]
    words = {"kept": say("kept", "在库"), "missing": say("not here", "不在本机"), "altered": say("ALTERED", "已被改动")}
    cells = [
        [
            row["control"],
            row["name"],
            row["version"] or "–",
            row["owner"],
            clock.local(row["approved_at"])[:10],
            clock.local(row["valid_until"])[:10] if row["valid_until"] else "–",
            row["sha256"][:8],
            words[row["state"]],
        ]
        for row in rows
    ]
    return console.table(columns, cells, whole=0)
