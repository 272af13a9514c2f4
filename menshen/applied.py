# SPDX-License-Identifier: Apache-2.0
"""Remember in the ledger that somebody made things true: who, when, on which hosts, what changed, and what was taken back."""

from __future__ import annotations

import os
import platform
import pwd
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from menshen import __version__, clock
from reports.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from menshen.ansible import Host, Play

APPLY: Final = "apply"
# What the kernel says of a session nobody logged on to (audit_loginuid, -1 as an unsigned number).
NOBODY: Final = 2**32 - 1
KEPT: Final = ("changes", "open", "excepted", "not_applicable", "former", "guard", "failed", "unreachable")


def who() -> dict[str, str]:
    """Say who runs this: the account, who logged on as the kernel remembers it through sudo ("" for a timer), and where."""
    return {"user": _name(os.getuid()), "login": _login(), "node": platform.node()}


def _login() -> str:
    try:
        number = int(Path("/proc/self/loginuid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return ""
    return "" if number == NOBODY else _name(number)


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


@contextmanager
def remembered(path: Path, play: Play) -> Iterator[dict[str, Host]]:
    """Append one entry to the ledger at `path` when the block ends, however it ends; it fills in what happened on each host.

    Raises:
        LedgerError: the ledger cannot be written; before the block, so that nothing is changed that nobody remembers.
    """
    hosts: dict[str, Host] = {}
    started, error = clock.now(), ""
    with Ledger(path) as ledger:
        with ledger.chain.writing():
            pass
        try:
            yield hosts
        except BaseException as problem:
            error = " ".join(f"{type(problem).__name__} {problem}".split())
            raise
        finally:
            ledger.add(APPLY, clock.now(), body(play, hosts, started, error))


def body(play: Play, hosts: dict[str, Host], started: str, error: str) -> dict[str, Any]:
    """Give the entry's body; the text of files is not in it, only setting by setting what was and what is."""
    return {
        "by": who(),
        "started": started,
        "limit": play.limit,
        "controls": list(play.controls) or None,
        "guard_seconds": play.guard_seconds,
        "version": __version__,
        "hosts": {name: {key: getattr(host, key) for key in KEPT} for name, host in sorted(hosts.items())},
        "error": error,
    }
