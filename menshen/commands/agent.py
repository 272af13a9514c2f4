# SPDX-License-Identifier: Apache-2.0
"""`menshen agent`: build the archive, show a host's questions, and collect what agents have seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from menshen.commands.options import Inventory, Json, LedgerFile, Limit
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help=say("The archive to write.", "要生成的归档文件。"))]
Host = Annotated[str, typer.Argument(help=say("The host.", "主机名。"))]

GROUP_EN = """The agent that stays on Linux hosts (playbooks/agent.yml): looks by the clock, keeps what it saw until collected.

Examples: menshen agent build -o agent.tar.gz; menshen agent collect --limit servers
"""
GROUP_ZH = """常驻 Linux 主机的代理：由 playbooks/agent.yml 安装，定时检查，结果保存在本地直到被收取。

例：menshen agent build -o agent.tar.gz；menshen agent collect --limit servers
"""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("build", help=say("Build the archive; needs no network.", "生成归档；不需要网络。"))(build)
    group.command("questions", help=say("Print what a host's agent is to ask (JSON).", "打印某主机代理的检查内容（JSON）。"))(
        questions
    )
    group.command(
        "collect",
        help=say(
            "Fetch over SSH what agents have seen, judge it, and write it to the ledger; exit code 3 where a host was not reached.",
            "经 SSH 收取代理所见，作出结论并记入台账；有主机连不上时退出码为 3。",
        ),
    )(collect)
    app.add_typer(group, name="agent")


def build(output: Output = Path("menshen-agent.tar.gz")) -> None:
    """Build."""
    from menshen.agentarchive import build as pack
    from menshen.agentarchive import python

    try:
        size = pack(output)
    except OSError as error:
        raise TroubleError(say(f"{output}: {error.strerror or error}", f"{output}：{error.strerror or error}")) from error
    megabytes = size / 1024 / 1024
    typer.echo(
        say(f"{output}: {megabytes:.1f} MB, for Python {python()}", f"{output}：{megabytes:.1f} MB，适用于 Python {python()}")
    )


def questions(host: Host, inventory: Inventory = None) -> None:
    """Print them."""
    from menshen import console
    from menshen.inventory import read
    from menshen.resident import asked
    from menshen.settings import inventory_path
    from policies.catalogue import load

    folder = inventory or inventory_path()
    console.print_json(asked(load(whole=False), read(folder, host)[0], folder))


def collect(limit: Limit = None, inventory: Inventory = None, ledger: LedgerFile = None, *, as_json: Json = False) -> None:
    """Collect."""
    from menshen import console
    from menshen.resident import collected
    from menshen.settings import inventory_path, ledger_path
    from reports.reasons import said

    found = collected(inventory or inventory_path(), limit or "all", ledger or ledger_path())
    if as_json:
        console.print_json({"hosts": found})
    else:
        names = say("host looks late lost why", "主机 检查次数 迟到 丢弃 原因").split()
        rows = [
            [one["host"], str(one["looks"]), str(one["late"]), str(one["lost"]), said(one["why"], of_environment())]
            for one in found
        ]
        console.show(console.table(names, rows))
    raise typer.Exit(Exit.UNOBSERVED if any(one["why"] for one in found) else Exit.FINE)
