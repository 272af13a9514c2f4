# SPDX-License-Identifier: Apache-2.0
"""The command line: one program, a command for each thing a user wants."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

import typer

from menshen import console
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from collections.abc import Sequence

# In the order of the help: a module of menshen.commands each.
COMMANDS: Final = (
    "audit",
    "report",
    "verify",
    "plan",
    "drift",
    "query",
    "catalogue",
    "alerts",
    "schedule",
    "exception",
    "agent",
    "compile",
    "hub",
    "inspect",
    "evidence",
    "doctor",
    "firmware",
    "demo",
    "watch",
    "outage",
    "test",
)

app = typer.Typer(
    name="menshen",
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    invoke_without_command=True,
    help=say(
        "Menshen: keep workstations and the site as the bank demands, and prove it.",
        "门神：按银行要求管好终端与场地，并拿得出证明。",
    ),
)
def front_door(context: typer.Context) -> None:
    """Greet whoever gives no command."""
    if context.invoked_subcommand is None:
        from menshen.welcome import welcome

        typer.echo(welcome())


def _register() -> None:
    for name in COMMANDS:
        import_module(f"menshen.commands.{name}").register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; every error the user can mend is one sentence on stderr, code 2."""
    console.write_out_what_has_no_code()
    _register()
    try:
        app(args=None if arguments is None else list(arguments), prog_name="menshen")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else Exit.USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read us has gone (`menshen tables | head`); writing on would only raise again at exit.
        sys.stderr.close()
        return 141
    except tuple(known_errors()) as error:
        typer.echo(console.visible(f"menshen: {_words(error)}"), err=True)
        return Exit.USAGE
    return Exit.FINE


def _words(error: Exception) -> str:
    """Say an error in the reader's language; what is wrong with files, a line each."""
    from policies.problems import CatalogueError
    from reports.reasons import said

    language = of_environment()
    if isinstance(error, CatalogueError):
        lines = [str(replace(problem, message=said(problem.message, language))) for problem in error.problems]
        return "\n".join([say(f"{len(lines)} problems in these files:", f"文件中有 {len(lines)} 处问题："), *lines])
    return said(str(error), language)


def known_errors() -> list[type[Exception]]:
    """List the errors the user can mend."""
    from agents.engine import QueryError
    from agents.packs import PackError
    from agents.source import NotObservedError, NotServedError
    from policies.problems import CatalogueError
    from policies.records import RecordError
    from policies.resolve import ResolveError
    from policies.schema import UnknownTableError
    from reports.chain import LedgerError
    from reports.notify.memory import AlertStateError

    known = [
        TroubleError,
        PackError,
        CatalogueError,
        RecordError,
        ResolveError,
        LedgerError,
        AlertStateError,
        QueryError,
        NotServedError,
        NotObservedError,
        UnknownTableError,
    ]
    # Only whoever was writing a report can have met its errors.
    pages = sys.modules.get("reports.pdf")
    return [*known, pages.ReportError] if pages else known
