# SPDX-License-Identifier: Apache-2.0
"""`menshen demo`: an imagined site with good and bad days, to see in a minute what the tool does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands.options import Lang
from menshen.language import of_environment, say

if TYPE_CHECKING:
    from datetime import datetime

    from menshen.demo.make import Made
    from policies.text import Language

Folder = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="DIR", help=say("The folder to write (new or empty).", "要写入的目录（新建或为空）。")),
]
Hosts = Annotated[
    int,
    typer.Option("--hosts", metavar="N", help=say("How many subjects, the site included.", "对象数量（含场所本身）。")),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help=say("Another number, another story.", "换一个数字，情节随之不同。"))]
End = Annotated[
    str | None,
    typer.Option(
        "--end",
        metavar="TIME",
        help=say("When the month ends (default: the last 06:40).", "一个月的截止时刻（默认最近一个 06:40）。"),
    ),
]

HELP_EN = """Write an imagined site into a folder: a month of audits, its ledger, both reports and what moved.

PCs of three makes, servers, a UPS, a sensor, a domain, a switch, a camera recorder; good and bad days, exceptions,
papers and inspections. All of it is judged by the code that judges real subjects; every page says that it is a
demonstration. A folder that holds anything but an earlier demonstration is refused.

Examples: menshen demo -o demo; menshen demo -o big --hosts 200
"""
HELP_ZH = """把一个虚拟场所写入目录：一个月的检查、台账、中英文报告和变化清单。

含三种品牌的电脑、服务器、UPS、环境传感器、域、交换机、录像机；有好有坏的日子、例外、文件与人工检查。
全部由检查真实对象的同一套代码得出结论；每一页都标明是演示数据。目录中若有演示以外的内容则拒绝写入。

例：menshen demo -o demo；menshen demo -o big --hosts 200
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(demo)


def demo(folder: Folder, hosts: Hosts = 24, seed: Seed = 1, end: End = None, lang: Lang = None) -> None:
    """Demonstrate."""
    from datetime import datetime

    from menshen import clock
    from menshen.demo.make import Order, make
    from policies.catalogue import load

    moment = datetime.fromisoformat(clock.read(end)) if end else _last_morning()
    made = make(load(), Order(hosts, int(moment.timestamp()), seed), folder)
    _show(made, folder, lang or of_environment())


def _last_morning() -> datetime:
    """Give the last 06:40 of this place that is not still to come."""
    from datetime import datetime, timedelta

    now = datetime.now().astimezone()
    morning = now.replace(hour=6, minute=40, second=0, microsecond=0)
    return morning if morning <= now else morning - timedelta(days=1)


def _show(made: Made, folder: Path, language: Language) -> None:
    from menshen import console
    from menshen.outcome import ORDER, summary
    from reports.words import Say

    words = Say(language)
    counts = summary(made.run.findings)
    verdicts = say(", ", "，", language).join(f"{words(f'verdict.{one}')} {counts[one]}" for one in ORDER if counts[one])
    marks = Counter(str(item.mark) for item in made.report.items)
    moved = Counter(str(move.direction) for move in made.moved)
    rows = [
        [say("subjects", "对象", language), str(len(made.run.subjects))],
        [say("audits", "检查次数", language), str(len(made.plot.runs))],
        [say("last audit", "最近一次检查", language), verdicts],
        [
            say("checklist items", "清单项目", language),
            "  ".join(f"{words(f'mark.{one}')} {count}" for one, count in marks.items()),
        ],
        [
            say("moved in a week", "一周内变化", language),
            say(
                f"{moved['worse']} worse, {moved['better']} better, {moved['changed']} changed",
                f"变差 {moved['worse']}，变好 {moved['better']}，其他 {moved['changed']}",
                language,
            ),
        ],
        [say("ledger", "台账", language), say(f"{made.entries} entries, intact", f"{made.entries} 条记录，完整", language)],
    ]
    console.show(console.table([say("demonstration", "演示数据", language), str(folder)], rows), _next(folder, language))


def _next(folder: Path, language: Language) -> str:
    return say(
        f"""\
What to do next:
  open {folder}/report-en.pdf (Chinese: report-zh.pdf), read {folder}/drift.txt and {folder}/README.txt
  menshen drift --ledger {folder}/ledger.db
  menshen report --ledger {folder}/ledger.db --inventory {folder}/inventory -o again.pdf --lang en""",
        f"""\
接下来可以：
  打开 {folder}/report-zh.pdf（英文：report-en.pdf），查看 {folder}/drift.txt 和 {folder}/README.txt
  menshen drift --ledger {folder}/ledger.db
  menshen report --ledger {folder}/ledger.db --inventory {folder}/inventory -o again.pdf""",
        language,
    )
