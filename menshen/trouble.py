# SPDX-License-Identifier: Apache-2.0
"""What went wrong that the user can mend, and the exit codes (DESIGN §9)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable


class Exit(IntEnum):
    """0 nothing wrong; 1 something fails; 2 usage or configuration error; 3 nothing fails, but something is not observed."""

    FINE = 0
    FAILS = 1
    USAGE = 2
    UNOBSERVED = 3


class TroubleError(Exception):
    """A usage or configuration error: the message says what is wrong and what to do; exit code 2."""


_OPEN = frozenset({Verdict.UNKNOWN, Verdict.ERROR, Verdict.MANUAL_DUE})


def exit_code(verdicts: Iterable[Verdict]) -> Exit:
    """Give the exit code of a set of verdicts."""
    seen = set(verdicts)
    if Verdict.FAIL in seen:
        return Exit.FAILS
    return Exit.UNOBSERVED if seen & _OPEN else Exit.FINE
