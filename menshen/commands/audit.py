# SPDX-License-Identifier: Apache-2.0
"""`menshen audit`: look, judge, remember, and print what is met and what is not."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands.options import Checklist, Inventory, Json, Lang, LedgerFile, Limit
from menshen.fleet import HOST_SECONDS, PARALLEL, Fleet
from menshen.language import ZH, of_environment, say
from menshen.trouble import TroubleError, exit_code

if TYPE_CHECKING:
    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from reports.ledger import Ledger, Run

ReportFile = Annotated[
    Path | None,
    typer.Option(
        "--report",
        "-o",
        metavar="FILE",
        help=say("Write the bank's checklist report (PDF) too.", "同时生成银行检查清单报告（PDF）。"),
    ),
]
Baselines = Annotated[
    list[str] | None,
    typer.Option(
        "--baseline",
        "-b",
        metavar="ID",
        help=say("Judge this machine by this baseline (repeat for more).", "按此基线检查本机（可重复）。"),
    ),
]
Banks = Annotated[
    list[str] | None,
    typer.Option(
        "--bank", metavar="ID", help=say("Add the baselines of this bank (repeat for more).", "叠加此银行的基线（可重复）。")
    ),
]
Controls = Annotated[
    list[str] | None,
    typer.Option("--control", "-c", metavar="ID", help=say("Only this control (repeat for more).", "只检查此控制项（可重复）。")),
]
Everything = Annotated[bool, typer.Option("--all", help=say("Print what is met, too.", "连同已符合的一并列出。"))]

Parallel = Annotated[
    int,
    typer.Option(
        "--parallel",
        metavar="N",
        min=1,
        max=512,
        help=say("Look at so many hosts at once over SSH.", "经 SSH 同时检查的主机数。"),
    ),
]
HostSeconds = Annotated[
    float,
    typer.Option(
        "--host-seconds",
        metavar="N",
        min=1,
        help=say("Give a host up after so many seconds.", "单台主机超过此秒数即放弃。"),
    ),
]

HELP_EN = """Look at the subjects, judge them, remember the findings, and say what is met and what is not.

Without --limit or --inventory: this machine, by the baselines agent_pc and linux_server merged to the strictest,
and the site's papers and inspections. It only reads.
Exit code: 0 nothing wrong, 1 something fails, 2 usage or configuration error, 3 nothing fails but something is not observed.

Examples: menshen audit; menshen audit --report report.pdf --lang en; menshen audit --limit servers --json
"""
HELP_ZH = """检查对象、作出结论、记入台账，并列出符合与不符合之处。

不带 --limit 或 --inventory 时检查本机（agent_pc 与 linux_server 两条基线取最严）及场所的文件与人工检查记录。只读取、不改动。
退出码：0 无问题；1 有不符合；2 用法或配置错误；3 没有不符合，但有未能观测的内容。

例：menshen audit；menshen audit --report report.pdf；menshen audit --limit servers --json
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(audit)


def audit(  # noqa: PLR0913, PLR0917 - one parameter an option of the command line
    report: ReportFile = None,
    limit: Limit = None,
    inventory: Inventory = None,
    baseline: Baselines = None,
    bank: Banks = None,
    control: Controls = None,
    checklist: Checklist = "retail_credit",
    lang: Lang = None,
    ledger: LedgerFile = None,
    parallel: Parallel = PARALLEL,
    host_seconds: HostSeconds = HOST_SECONDS,
    *,
    everything: Everything = False,
    as_json: Json = False,
) -> None:
    """Audit."""
    from menshen import console
    from menshen.outcome import document, show
    from menshen.settings import ledger_path
    from policies.catalogue import load

    catalogue = load(whole=report is not None)
    subjects = _subjects(limit, inventory, tuple(baseline or ()), tuple(bank or ()))
    with _opened(ledger or ledger_path()) as opened:
        run = _record(catalogue, subjects, inventory, tuple(control or ()), opened, Fleet(parallel, host_seconds))
        if as_json:
            console.print_json(document(run))
        else:
            show(catalogue, run, lang or of_environment(), everything=everything)
        if report is not None:
            from menshen.commands.report import wanted
            from menshen.writing import write

            write(catalogue, opened, wanted(catalogue, report, checklist, lang or ZH, inventory))
    raise typer.Exit(exit_code(finding.verdict for finding in run.findings))


def _opened(path: Path) -> Ledger:
    from reports.ledger import Ledger

    return Ledger(path)


def _subjects(limit: str | None, inventory: Path | None, baselines: tuple[str, ...], banks: tuple[str, ...]) -> list[Subject]:
    from menshen.settings import inventory_path
    from menshen.subject import this_machine

    if limit is None and inventory is None:
        return this_machine(baselines, banks)
    if baselines or banks:
        raise TroubleError(
            say(
                "--baseline and --bank are for this machine; in an inventory, write menshen_baselines and menshen_banks",
                "--baseline 和 --bank 只用于本机；主机清单中请写 menshen_baselines 和 menshen_banks",
            )
        )
    from menshen.inventory import read

    return read(inventory or inventory_path(), limit or "all")


def _record(
    catalogue: Catalogue,
    subjects: list[Subject],
    inventory: Path | None,
    controls: tuple[str, ...],
    ledger: Ledger,
    fleet: Fleet,
) -> Run:
    from menshen import clock, console, series
    from menshen.audit import Audit, ask, evidence
    from menshen.inventory import grants

    at = clock.now()
    asking = partial(ask, seconds=fleet.seconds)
    known = evidence(ledger, at)
    audit = Audit(catalogue, grants(inventory, catalogue), known, at, controls, asking, fleet=fleet)
    with console.progress(len(subjects), say("auditing", "检查中")) as step:
        run = audit.run(subjects, step)
    ledger.record(run)
    series.remember(ledger, subjects, asking, known, at)
    return run
