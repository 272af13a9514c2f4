# SPDX-License-Identifier: Apache-2.0
"""`menshen schedule`: audits, drift checks, re-enforcement and reports by systemd timers, and what was missed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from menshen.schedule.run import Shop
    from menshen.schedule.systemd import Units
    from policies.text import Text

Folder = Annotated[
    Path | None,
    typer.Option(
        "--unit-folder",
        metavar="FOLDER",
        help=say("Only write the unit files into this folder; start nothing.", "只把单元文件写入此目录，不启动任何定时器。"),
    ),
]
Name = Annotated[str, typer.Argument(help=say("The job.", "任务名称。"))]

GROUP_EN = """Do audits, drift checks, re-enforcement and reports by the clock (systemd), and tell what moved or was missed.

The jobs stand in schedule.yml beside the inventory's hosts; without it there are the usual five.

Examples: menshen schedule install; menshen schedule list; menshen schedule remove
"""
GROUP_ZH = """按时间表（systemd 定时器）检查、查漂移、重新落实与出报告，并告知变化与漏跑。

任务写在主机清单旁的 schedule.yml 中；没有此文件时使用常用的五项。

例：menshen schedule install；menshen schedule list；menshen schedule remove
"""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command(
        "install",
        help=say(
            "Write the units and start the timers; a second time changes nothing.", "写入单元并启动定时器；再次运行不作改动。"
        ),
    )(install)
    group.command(
        "list",
        help=say(
            "List the jobs, when each ran and runs next; exit code 1 where one failed or was missed.",
            "列出任务及上次、下次运行时间；有失败或漏跑时退出码为 1。",
        ),
    )(listed)
    group.command("remove", help=say("Stop the timers and take the units away.", "停止定时器并删除单元。"))(remove)
    group.command("run", help=say("Do a job now, as its timer would.", "立即执行一项任务。"))(run)
    group.command("failed", hidden=True, help=say("Tell people that a job broke off.", "告知某任务异常中止。"))(failed)
    app.add_typer(group, name="schedule")


def install(inventory: Inventory = None, unit_folder: Folder = None, *, as_json: Json = False) -> None:
    """Install."""
    from menshen import clock, console
    from menshen.schedule import systemd
    from menshen.schedule.state import Last
    from menshen.schedule.units import Place, texts
    from menshen.settings import state_folder

    shop = _shop(inventory)
    for job in shop.jobs:
        systemd.elapses(job.when, clock.now())
    place = Place(shop.inventory, state_folder().absolute(), os.environ.get("LC_ALL") or "C.UTF-8")
    changed = _units(unit_folder).lay(texts(shop.jobs, place))
    shop.state.forget({job.name for job in shop.jobs})
    for job in shop.jobs:
        if shop.state.last(job.name) is None:
            shop.state.keep(job.name, Last(installed=clock.now()))
    if as_json:
        console.print_json({"changed": changed, "jobs": [job.name for job in shop.jobs]})
    else:
        console.show(*(changed or [say("Nothing to change.", "无需改动。")]))


def remove(unit_folder: Folder = None, *, as_json: Json = False) -> None:
    """Remove."""
    from menshen import console
    from menshen.schedule.state import State
    from menshen.settings import state_folder

    changed = _units(unit_folder).lay({})
    State(state_folder()).forget(set())
    if as_json:
        console.print_json({"changed": changed, "jobs": []})
    else:
        console.show(*(changed or [say("Nothing to change.", "无需改动。")]))


def listed(inventory: Inventory = None, unit_folder: Folder = None, *, as_json: Json = False) -> None:
    """List."""
    from menshen import console
    from menshen.schedule.listing import rows, table

    found = rows(_shop(inventory), _units(unit_folder))
    if as_json:
        console.print_json({"jobs": found})
    else:
        console.show(table(found, of_environment()))
    raise typer.Exit(Exit.FAILS if any(one["error"] or one["missed"] for one in found) else Exit.FINE)


def run(job: Name, inventory: Inventory = None) -> None:
    """Run."""
    from menshen import clock
    from menshen.schedule import overdue
    from menshen.schedule.run import unknown_job
    from menshen.schedule.state import Last

    shop = _shop(inventory)
    wanted = next((one for one in shop.jobs if one.name == job), None)
    if wanted is None:
        raise TroubleError(say(unknown_job(job, shop.jobs), unknown_job(job, shop.jobs)))
    before = shop.state.last(job)
    at = clock.now()
    last = Last(before.installed if before else at, began=at)
    notices: list[Any] = overdue.caught_up(wanted, before, at)
    why = None
    shop.state.keep(job, Last(last.installed, at, before.ended if before else "", before.error if before else ""))
    try:
        notices += shop.run(wanted)
    except Exception as error:  # noqa: BLE001 - the main loop of a job: whatever it is, people are told and the code is 1
        why = _in_words(error)
        typer.echo(f"menshen: {why.in_language(of_environment())}", err=True)
    raise typer.Exit(Exit.FINE if shop.finished(wanted, last, notices, why) else Exit.FAILS)


def _in_words(error: Exception) -> Text:
    """Say an error in both languages; a defect by its kind alone, for what it says may hold anything."""
    from menshen.cli import known_errors
    from menshen.schedule.run import FailedJobError
    from policies.text import Text
    from reports.reasons import said

    if isinstance(error, FailedJobError):
        return error.text
    if isinstance(error, tuple(known_errors())):
        return Text(en=str(error), zh=said(str(error), "zh"))
    return Text(en=f"a defect of this program: {type(error).__name__}", zh=f"程序缺陷：{type(error).__name__}")


def failed(job: Name, inventory: Inventory = None) -> None:
    """Tell of a job whose process ended without its own word: killed, out of memory, out of time."""
    from menshen import alerts, clock
    from menshen.schedule.run import failure
    from policies.text import Text

    shop = _shop(inventory)
    before = shop.state.last(job)
    if before is not None and before.error and before.ended >= before.began:
        return  # it has told people itself
    why = Text(en="the run broke off", zh="任务异常中止")
    if before is not None:
        from dataclasses import replace

        shop.state.keep(job, replace(before, ended=clock.now(), error=why.en))
    alerts.tell([failure(job, before.began if before else "", why)], shop.inventory)


def _shop(inventory: Path | None) -> Shop:
    from menshen.schedule.run import shop_of
    from menshen.settings import inventory_path

    return shop_of((inventory or inventory_path()).absolute())


def _units(folder: Path | None) -> Units:
    from menshen.schedule.systemd import Units

    return Units(folder, user=False, started=False) if folder else Units.usual()
