# SPDX-License-Identifier: Apache-2.0
"""`menshen outage`: where things stand, what the plan says, a drill of it, and what has been."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import Inventory, Json, Lang, LedgerFile
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.watch.event import Action
    from policies.outage import Plan

GROUP_EN = """Power outages: the present state, the plan, drills, and the record.

Examples: menshen outage status; menshen outage plan; menshen outage drill -o drill.pdf; menshen outage history --days 90
"""
GROUP_ZH = """停电：当前状态、处置预案、演练与记录。

例：menshen outage status；menshen outage plan；menshen outage drill -o drill.pdf；menshen outage history --days 90
"""
DRILL_EN = """Play the plan against an imagined outage and write the drill record; no command is run, whatever happens.

Every command is replaced by a record of it. Each step takes all the time it may, or with --walk as long as people need,
who confirm it one by one. If a UPS is really on battery the drill ends at once: exit code 1, nothing is written.
Exit code: 0 all targets met, 1 not, 2 usage or configuration error.

Examples: menshen outage drill -o drill.pdf; menshen outage drill --walk --leader "Li Wei" -o drill.pdf
"""
DRILL_ZH = """用虚拟停电演练预案并生成演练记录；任何情况下都不执行真实命令。

每条命令都只记录不执行。各步骤按其时限计时；用 --walk 则由人员逐步确认，记录实际用时。
若 UPS 真的转为电池供电，演练立即终止：退出码 1，不写任何文件。
退出码：0 各项指标达到；1 未达到；2 用法或配置错误。

