# SPDX-License-Identifier: Apache-2.0
"""`menshen drift`: what moved since a time, and since when it has been so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from menshen.commands.options import Json, LedgerFile
from menshen.language import of_environment, say
from menshen.trouble import exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.drift import Move
    from reports.ledger import Ledger

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help=say(
            "Compare with how things stood then (default: the run before the last one).",
            "与此时刻的状态比较（默认：倒数第二次检查）。",
        ),
    ),
]

HELP_EN = """Tell what moved: from which verdict to which, since when.

Example: menshen drift --since 2026-11-01
"""
HELP_ZH = """列出变化：哪个控制项在哪个对象上由何结论变为何结论，自何时起。

例：menshen drift --since 2026-11-01
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(help=say(HELP_EN, HELP_ZH))(drift)


def drift(since: Since = None, ledger: LedgerFile = None, *, as_json: Json = False) -> None:
    """Compare two states of the ledger; the exit code speaks of what grew worse or is new."""
    from menshen import clock, console
    from menshen.settings import ledger_path
    from reports.drift import Direction, moves
    from reports.ledger import Ledger

    with Ledger(ledger or ledger_path(), create=False) as opened:
        start = clock.read(since, end_of_day=False) if since else _before_last(opened)
        found = moves(opened.standings(as_of=start), opened.standings())
    if as_json:
        console.print_json({"since": start, "moves": [move.to_json() for move in found]})
    else:
        console.show(*renderables(start, found))
    wrong = {Direction.WORSE, Direction.NEW}
    raise typer.Exit(exit_code(move.after for move in found if move.after is not None and move.direction in wrong))


def _before_last(ledger: Ledger) -> str:
    times = [entry.at for entry in ledger.runs()]
    return times[-2] if len(times) > 1 else times[-1] if times else ""


def renderables(start: str, found: Sequence[Move]) -> list[object]:
    """Give what is printed of the moves since a time (UTC stamp)."""
    from menshen import clock, console
    from reports.words import Say

    when = clock.local(start) if start else say("the beginning", "最初")
    if not found:
        return [say(f"Nothing moved since {when}.", f"自 {when} 起没有变化。")]
    directions = {
        "worse": say("worse", "变差"),
        "better": say("better", "变好"),
        "changed": say("changed", "变化"),
        "new": say("new", "新增"),
        "gone": say("gone", "不再适用"),
    }
    words = Say(of_environment())
    rows = [
        [
            directions[move.direction],
            move.control,
            move.subject,
            words(f"verdict.{move.before}") if move.before else "–",
            words(f"verdict.{move.after}") if move.after else "–",
            clock.local(move.since) if move.since else "–",
            clock.local(move.last_good) if move.last_good else "–",
            clock.local(move.last_checked),
        ]
        for move in found
    ]
    columns = [
        say("moved", "变化"),
        say("control", "控制项"),
        say("subject", "对象"),
        say("before", "原结论"),
        say("now", "现结论"),
        say("since", "始于"),
        say("last good", "最近符合"),
        say("last checked", "最近检查"),
    ]
    return [say(f"Since {when}:", f"自 {when} 起："), console.table(columns, rows, whole=1)]
