# SPDX-License-Identifier: Apache-2.0
"""Tell what moved between two times: which control on which subject, from which verdict to which, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.records import Finding
    from reports.ledger import Standing


class Direction(StrEnum):
    """Which way something moved."""

    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that moved. `since` is when its present verdict was first seen; None once it is gone.

    `first_failed` is when a failure that still lasts was first seen, `last_good` when it was last met; None where never.
    """

    control: str
    subject: str
    direction: Direction
    before: Verdict | None
    after: Verdict | None
    since: str | None
    first_failed: str | None
    last_good: str | None
    last_checked: str
    finding: Finding

    def to_json(self) -> dict[str, object]:
        """Give the JSON form."""
        return {
            "control": self.control,
            "subject": self.subject,
            "direction": str(self.direction),
            "before": self.before and str(self.before),
            "after": self.after and str(self.after),
            "since": self.since,
            "first_failed": self.first_failed,
            "last_good": self.last_good,
            "last_checked": self.last_checked,
            "evidence": [dict(row) for row in self.finding.evidence],
            "reason": self.finding.reason,
        }


# How bad a verdict is: only the order matters. What nobody can say ranks between good and bad.
_RANK = {
    Verdict.PASS: 0,
    Verdict.NOT_APPLICABLE: 0,
    Verdict.EXCEPTED: 1,
    Verdict.MANUAL_DUE: 2,
    Verdict.UNKNOWN: 2,
    Verdict.ERROR: 3,
    Verdict.FAIL: 4,
}


def moves(before: Iterable[Standing], after: Iterable[Standing]) -> Sequence[Move]:
    """Compare two states of the ledger: the worst first, then by control and subject."""
    old = {(one.finding.control, one.finding.subject): one for one in before}
    new = {(one.finding.control, one.finding.subject): one for one in after}
    found = [move for key in old.keys() | new.keys() if (move := _move(old.get(key), new.get(key))) is not None]
    order = list(Direction)
    return sorted(found, key=lambda move: (order.index(move.direction), -_rank(move.after), move.control, move.subject))


def _rank(verdict: Verdict | None) -> int:
    return -1 if verdict is None else _RANK[verdict]


def _move(old: Standing | None, new: Standing | None) -> Move | None:
    if new is None:
        return None if old is None else _made(old, Direction.GONE, old.finding.verdict, None, None)
    if old is None:
        return _made(new, Direction.NEW, None, new.finding.verdict, new.since)
    before, after = old.finding.verdict, new.finding.verdict
    if before is after:
        return None
    difference = _RANK[after] - _RANK[before]
    direction = Direction.WORSE if difference > 0 else Direction.BETTER if difference < 0 else Direction.CHANGED
    return _made(new, direction, before, after, new.since)


def _made(standing: Standing, direction: Direction, before: Verdict | None, after: Verdict | None, since: str | None) -> Move:
    finding = standing.finding
    return Move(
        control=finding.control,
        subject=finding.subject,
        direction=direction,
        before=before,
        after=after,
        since=since,
        first_failed=standing.first_failed,
        last_good=standing.last_good,
        last_checked=standing.last_checked,
        finding=finding,
    )
