# SPDX-License-Identifier: Apache-2.0
"""`menshen inspect`: what people are to look at, record that they did, and what they recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands import inspected
from menshen.commands.inspected import SubjectName, Wanted
from menshen.commands.options import Inventory, Json, LedgerFile, Limit
from menshen.language import say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from menshen.inspections import Due, Look
    from menshen.subject import Subject

Within = Annotated[
    str,
    typer.Option(
        "--within",
        metavar="DURATION",
        help=say(
            "Call it soon where less than this is left (ISO 8601: P30D, P1M).", "剩余不足此期限算即将到期（ISO 8601：P30D、P1M）。"
        ),
    ),
]
Everything = Annotated[bool, typer.Option("--all", help=say("Show those that are not due, too.", "也列出未到期的。"))]
ControlId = Annotated[str | None, typer.Argument(metavar="[CONTROL]", help=say("What was looked at.", "检查的控制项。"))]
Result = Annotated[
    str | None, typer.Option("--result", "-r", metavar="pass|fail", help=say("What was found.", "检查结果：pass 或 fail。"))
]
Inspector = Annotated[str | None, typer.Option("--inspector", metavar="NAME", help=say("Who looked.", "检查人。"))]
At = Annotated[str | None, typer.Option("--at", metavar="TIME", help=say("When (default: now).", "检查时间（默认：现在）。"))]
Note = Annotated[
    str, typer.Option("--note", metavar="TEXT", help=say("A remark, such as the photo's number.", "备注，如照片编号。"))
]
ValidFor = Annotated[
    str,
    typer.Option(
        "--valid-for",
        metavar="DURATION",
        help=say("Counts no longer than this (ISO 8601: P90D, P6M).", "有效期不超过此期限（ISO 8601：P90D、P6M）。"),
    ),
]
Evidence = Annotated[
    list[Path] | None,
    typer.Option(
        "--evidence", "-e", metavar="FILE", help=say("A photo or record (repeat for more).", "照片或记录文件（可重复）。")
    ),
]
Form = Annotated[
    Path | None, typer.Option("--form", metavar="FILE.csv", help=say("Record every row of a form.", "导入表格，每行一次检查。"))
]

GROUP_EN = "Inspections by people: what is due, record one, list them."
GROUP_ZH = "人工检查：哪些到期、登记一次检查、列出记录。"
DUE_EN = """List the inspections that were never made, failed, have expired or soon will.

Exit code: 0 nothing is due, 1 the newest one failed somewhere, 2 usage or configuration error,
3 some were never made or have expired.

Examples: menshen inspect due; menshen inspect due --within P30D --limit sites
"""
DUE_ZH = """列出从未做过、不合格、已过期或即将到期的人工检查。

退出码：0 没有到期的；1 有最近一次不合格的；2 用法或配置错误；3 有从未做过或已过期的。

例：menshen inspect due；menshen inspect due --within P30D --limit sites
"""
RECORD_EN = """Record an inspection, or all rows of a form. Evidence files are kept under their SHA-256.

The form is CSV with the columns control, subject, result, inspector, inspected_at and, if you like, note, valid_for, evidence.

Examples: menshen inspect record bios_admin_password -s pc-101 -r pass --inspector "Li Na" -e photo-17.jpg;
menshen inspect record --form march.csv
"""
RECORD_ZH = """登记一次检查，或导入整张表格。证据文件按其 SHA-256 保存。

表格为 CSV，列：控制项、对象、结果、检查人、检查时间，可另有 备注、有效期、证据（也可用英文列名）。

例：menshen inspect record bios_admin_password -s pc-101 -r pass --inspector 李娜 -e photo-17.jpg；
menshen inspect record --form 三月.csv
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("due", help=say(DUE_EN, DUE_ZH))(due)
    group.command("record", help=say(RECORD_EN, RECORD_ZH))(record)
    group.command("list", help=say(inspected.LIST_EN, inspected.LIST_ZH))(inspected.list_)
    app.add_typer(group, name="inspect")


def known_subjects(inventory: Path | None, limit: str | None = None) -> list[Subject]:
    """Give the subjects people look at: those of an inventory where one is named or limited, else this machine and its site."""
    from menshen.inventory import read
    from menshen.settings import inventory_path
    from menshen.subject import this_machine

    if inventory is None and limit is None:
        import os

        if not os.environ.get("MENSHEN_INVENTORY"):
            return this_machine()
    return read(inventory or inventory_path(), limit or "all")


