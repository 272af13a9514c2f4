# SPDX-License-Identifier: Apache-2.0
"""`menshen query` and `menshen tables`: ask a subject in SQL, and see what can be asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from agents.source import Source
    from menshen.hub.live import Answers

Sql = Annotated[
    str | None, typer.Argument(help=say("One SELECT statement; - reads it from stdin.", "一条 SELECT 语句；- 表示从标准输入读取。"))
]
PackFile = Annotated[
    Path | None,
    typer.Option(
        "--pack", metavar="FILE", help=say("Run every query of an osquery pack once.", "把 osquery 查询包中的每条查询各执行一次。")
    ),
]
SubjectName = Annotated[
    str | None,
    typer.Option(
        "--subject",
        "-s",
        metavar="NAME",
        help=say("Ask this host of the inventory (default: this machine).", "查询主机清单中的此对象（默认本机）。"),
    ),
]
Subjects = Annotated[
    str | None,
    typer.Option(
        "--subjects",
        metavar="PATTERN",
        help=say(
            "Ask all subjects that match this Ansible host pattern; those of the hub answer as they check in.",
            "查询与此 Ansible 主机模式匹配的全部对象；经集中服务者在下次联系时回答。",
        ),
    ),
]
Wait = Annotated[
    float, typer.Option("--wait", metavar="SECONDS", min=1, help=say("Wait so long for their answers.", "等待回答的秒数。"))
]
Kind = Annotated[str | None, typer.Option("--kind", help=say("Only tables of this subject kind.", "只列此类对象的表。"))]

# A person waits here, and sees what for; a pack of long queries may take its time.
HOST_SECONDS = 600.0
# Hosts of the hub check in every minute.
LIVE_SECONDS = 120.0

HELP_EN = """Ask a subject in SQL, in osquery's words.

Examples: menshen query "SELECT username, shell FROM users"; menshen query --pack linux.conf --json;
menshen query --subjects agent_pcs "SELECT name, version FROM os_version"
"""
HELP_ZH = """用 SQL（osquery 方言）查询对象。

例：menshen query "SELECT username, shell FROM users"；menshen query --pack linux.conf --json；
menshen query --subjects agent_pcs "SELECT name, version FROM os_version"
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help=say(HELP_EN, HELP_ZH))(query)
    app.command(help=say("List the tables that can be asked, with their columns.", "列出可查询的表及其列。"))(tables)


def query(  # noqa: PLR0913 - one parameter an option of the command line
    sql: Sql = None,
    pack: PackFile = None,
    subject: SubjectName = None,
    subjects: Subjects = None,
    inventory: Inventory = None,
    wait: Wait = LIVE_SECONDS,
    *,
    as_json: Json = False,
) -> None:
    """Ask."""
    if (sql is None) == (pack is None):
        raise TroubleError(say("give either a SELECT statement or --pack FILE", "请给出一条 SELECT 语句，或用 --pack 指定查询包"))
    if subjects is not None:
        if pack is not None or subject is not None:
            raise TroubleError(say("--subjects goes with one SELECT statement alone", "--subjects 只能与一条 SELECT 语句一起使用"))
        raise typer.Exit(_many(subjects, _text(sql or ""), inventory, wait, as_json=as_json))
    with _source(subject, inventory) as source:
        if pack is not None:
            raise typer.Exit(_pack(source, pack, as_json=as_json))
        _one(source, _text(sql or ""), as_json=as_json)


def _many(pattern: str, sql: str, inventory: Path | None, seconds: float, *, as_json: bool) -> Exit:
    from menshen import console
    from menshen.hub.live import ask
    from menshen.inventory import read
    from menshen.settings import inventory_path

    asked = read(inventory or inventory_path(), pattern)
    with console.progress(len(asked), say("asking", "查询中")) as step:
        answers = ask(asked, sql, seconds, step)
    if as_json:
        console.print_json(answers.to_json())
    else:
        _told(answers, len(asked))
    return Exit.UNOBSERVED if answers.errors or answers.waiting else Exit.FINE


