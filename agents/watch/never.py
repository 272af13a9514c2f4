# SPDX-License-Identifier: Apache-2.0
"""A block in which this process cannot start another one, whatever its code tries."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# The interpreter's own audit events before a process begins (PEP 578, docs.python.org/3/library/audit_events.html).
_STARTS: Final = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn"}
)
_depth = 0
_installed = False


class ProcessRefusedError(RuntimeError):
    """Something tried to start a process where none may be started."""


def _refuse(event: str, _: object) -> None:
    if _depth and event in _STARTS:
        raise ProcessRefusedError(f"a drill runs no command: {event} was refused")


@contextmanager
def no_process() -> Iterator[None]:
    """Refuse every start of a process within the block, in all threads."""
    global _depth, _installed  # noqa: PLW0603 - an audit hook is the interpreter's and cannot be taken away
    if not _installed:
        sys.addaudithook(_refuse)
        _installed = True
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
