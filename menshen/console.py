# SPDX-License-Identifier: Apache-2.0
"""What people see on a terminal: tables on stdout, progress on stderr, JSON for programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.table import Table
    from rich.text import Text

# Wide enough for most evidence on one line, narrow enough to be read in an editor.
PIPE_WIDTH = 160
# Controls but for the line end and the tabulator, and the marks that reverse the direction of writing.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def write_out_what_has_no_code() -> None:
    """Let a terminal whose encoding lacks a character (GB 2312 has not all of ours) show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_json(document: object) -> None:
    """Print one JSON document, indented, UTF-8 whatever the locale."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(text.encode() + b"\n")


def visible(text: str) -> str:
    """Write out the characters by which a device's text could steer the terminal or turn the order of letters."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def width() -> int:
    """Give how many columns a line has: those of the terminal; in files and pipes what COLUMNS says, else `PIPE_WIDTH`."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return PIPE_WIDTH


def table(
    columns: Iterable[str], rows: Iterable[Sequence[str | Text]], *, title: str | None = None, whole: int | None = None
) -> Table:
    """Make a plain table; markup in cells is never read, since they hold what devices said.

    The column number `whole` keeps its cells on one line where half the width is enough for them: names are copied
    from there.
    """
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    made = RichTable(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    rows = list(rows)
    for number, column in enumerate(columns):
        widest = max((cell_len(str(row[number])) for row in rows), default=0) if number == whole else width()
        made.add_column(column, overflow="fold", no_wrap=widest <= width() // 2)
    for row in rows:
        made.add_row(*(RichText(visible(cell)) if isinstance(cell, str) else cell for cell in row))
    return made


def show(*renderables: object) -> None:
    """Print to stdout, in `width` columns.

    In files and pipes a line that is no table is never folded, so that what is searched for stands on one.
    """
    from rich.console import Console

    terminal = sys.stdout.isatty()
    console = Console(markup=False, highlight=False, width=width())
    if terminal:
        for renderable in renderables:
            console.print(renderable)
        return
    with console.capture() as caught:
        for renderable in renderables:
            console.print(renderable, soft_wrap=isinstance(renderable, str))
    # Tables fill their last column with blanks, which only make files larger and lines wrap.
    sys.stdout.writelines(line.rstrip() + "\n" for line in caught.get().removesuffix("\n").split("\n"))


def text(*renderables: object, width: int = 160) -> str:
    """Give what `show` would print, as plain text of a fixed width."""
    from io import StringIO

    from rich.console import Console

    console = Console(markup=False, highlight=False, width=width, file=StringIO())
    with console.capture() as caught:
        for renderable in renderables:
            console.print(renderable)
    return "\n".join(line.rstrip() for line in caught.get().splitlines()) + "\n"


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[str], None]]:
    """Show a bar on stderr while a block works, where a person watches; call the given function after each step."""
    if not sys.stderr.isatty():
        yield lambda _label: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda label: bar.update(task, advance=1, description=f"{what} {label}")


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr that a block works whose steps nobody can count, where a person watches."""
    if not sys.stderr.isatty():
        yield lambda _label: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda label: status.update(f"{what} {label}")


def tell(message: str) -> None:
    """Say on stderr what is happening."""
    sys.stderr.write(f"menshen: {message}\n")