def _told(answers: Answers, asked: int) -> None:
    from menshen import console
    from reports.reasons import said

    columns = [say("subject", "对象"), *answers.columns]
    names = ["subject", *answers.columns]
    rows = [["" if row.get(name) is None else str(row[name]) for name in names] for row in answers.to_json()["rows"]]
    console.show(console.table(columns, rows, whole=0))
    for subject, message in sorted(answers.errors.items()):
        console.show(f"{subject}: {console.visible(said(message, of_environment()))}")
    for subject in sorted(answers.waiting):
        console.show(say(f"{subject}: has not checked in", f"{subject}：尚未联系"))
    console.tell(
        say(
            f"{len(answers.answered)} of {asked} subjects answered, {len(rows)} rows",
            f"{asked} 个对象中 {len(answers.answered)} 个已回答，共 {len(rows)} 行",
        )
    )


def _text(sql: str) -> str:
    return sys.stdin.read() if sql == "-" else sql


def _source(name: str | None, inventory: Path | None) -> AbstractContextManager[Source]:
    from menshen import connect
    from menshen.inventory import read
    from menshen.settings import inventory_path
    from menshen.subject import this_machine

    subject = this_machine()[0] if name is None else read(inventory or inventory_path(), name)[0]
    return connect.opened(subject, connect.Evidence(), HOST_SECONDS)


def _one(source: Source, sql: str, *, as_json: bool) -> None:
    from agents.engine import Engine
    from agents.source import Foresighted
    from menshen import console

    if isinstance(source, Foresighted):
        source.expect([sql])
    with Engine(source) as engine:
        result = engine.query(sql)
    if as_json:
        console.print_json({"columns": list(result.columns), "rows": result.rows})
        return
    rows = [["" if row[column] is None else str(row[column]) for column in result.columns] for row in result.rows]
    console.show(console.table(result.columns, rows))
    console.tell(say(f"{len(rows)} rows in {result.milliseconds:.1f} ms", f"{len(rows)} 行，用时 {result.milliseconds:.1f} 毫秒"))


def _pack(source: Source, path: Path, *, as_json: bool) -> Exit:
    from agents.engine import Engine
    from agents.packs import run
    from menshen import console

    if not path.is_file():
        raise TroubleError(say(f"no such file: {path}", f"没有此文件：{path}"))
    with Engine(source) as engine:
        document: dict[str, Any] = run(engine, path)
    if as_json:
        console.print_json(document)
    else:
        from reports.reasons import said

        words = {"ok": say("ok", "成功"), "error": say("error", "出错"), "unserved": say("not run", "未执行")}
        language = of_environment()
        rows = [
            [one["name"], words[one["status"]], str(one["rows"]), f"{one['ms']:.1f}", said(one.get("error") or "", language)]
            for one in document["results"]
        ]
        columns = [say("query", "查询"), say("status", "状态"), say("rows", "行数"), say("ms", "毫秒"), say("error", "错误")]
        console.show(console.table(columns, rows))
    return Exit.FAILS if any(one["status"] == "error" for one in document["results"]) else Exit.FINE


def tables(kind: Kind = None, *, as_json: Json = False) -> None:
    """List the tables."""
    from menshen import console
    from policies import schema

    if kind is not None and kind not in schema.KINDS:
        raise TroubleError(
            say(
                f"no such kind: {kind}; known are {' '.join(schema.KINDS)}", f"没有此类对象：{kind}；可用：{' '.join(schema.KINDS)}"
            )
        )
    known = [_table(table) for table in schema.tables().values() if _relevant(table, kind)]
    if as_json:
        console.print_json(known)
        return
    rows = [
        [
            one["name"],
            one["origin"],
            ", ".join(one["kinds"]),
            say("yes", "是") if one["served"] else say("no", "否"),
            ", ".join(_marked(column) for column in one["columns"]),
        ]
        for one in known
    ]
    console.show(
        console.table(
            [
                say("table", "表"),
                say("origin", "来源"),
                say("kinds", "对象类别"),
                say("served", "可用"),
                say("columns (* required)", "列（* 必须限定）"),
            ],
            rows,
            whole=0,
        )
    )


def _marked(column: dict[str, Any]) -> str:
    return f"{column['name']}{'*' if column['required'] else ''}"


def _relevant(table: Any, kind: str | None) -> bool:
    from policies import schema

    return kind in table.kinds if kind else any(known in table.kinds for known in schema.KINDS)


def _table(table: Any) -> dict[str, Any]:
    from agents.served import served
    from policies import schema

    kinds = [kind for kind in table.kinds if kind in schema.KINDS]
    return {
        "name": table.name,
        "kinds": kinds,
        "columns": [
            {"name": column.name, "type": column.type, "required": column.required} for column in table.columns if not column.hidden
        ],
        "origin": table.origin,
        "served": any(served(table.name, kind) for kind in kinds),
    }
