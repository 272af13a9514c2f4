# SPDX-License-Identifier: Apache-2.0
"""`menshen plan` and `menshen apply`: show what would change on the hosts, and change it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json, Lang, LedgerFile
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError, demand_controls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from menshen.ansible import Host, Play
    from policies.text import Language

Limit = Annotated[
    str,
    typer.Option(
        "--limit",
        "-l",
        metavar="PATTERN",
        help=say("The hosts: an Ansible host pattern.", "要处理的主机（Ansible 主机模式）。"),
    ),
]
Controls = Annotated[
    list[str] | None,
    typer.Option("--control", "-c", metavar="ID", help=say("Only this control (repeat for more).", "只处理此控制项（可重复）。")),
]
Diff = Annotated[bool, typer.Option("--diff", help=say("Show the text of the files too.", "同时显示文件内容差异。"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=say("Do not ask before changing.", "不再询问，直接应用。"))]
Guard = Annotated[
    int,
    typer.Option(
        "--guard",
        min=10,
        metavar="SECONDS",
        help=say("After so long an unreachable host restores itself.", "主机失联多少秒后自行恢复原状。"),
    ),
]

PLAN_EN = """Show what `apply` would change on Linux and Windows hosts, setting by setting; nothing is changed.

Exit code: 0 nothing would change, 1 something would (or cannot be made true), 2 usage or configuration error,
3 a host was not reached or refused.

Examples: menshen plan --limit servers; menshen plan --limit windows; menshen plan -l pc-103 -c screen_lock --diff
"""
PLAN_ZH = """逐项列出 `apply` 会在 Linux、Windows 主机上做出的改动；不做任何改动。

退出码：0 无需改动；1 有改动（或有无法落实之处）；2 用法或配置错误；3 有主机连不上或拒绝执行。

例：menshen plan --limit servers；menshen plan --limit windows；menshen plan -l pc-103 -c screen_lock --diff
"""
APPLY_EN = """Make true on Linux and Windows hosts what their baselines demand; a second run changes nothing.

What may cut the way to a host is taken back by the host itself unless it is reached again within --guard seconds.
The ledger remembers who applied what where, and what was taken back.
Exit code: 0 all is as demanded, 1 something cannot be made true here, 2 usage or configuration error,
3 a host was not reached, or failed and brought back its former state.

Examples: menshen apply --limit servers; menshen apply -l pc-103 -c usb_storage_blocked --yes
"""
APPLY_ZH = """按基线在 Linux、Windows 主机上落实各项要求；再次运行不会有任何改动。

可能切断管理通道的改动，若 --guard 秒内无法重新连上，主机会自行恢复原状。
何人、何时、在哪些主机上改了什么、哪些被恢复，均记入台账。
退出码：0 全部落实；1 有无法落实之处；2 用法或配置错误；3 有主机连不上，或执行失败并已恢复原状。

例：menshen apply --limit servers；menshen apply -l pc-103 -c usb_storage_blocked --yes
"""


def register(app: typer.Typer) -> None:
    """Add both commands."""
    app.command(help=say(PLAN_EN, PLAN_ZH))(plan)
    app.command(help=say(APPLY_EN, APPLY_ZH))(apply)


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
    hosts = _ran(play(limit, control, inventory, guard=60, real=False))
    tell(hosts, lang or of_environment(), real=False, as_json=as_json, diff=diff)
    changing = any(host.changes or host.open for host in hosts.values())
    raise typer.Exit(unreached(hosts) or (Exit.FAILS if changing else Exit.FINE))


def apply(  # noqa: PLR0913 - one parameter an option of the command line
    limit: Limit,
    control: Controls = None,
    inventory: Inventory = None,
    guard: Guard = 60,
    lang: Lang = None,
    ledger: LedgerFile = None,
    *,
    yes: Yes = False,
    diff: Diff = False,
    as_json: Json = False,
) -> None:
    """Apply."""
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise TroubleError(
                say("apply changes hosts: say --yes where nobody can be asked", "apply 会改动主机：无人应答时请加 --yes")
            )
        found = _ran(play(limit, control, inventory, guard=guard, real=False))
        tell(found, lang or of_environment(), real=False, diff=diff)
        if not any(host.changes for host in found.values()):
            raise typer.Exit(unreached(found) or (Exit.FAILS if any(host.open for host in found.values()) else Exit.FINE))
        typer.confirm(say("Make these changes?", "确认应用以上改动？"), abort=True)
    hosts = _made(play(limit, control, inventory, guard=guard, real=True), ledger)
    tell(hosts, lang or of_environment(), real=True, as_json=as_json, diff=diff)
    raise typer.Exit(unreached(hosts) or (Exit.FAILS if any(host.open for host in hosts.values()) else Exit.FINE))


def play(  # noqa: PLR0913 - all of it describes one run
    limit: str,
    controls: list[str] | None,
    inventory: Path | None,
    *,
    guard: int,
    real: bool,
    playbook: Path | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Play:
    """Describe a run of a playbook (default: site.yml) on the Linux hosts of an inventory; `extra` are its variables."""
    from menshen.ansible import PLAYBOOK, Play
    from menshen.inventory import hosts_file, read
    from menshen.settings import inventory_path
    from policies.catalogue import load

    path = inventory or inventory_path()
    # Only the ids are asked here: requirements and checklists need not be read.
    demand_controls(controls or (), load(whole=False).controls)
    if not any(subject.kind in {"linux", "windows"} for subject in read(path, limit)):
        raise TroubleError(say(f"no Linux or Windows host matches {limit!r}", f"没有 Linux 或 Windows 主机与 {limit!r} 匹配"))
    return Play(hosts_file(path).resolve(), limit, tuple(controls or ()), real, guard, playbook or PLAYBOOK, extra or {})


def _ran(play: Play) -> dict[str, Host]:
    from menshen import console

    what = say("applying", "应用中") if play.apply else say("comparing", "比对中")
    with console.waiting(what) as tell:
        return play.run(tell)


def _made(play: Play, ledger: Path | None) -> dict[str, Host]:
    """Apply, and remember in the ledger what was done, by whom, and what a host took back."""
    from menshen.applied import remembered
    from menshen.settings import ledger_path

    with remembered(ledger or ledger_path(), play) as hosts:
        hosts.update(_ran(play))
    return hosts


def unreached(hosts: dict[str, Host]) -> Exit | None:
    """Give the exit code where a host was not reached or failed, else None."""
    return Exit.UNOBSERVED if any(host.failed or host.unreachable for host in hosts.values()) else None


def tell(hosts: dict[str, Host], language: Language, *, real: bool, as_json: bool = False, diff: bool = False) -> None:
    """Tell what would change, or has changed."""
    from menshen import console
    from menshen.planned import tables

    if as_json:
        console.print_json(_document(hosts, real=real))
    else:
        console.show(*tables(hosts, language, real=real, diff=diff))


def _document(hosts: dict[str, Host], *, real: bool) -> dict[str, Any]:
    return {"schema": "menshen/plan/1", "applied": real, "hosts": {name: host.to_json() for name, host in hosts.items()}}
