# SPDX-License-Identifier: Apache-2.0
"""`menshen firmware`: plan and make firmware changes, and write the work order for what only hands can do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json, Lang, LedgerFile
from menshen.commands.plan import Controls, Diff, Limit, Yes
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from menshen.ansible import Host, Play

Reboot = Annotated[
    bool, typer.Option("--reboot", help=say("Restart machines where a change waits for it.", "改动需重启才生效时重启机器。"))
]
Forget = Annotated[
    bool,
    typer.Option(
        "--forget-tries",
        help=say("Someone looked at the machine: count refused passwords anew.", "已有人到现场查看：重新计算密码被拒次数。"),
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE.pdf", help=say("Write it here.", "输出文件。"))]
OrderLimit = Annotated[
    str | None,
    typer.Option("--limit", "-l", metavar="PATTERN", help=say("Only these subjects.", "只包括这些对象（Ansible 主机模式）。")),
]

GROUP_EN = "Firmware (BIOS) settings and passwords: plan, apply, and the work order for what only hands can do."
GROUP_ZH = "固件（BIOS）设置与密码：查看计划、应用，以及须人工处理的工单。"
PLAN_EN = """Show what `menshen firmware apply` would change; no password is tried.

Exit codes as `menshen plan`.

Example: menshen firmware plan --limit servers
"""
PLAN_ZH = """列出 `menshen firmware apply` 会做的改动；不尝试任何密码。

退出码同 `menshen plan`。

例：menshen firmware plan --limit servers
"""
APPLY_EN = """Set firmware settings and the administrator password through the maker's interface, reading back after each step.

Passwords come from the vault of the inventory. At most two are tried on a machine over all runs;
nothing restarts unless you say --reboot.
Exit codes as `menshen apply`.

Example: menshen firmware apply --limit servers --reboot
"""
APPLY_ZH = """通过厂商接口设置固件选项和管理员密码，每一步都读回核对。

密码来自主机清单的保险库（Ansible vault）。每台机器累计最多拒绝两次；未加 --reboot 不会重启。
退出码同 `menshen apply`。

例：menshen firmware apply --limit servers --reboot
"""
ORDER_EN = """Write a work order: one page a machine that must be done by hand, with steps, QR code, signature and photo number.

It is written from the newest audit: machines whose password or settings no interface can set, or that cannot answer.

Example: menshen firmware work-order -o order.pdf --lang en
"""
ORDER_ZH = """生成工单：须人工处理的机器每台一页，含步骤、二维码、签字栏和照片编号。

依据最近一次检查：接口无法设置密码或选项、或无法回答的机器。

例：menshen firmware work-order -o 工单.pdf
"""


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("plan", help=say(PLAN_EN, PLAN_ZH))(plan)
    group.command("apply", help=say(APPLY_EN, APPLY_ZH))(apply)
    group.command("work-order", help=say(ORDER_EN, ORDER_ZH))(work_order)
    app.add_typer(group, name="firmware")


def plan(
    limit: Limit,
    control: Controls = None,
    inventory: Inventory = None,
    lang: Lang = None,
    *,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Plan."""
    from menshen.commands import plan as told

    hosts = _ran(_play(limit, control, inventory, real=False))
    told.tell(hosts, lang or of_environment(), real=False, as_json=as_json, diff=diff)
    raise typer.Exit(told.unreached(hosts) or (Exit.FAILS if any(one.changes or one.open for one in hosts.values()) else Exit.FINE))


def apply(  # noqa: PLR0913 - one parameter an option of the command line
    limit: Limit,
    control: Controls = None,
    inventory: Inventory = None,
    lang: Lang = None,
    *,
    reboot: Reboot = False,
    forget_tries: Forget = False,
    yes: Yes = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Apply."""
    from menshen.commands import plan as told

    language = lang or of_environment()
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise TroubleError(
                say("this changes firmware: say --yes where nobody can be asked", "此命令会改动固件：无人应答时请加 --yes")
            )
        found = _ran(_play(limit, control, inventory, real=False))
        told.tell(found, language, real=False, diff=diff)
        typer.confirm(say("Make these changes?", "确认应用以上改动？"), abort=True)
    extra = {"firmware_reboot": reboot, "firmware_forget_tries": forget_tries}
    hosts = _ran(_play(limit, control, inventory, real=True, **extra))
    told.tell(hosts, language, real=True, as_json=as_json, diff=diff)
    raise typer.Exit(told.unreached(hosts) or (Exit.FAILS if any(one.open for one in hosts.values()) else Exit.FINE))


def _play(limit: str, controls: list[str] | None, inventory: Path | None, *, real: bool, **extra: Any) -> Play:
    from menshen.ansible import ROOT
    from menshen.commands.plan import play

    return play(
        limit,
        controls,
        inventory,
        guard=0,
        real=real,
        playbook=ROOT / "playbooks" / "firmware.yml",
        extra={"firmware_controls": list(controls or ()), **extra},
    )


def _ran(found: Play) -> dict[str, Host]:
    from menshen import console

    what = say("applying", "应用中") if found.apply else say("comparing", "比对中")
    with console.waiting(what) as step:
        return found.run(step)


def work_order(
    output: Output,
    limit: OrderLimit = None,
    inventory: Inventory = None,
    ledger: LedgerFile = None,
    lang: Lang = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the work order."""
    from menshen import clock, console
    from menshen.commands.inspect import known_subjects
    from menshen.settings import ledger_path
    from menshen.work_order import sheets
    from reports.ledger import Ledger
    from reports.pdf.work_order import write

    with Ledger(ledger or ledger_path(), create=False) as opened:
        found = sheets(known_subjects(inventory, limit), opened.standings(), lang or "zh")
    now = clock.now()
    write(output, found, lang or "zh", clock.local(now)[:16])
    if as_json:
        console.print_json(
            {"schema": "menshen/work-order/1", "file": str(output), "at": now, "machines": [one.to_json() for one in found]}
        )
    else:
        console.show(say(f"{output}: {len(found)} machines to be done by hand", f"{output}：{len(found)} 台机器须人工处理"))