def due(  # noqa: PLR0913 - one parameter an option of the command line
    control: Wanted = None,
    limit: Limit = None,
    inventory: Inventory = None,
    ledger: LedgerFile = None,
    within: Within = "P14D",
    *,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """Say what is due."""
    from menshen import clock, console, duration
    from menshen.inspections import dues
    from menshen.settings import ledger_path
    from menshen.trouble import demand_controls
    from policies.catalogue import load
    from reports.ledger import ATTESTATION, Ledger

    catalogue = load()
    demand_controls(control or (), catalogue.controls)
    soon = duration.read(within)
    with Ledger(ledger or ledger_path()) as opened:
        rows, standings = opened.rows(ATTESTATION), opened.standings()
    found = dues(catalogue, known_subjects(inventory, limit), rows, standings, clock.now(), soon)
    found = [one for one in found if (not control or one.control in control)]
    shown = [one for one in found if everything or one.state != "fine"]
    if as_json:
        console.print_json({"schema": "menshen/inspections-due/1", "at": clock.now(), "due": [one.to_json() for one in shown]})
    else:
        console.show(*_due_tables(shown, len(found)))
    states = {one.state for one in found}
    raise typer.Exit(Exit.FAILS if "failed" in states else Exit.UNOBSERVED if states & {"never", "expired"} else Exit.FINE)


def _due_tables(shown: Sequence[Due], total: int) -> list[object]:
    from menshen import clock, console

    words = {
        "never": say("never made", "从未检查"),
        "failed": say("failed", "不合格"),
        "expired": say("expired", "已过期"),
        "soon": say("due soon", "即将到期"),
        "fine": say("fine", "有效"),
    }
    columns = [
        say("state", "状态"),
        say("control", "控制项"),
        say("subject", "对象"),
        say("last", "最近一次"),
        say("inspector", "检查人"),
        say("valid until", "有效至"),
        say("every", "频率"),
        say("evidence", "证据"),
    ]
    rows = [
        [
            words[one.state],
            one.control,
            one.subject,
            clock.local(one.last)[:16] if one.last else "–",
            one.inspector or "–",
            clock.local(one.expires)[:16] if one.expires else "–",
            one.frequency,
            ", ".join(one.evidence),
        ]
        for one in shown
    ]
    said = say(f"{len(shown)} of {total} inspections are due.", f"{total} 项人工检查中，{len(shown)} 项需要处理。")
    return [said, console.table(columns, rows, whole=1)] if rows else [said]


def record(  # noqa: PLR0913 - one parameter an option of the command line
    control: ControlId = None,
    subject: SubjectName = None,
    *,
    result: Result = None,
    inspector: Inspector = None,
    at: At = None,
    note: Note = "",
    valid_for: ValidFor = "",
    evidence: Evidence = None,
    form: Form = None,
    inventory: Inventory = None,
    ledger: LedgerFile = None,
    as_json: Json = False,
) -> None:
    """Record one or many."""
    from menshen import clock, console, forms
    from menshen.inspections import Look

    subjects = {one.name: one for one in known_subjects(inventory)}
    if form is not None and control is None:
        looks = forms.read(form)
    elif control is not None and form is None:
        moment = clock.read(at) if at else clock.now()
        found = subject or _only_site(subjects)
        looks = [Look(control, found, result or "", inspector or "", moment, note, valid_for, tuple(evidence or ()))]
    else:
        raise TroubleError(say("name a CONTROL or a --form, one of them", "请指定控制项或 --form 表格，二选一"))
    rows, again = _recorded(looks, subjects, ledger)
    if as_json:
        console.print_json({"schema": "menshen/inspections/1", "recorded": rows, "known": again})
        return
    console.show(say(f"Recorded {len(rows)}; {again} were known already.", f"已登记 {len(rows)} 条；另有 {again} 条早已登记。"))
    for row in rows:
        until = clock.local(inspected.stamp(row["expires_at"]))
        console.show(say(f"{row['control']} on {row['subject']}: {row['result']}, counts until {until}",
                         f"{row['subject']} 的 {row['control']}：{row['result']}，有效至 {until}"))  # fmt: skip


def _only_site(subjects: Mapping[str, Subject]) -> str:
    sites = [one.name for one in subjects.values() if one.kind == "site"]
    if len(sites) != 1:
        raise TroubleError(say("name the --subject: there is not exactly one site", "请用 --subject 指明对象：场地不止一个或没有"))
    return sites[0]


def _recorded(looks: Sequence[Look], subjects: Mapping[str, Subject], ledger: Path | None) -> tuple[list[dict[str, Any]], int]:
    """Check all of them, then keep the files and append the rows: all or none."""
    from menshen import clock, evidence_files
    from menshen.inspections import checked, row, same
    from menshen.settings import ledger_path
    from policies.catalogue import load
    from reports.ledger import ATTESTATION, Ledger

    catalogue, now, problems = load(), clock.now(), []
    for look in looks:
        try:
            checked(catalogue, subjects, look)
            for file in look.evidence:
                evidence_files.look(file)
        except TroubleError as error:
            problems.append(str(error))
    if problems:
        raise TroubleError("\n".join(problems))
    rows = [row(catalogue, subjects[one.subject], one, [evidence_files.keep(file) for file in one.evidence], now) for one in looks]
    with Ledger(ledger or ledger_path()) as opened:
        known = opened.rows(ATTESTATION)
        fresh = [one for one in rows if not any(same(one, other) for other in known)]
        opened.add_all(ATTESTATION, now, fresh)
    return fresh, len(rows) - len(fresh)
