# SPDX-License-Identifier: Apache-2.0
"""`menshen report`: the bank's checklist report from the ledger, as of any time."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from menshen.commands.options import AsOf, Checklist, Inventory, Json, Lang, LedgerFile
from menshen.language import ZH, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from menshen.writing import Wanted
    from policies.catalogue import Catalogue
    from policies.text import Language
    from reports.report import Report

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("The PDF to write.", "要生成的 PDF 文件。"))
]

HELP_EN = """Write the bank's checklist report from the ledger, as things stood at a time. Nothing is looked at anew.

Examples: menshen report -o report.pdf; menshen report -o october.pdf --as-of 2026-10-31 --lang en; menshen report --json
"""
HELP_ZH = """从台账生成银行检查清单报告，以某一时刻的状态为准；不重新检查。

例：menshen report -o report.pdf；menshen report -o october.pdf --as-of 2026-10-31；menshen report --json
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(report)


def report(  # noqa: PLR0913 - one parameter an option of the command line
    output: Output = None,
    as_of: AsOf = None,
    checklist: Checklist = "retail_credit",
    lang: Lang = None,
    ledger: LedgerFile = None,
    inventory: Inventory = None,
    *,
    as_json: Json = False,
) -> None:
    """Write or print the report."""
    from menshen import console, writing
    from menshen.settings import ledger_path
    from policies.catalogue import load
    from reports.ledger import Ledger

    if output is None and not as_json:
        raise TroubleError(say("say where to: -o FILE, or --json", "请指定输出：-o 文件，或 --json"))
    catalogue = load()
    with Ledger(ledger or ledger_path(), create=False) as opened:
        order = wanted(catalogue, output or Path("report.pdf"), checklist, lang or ZH, inventory, as_of)
        made = writing.write(catalogue, opened, order) if output else writing.build(catalogue, opened, order)
    if as_json:
        console.print_json(asdict(made))
    raise typer.Exit(_exit_code(made))


def wanted(
    catalogue: Catalogue, path: Path, checklist: str, language: Language, inventory: Path | None, as_of: str | None = None
) -> Wanted:
    """Gather what a report needs beside the ledger: the cover and the exceptions of an inventory."""
    from menshen import clock, profile
    from menshen.inventory import grants, hosts_file
    from menshen.settings import inventory_path
    from menshen.writing import Wanted

    beside = hosts_file(inventory or inventory_path()).parent
    moment = clock.read(as_of, end_of_day=True) if as_of else None
    return Wanted(path, checklist, language, moment, profile.load(beside / profile.FILE), grants(inventory, catalogue))


def _exit_code(made: Report) -> Exit:
    marks: set[Any] = {str(item.mark) for item in made.items}
    if marks & {"not_met", "partly_met"}:
        return Exit.FAILS
    return Exit.FINE if marks <= {"met", "not_applicable", "excepted"} else Exit.UNOBSERVED