例：menshen outage drill -o drill.pdf；menshen outage drill --walk --leader 李伟 -o drill.pdf
"""
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help=say("The PDF to write; its twin in the other language is written beside it.", "要生成的 PDF；另一语言版本写在其旁。"),
    ),
]
Leader = Annotated[str, typer.Option("--leader", metavar="NAME", help=say("Who leads the drill.", "演练负责人。"))]
Minutes = Annotated[
    float, typer.Option("--minutes", min=1, max=2880, help=say("Length of the imagined outage.", "虚拟停电时长（分钟）。"))
]
Runtime = Annotated[
    float | None,
    typer.Option(
        "--runtime",
        min=1,
        max=2880,
        metavar="MINUTES",
        help=say(
            "Runtime of the imagined batteries from full (default: the figure the plan demands).",
            "虚拟电池满电续航分钟数（默认取预案要求值）。",
        ),
    ),
]
Forecast = Annotated[
    float | None,
    typer.Option(
        "--forecast",
        metavar="MINUTES",
        help=say("The length people say the outage will have.", "预告的停电时长（分钟）。"),
    ),
]
Fail = Annotated[
    list[str] | None,
    typer.Option(
        "--fail", metavar="SUBJECT", help=say("Let this subject refuse (repeat for more).", "令此对象拒绝执行（可重复）。")
    ),
]
Walk = Annotated[
    bool, typer.Option("--walk", help=say("Ask people to confirm each step, and measure them.", "逐步请人员确认并计时。"))
]
Days = Annotated[int, typer.Option("--days", min=1, metavar="N", help=say("How far back.", "回溯天数。"))]
Length = Annotated[
    str,
    typer.Argument(
        metavar="MINUTES",
        help=say("Minutes the outage is expected to last; `none` takes it back.", "预计停电分钟数；none 为撤回。"),
    ),
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command(
        help=say(
            "Show how every feed and the plan stand. Exit code: 0 all on mains, 1 an outage or a lost feed, 3 nobody watches.",
            "显示各路供电与预案的状态。退出码：0 市电正常；1 停电或供电不可靠；3 无人监控。",
        )
    )(status)
    group.command(help=say("Show the plan in words; errors in it are told with their lines.", "以文字显示预案；错误标明所在行。"))(
        plan
    )
    group.command(help=say(DRILL_EN, DRILL_ZH))(drill)
    group.command(help=say("List outages and events on record.", "列出停电与事件记录。"))(history)
    group.command(
        help=say(
            "Tell the watch how long the outage is expected to last. Example: menshen outage expect 180",
            "告知监控预计停电多久。例：menshen outage expect 180",
        )
    )(expect)
    app.add_typer(group, name="outage")


def status(*, as_json: Json = False) -> None:
    """Show where things stand."""
    from menshen import console
    from menshen.outage_showing import status_document, status_tables
    from menshen.settings import watch_path

    document = status_document(watch_path())
    if as_json:
        console.print_json(document)
    else:
        console.show(*status_tables(document))
    raise typer.Exit(_status_code(document))


def _status_code(document: Mapping[str, Any]) -> Exit:
    if not document["watching"]:
        return Exit.UNOBSERVED
    bad = document["phase"] != "mains" or any(feed["lost"] for feed in document["feeds"])
    return Exit.FAILS if bad else Exit.FINE


def plan(inventory: Inventory = None, lang: Lang = None, *, as_json: Json = False) -> None:
    """Show the plan."""
    from menshen import console
    from menshen.outage_plan import plan_tables

    found = _plan(inventory)
    if as_json:
        console.print_json({"digest": found.digest, "file": found.file, "plan": found.document})
    else:
        console.show(*plan_tables(found, lang or of_environment()))


def _plan(inventory: Path | None) -> Plan:
    from menshen.watching import PLAN_FILE, room

    found = room(inventory)
    if not found.written:
        folder = found.inventory.parent
        raise TroubleError(say(f"no {PLAN_FILE} in {folder}", f"{folder} 中没有 {PLAN_FILE}"))
    return found.plan


def expect(minutes: Length) -> None:
    """Leave the watch a forecast."""
    import time

    from agents.watch.journal import Journal
    from agents.watch.store import Store
    from menshen.settings import watch_path

    if minutes != "none" and not minutes.isdigit():
        raise TroubleError(say(f"{minutes}: write minutes or none", f"{minutes}：应为分钟数或 none"))
    with Store(watch_path()) as store, store.writing():
        wanted = None if minutes == "none" else float(minutes)
        Journal(store.connection).wish("forecast", {"minutes": wanted}, time.time())


def history(days: Days = 365, *, as_json: Json = False) -> None:
    """List what has been."""
    from menshen import console
    from menshen.outage_showing import history_document, history_tables
    from menshen.settings import watch_path

    document = history_document(watch_path(), days)
    if as_json:
        console.print_json(document)
    else:
        console.show(*history_tables(document))


def drill(  # noqa: PLR0913 - one parameter an option of the command line
    inventory: Inventory = None,
    output: Output = None,
    leader: Leader = "",
    *,
    minutes: Minutes = 180,
    runtime: Runtime = None,
    forecast: Forecast = None,
    fail: Fail = None,
    ledger: LedgerFile = None,
    lang: Lang = None,
    walk: Walk = False,
    as_json: Json = False,
) -> None:
    """Hold a drill."""
    from agents.watch.drill import InterruptedDrillError, Scenario
    from menshen import console
    from menshen.drill_filing import file
    from menshen.drilling import Order, hold, real_outage
    from menshen.outage_showing import drill_tables
    from menshen.settings import ledger_path, watch_path
    from menshen.watching import room

    found = room(inventory)
    made = _plan(inventory)
    _known(made, fail or [])
    scenario = Scenario(minutes, runtime or made.targets.room_runtime_minutes, forecast=forecast, fails=tuple(fail or ()))
    order = Order(leader, scenario, found.shown, _walked(made, scenario) if walk else None)
    try:
        document = hold(made, order, real_outage(watch_path()))
    except InterruptedDrillError:
        told = say(
            "a UPS is really on battery: the drill is over, see menshen outage status",
            "UPS 确已转电池供电：演练终止，见 menshen outage status",
        )
        typer.echo(f"menshen: {told}", err=True)
        raise typer.Exit(Exit.FAILS) from None
    if output is not None:
        document = file(document, output, ledger or ledger_path(), lang or "zh", inventory)
    if as_json:
        console.print_json(document)
    else:
        console.show(*drill_tables(document, lang or of_environment()))
    raise typer.Exit(Exit.FINE if document["result"] == "passed" else Exit.FAILS)


def _known(made: Plan, names: list[str]) -> None:
    from policies.problems import nearest

    for name in names:
        if name not in made.supplies:
            hint = nearest(name, made.supplies)
            raise TroubleError(say(f"the plan knows no {name}", f"预案中没有 {name}") + hint)


def _walked(made: Plan, scenario: Any) -> Any:
    """Ask people step by step, and take the time they need."""
    import time

    def takes(action: Action) -> tuple[float, Mapping[str, str]]:
        step = made.tier(action.tier)[action.step]
        names = ", ".join(action.subjects)
        typer.echo(say(f"{action.tier}: {step.name} ({names})", f"{action.tier}：{step.name}（{names}）"), err=True)
        began = time.monotonic()
        words = say("  done? Enter, or say what went wrong: ", "  完成请按回车，否则说明问题：")
        answer = typer.prompt(words, default="", show_default=False, prompt_suffix="", err=True)
        refused = {name: answer.strip() or ("refused in the drill" if name in scenario.fails else "") for name in action.subjects}
        return max(1.0, round(time.monotonic() - began, 1)), refused

    return takes
