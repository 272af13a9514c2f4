# SPDX-License-Identifier: Apache-2.0
"""What went wrong that the user can mend, and the exit codes (DESIGN §9)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from menshen.language import say
from policies.problems import nearest
from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Exit(IntEnum):
    """0 nothing wrong; 1 something fails; 2 usage or configuration error; 3 nothing fails, but something is not observed."""

    FINE = 0
    FAILS = 1
    USAGE = 2
    UNOBSERVED = 3


class TroubleError(Exception):
    """A usage or configuration error: the message says what is wrong and what to do; exit code 2."""


def demand_controls(wanted: Iterable[str], known: Collection[str]) -> None:
    """Refuse the first of the wanted control ids that is not known, with the nearest one.

    Raises:
        TroubleError: there is such an id.
    """
    for name in wanted:
        if name not in known:
            hint = nearest(name, known) or say("; `menshen controls` lists them", "；可用 menshen controls 查看全部")
            raise TroubleError(say(f"no such control: {name}", f"没有此控制项：{name}") + hint)


_OPEN = frozenset({Verdict.UNKNOWN, Verdict.ERROR, Verdict.MANUAL_DUE})


def exit_code(verdicts: Iterable[Verdict]) -> Exit:
    """Give the exit code of a set of verdicts."""
    seen = set(verdicts)
    if Verdict.FAIL in seen:
        return Exit.FAILS
    return Exit.UNOBSERVED if seen & _OPEN else Exit.FINE
