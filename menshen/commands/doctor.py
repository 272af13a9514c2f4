# SPDX-License-Identifier: Apache-2.0
"""`menshen doctor windows`: look once at one real PC for what no test bed can prove, and write down what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from agents.windows.checkup import Check

Host = Annotated[str, typer.Argument(help=say("A Windows PC of the inventory.", "主机清单中的一台 Windows 电脑。"))]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=say("Where to write the report (default: doctor-HOST.json).", "报告写到何处（默认 doctor-主机名.json）。"),
    ),
]

HELP_EN = """Check on one real PC what a test bed cannot prove, and write a report that can be sent back. Changes nothing there.

Every command and script that an audit uses is run once, and its answer is read as an audit reads it.

Exit code: 0 all is as expected, 1 something is not, 2 usage, 3 nothing failed but something could not be seen.

Example: menshen doctor windows pc-101
"""
HELP_ZH = """在一台真实电脑上检查测试环境无法证明的各点，并写出可寄回的报告。不改动该电脑。

检查所用的每条命令、每个脚本各运行一次，并按检查时的方式解读其回答。

退出码：0 一切如预期；1 有不符；2 用法错误；3 无不符，但有看不到的项。

例：menshen doctor windows pc-101
"""
SECONDS = 600.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    doctor = typer.Typer(help=say("Check a real machine once.", "对真实设备做一次性检查。"), no_args_is_help=True)
    doctor.command("windows", help=say(HELP_EN, HELP_ZH))(windows)
    doctor.callback()(_together)
    app.add_typer(doctor, name="doctor")


def _together() -> None:
    """Keep `doctor` a group although it has one command today."""


def windows(host: Host, inventory: Inventory = None, output: Output = None, *, as_json: Json = False) -> None:
    """Examine."""
    import json

    from menshen import clock, console

    checks = _checks(host, inventory)
    document: dict[str, Any] = {
        "host": host,
        "at": clock.now(),
        "checks": [{"id": one.id, "outcome": one.outcome, "detail": one.detail} for one in checks],
    }
    file = output or Path(f"doctor-{host}.json")
    try:
        file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise TroubleError(say(f"cannot write {file}: {error.strerror}", f"无法写入 {file}：{error.strerror}")) from error
    if as_json:
        console.print_json(document)
    else:
        console.show(_table(checks))
        console.tell(
            say(f"The report is in {file}: send it back, it holds no secret.", f"报告已写入 {file}：请寄回，其中不含机密。")
        )
    outcomes = {one.outcome for one in checks}
    if outcomes - {"pass"}:
        raise typer.Exit(Exit.FAILS if "fail" in outcomes else Exit.UNOBSERVED)


def _checks(host: str, inventory: Path | None) -> list[Check]:
    import time

    from agents.connections.winrm_target import WinRmTarget
    from agents.windows.checkup import examine
    from menshen.inventory import read
    from menshen.settings import inventory_path

    found = read(inventory or inventory_path(), host)
    if len(found) != 1 or not isinstance(found[0].target, WinRmTarget):
        raise TroubleError(
            say(
                f"{host} is no Windows PC with ansible_connection: winrm in the inventory",
                f"{host} 不是主机清单中以 ansible_connection: winrm 连接的 Windows 电脑",
            )
        )
    with found[0].target.opened(SECONDS) as source:
        return list(examine(source.pc, time.time()))


def _table(checks: list[Check]) -> Any:
    from menshen import console
    from reports.reasons import said

    words = {"pass": say("as expected", "如预期"), "fail": say("not as expected", "不符"), "unknown": say("not seen", "看不到")}
    rows = [[_title(one.id), words[one.outcome], said(one.detail, of_environment())] for one in checks]
    return console.table([say("point", "检查点"), say("outcome", "结果"), say("found", "所见")], rows, whole=0)


def _title(name: str) -> str:
    kind, _, rest = name.partition(" ")
    titles = {
        "visit": say("one visit brings everything", "一次访问取回全部"),
        "administrator": say("the account may see everything", "账户可查看全部"),
        "clock": say("the clock agrees with ours", "时钟与本机一致"),
        "powershell": say("PowerShell and its language mode", "PowerShell 及其语言模式"),
        "clean": say("nothing is left behind", "不留任何文件"),
        "users": say("hives of logged-on users", "已登录用户的注册表"),
        "twice": say("export and single key agree", "导出与单键读取一致"),
        "policy": say("security policy by SID", "按 SID 的安全策略"),
        "audit": say("audit policy by GUID", "按 GUID 的审核策略"),
        "export": say("export of", "导出"),
        "script": say("script", "脚本"),
        "table": say("table", "表"),
    }
    return f"{titles[kind]} {rest}".strip()
