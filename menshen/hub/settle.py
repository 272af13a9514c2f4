# SPDX-License-Identifier: Apache-2.0
"""Bring what the hub acknowledged into the ledger: observations, findings, and a receipt over every request."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from agents.engine import Engine
from agents.hub import hosts, inbox, latest
from menshen import clock
from menshen.audit import evidence
from menshen.hub.memory import remembered, silent_after
from reports import merkle
from reports.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from agents.hub.database import Database
    from agents.hub.inbox import Received
    from menshen.connect import Evidence
    from menshen.hub.plan import SitePlan
    from menshen.subject import Subject

RECEIPT: Final = "hub"
# Requests that are settled together, and how long settled ones are kept, in seconds.
TOGETHER: Final = 2000
KEPT: Final = 2 * 86_400
STATUS_KEPT: Final = 3600


@dataclass
class Settler:
    """The one writer between the hub's inbox and the ledger."""

    database: Database
    plan: SitePlan
    ledger: Path
    _silent: set[str] = field(default_factory=set)

    def with_plan(self, plan: SitePlan) -> Settler:
        """Go on with another plan."""
        return replace(self, plan=plan)

    def run(self) -> int:
        """Settle all there is, and whoever fell silent; give how many requests that were."""
        count = 0
        with Ledger(self.ledger) as ledger:
            while received := inbox.unsettled(self.database, TOGETHER):
                self._settle(ledger, received)
                count += len(received)
            self._fallen_silent(ledger)
        now = int(time.time())
        inbox.forget(self.database, now - KEPT, now - STATUS_KEPT)
        return count

    def _settle(self, ledger: Ledger, received: Sequence[Received]) -> None:
        gathered = latest.gather(self.database, self.plan, received)
        with self.database.writing():
            latest.store(self.database, gathered.newest.values())
        self._judge(ledger, gathered.subjects)
        ledger.add(RECEIPT, clock.now(), _receipt(received))
        # Only now: whatever stops us before, the same requests are settled again, and the ledger says the same of them.
        with self.database.writing():
            inbox.settle(self.database, [one.sequence for one in received])

    def _judge(self, ledger: Ledger, names: Sequence[str]) -> None:
        subjects = [self.plan.subjects[name] for name in names if name in self.plan.subjects]
        if subjects:
            at = clock.now()
            audit = replace(self.plan.audit, at=at, evidence=evidence(ledger, at), ask=self._ask)
            ledger.record(audit.run(subjects))

    def _ask(self, subject: Subject, known: Evidence) -> AbstractContextManager[Engine]:
        return Engine(remembered(subject, known.at, self.database))

    def _fallen_silent(self, ledger: Ledger) -> None:
        before = int(time.time()) - silent_after()
        silent = {one.subject for one in hosts.listed(self.database) if one.subject and (one.review or one.seen_at < before)}
        self._judge(ledger, sorted(silent - self._silent))
        self._silent = silent


def _receipt(received: Sequence[Received]) -> dict[str, Any]:
    """Say what was received: each request's digest is a leaf under the root, in their order."""
    leaves = [f"{one.host}:{one.digest}".encode() for one in received]
    first, last = received[0].sequence, received[-1].sequence
    return {"requests": len(received), "first": first, "last": last, "root": merkle.root(leaves).hex()}


def receipts(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Give the receipts of a ledger, oldest first."""
    yield from (dict(body) for body in ledger.rows(RECEIPT))
