# SPDX-License-Identifier: Apache-2.0
"""`menshen verify`: check a ledger offline, and that an old report belongs to it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from menshen.commands.options import Json, LedgerFile
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

Head = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="HEX",
        help=say("The ledger head an old report prints (8 digits or more).", "旧报告中印出的台账首部（至少 8 位）。"),
    ),
]
File = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help=say("A drill record (PDF) to check.", "要校验的演练记录（PDF）。")),
]
LEAST_DIGITS = 8

HELP_EN = """Check a ledger offline: every hash, every run's root over its findings, and that an old report belongs to it.

Exit code: 0 all is well, 1 something was altered, cut or does not belong, 2 unreadable.

With FILE, a drill record: plays the drill again from the evidence in the file, and looks for the file in the ledger.

Examples: menshen verify; menshen verify drill.pdf; menshen verify --ledger ledger.db --head d7a75663
"""
HELP_ZH = """离线校验台账：逐条核对哈希、每次检查的汇总根，以及旧报告是否出自此台账。

退出码：0 无误；1 有改动、截断或不相符；2 无法读取。

给出文件（演练记录）时：按随附证据重放演练，并在台账中查找该文件。

例：menshen verify；menshen verify drill.pdf；menshen verify --ledger ledger.db --head d7a75663
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(verify)


def verify(file: File = None, ledger: LedgerFile = None, head: Head = None, *, as_json: Json = False) -> None:
    """Verify."""
    if file is not None:
        _drill(file, ledger, as_json=as_json)
        return
    from menshen import clock, console
    from menshen.settings import ledger_path
    from reports.chain import BrokenChainError, Chain
    from reports.reasons import said
    from reports.verify import Verified
    from reports.verify import verify as check

    if head is not None and (len(head) < LEAST_DIGITS or set(head.lower()) - set("0123456789abcdef")):
        raise TroubleError(say("--head takes at least 8 hexadecimal digits", "--head 至少需要 8 位十六进制数字"))
    with Chain(ledger or ledger_path(), create=False) as chain:
        try:
            found = check(chain, head)
        except BrokenChainError as error:
            found = Verified(0, 0, "", None, (str(error),))
    if as_json:
        console.print_json({**asdict(found), "problems": list(found.problems)})
    elif found.problems:
        console.show(
            say("The ledger does not stand:", "台账未通过校验："), *(said(one, of_environment()) for one in found.problems)
        )
    else:
        console.show(
            say(
                f"The ledger stands: {found.entries} entries, {found.runs} audits, head {found.head}.",
                f"台账完整：{found.entries} 条记录，{found.runs} 次检查，首部 {found.head}。",
            )
        )
        if found.head_at:
            when = clock.local(found.head_at)
            console.show(say(f"The head {head} is that of {when}.", f"首部 {head} 对应 {when} 的记录。"))
    if found.problems:
        raise typer.Exit(Exit.FAILS)


def _drill(file: Path, ledger: Path | None, *, as_json: bool) -> None:
    from menshen import console
    from menshen.drill_filing import problems
    from menshen.settings import ledger_path
    from reports.pdf.drill_file import NoEvidenceError
    from reports.reasons import said

    language = of_environment()
    try:
        document, found = problems(file, ledger or ledger_path())
    except NoEvidenceError as error:
        raise TroubleError(said(str(error), language)) from error
    number, result = document.get("number", ""), document.get("result", "")
    if as_json:
        console.print_json({"file": str(file), "number": number, "result": result, "problems": found})
    elif found:
        console.show(say("The drill record does not stand:", "演练记录未通过校验："), *(said(one, language) for one in found))
    else:
        console.show(
            say(
                f"The drill record {number} stands: the drill comes out the same, and the ledger knows it.",
                f"演练记录 {number} 有效：重放结果一致，且台账中有记录。",
            )
        )
    if found:
        raise typer.Exit(Exit.FAILS)
