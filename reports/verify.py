# SPDX-License-Identifier: Apache-2.0
"""Check a ledger without trusting it: every hash, every run's root over its findings, and an old report's head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports.ledger import RUN, fold, run_root

if TYPE_CHECKING:
    from reports.chain import Chain, Entry
    from reports.ledger import Key, Standing


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found: `problems` is empty where all is well; `head_at` is the time of the entry that has the head asked for."""

    entries: int
    runs: int
    head: str
    head_at: str | None
    problems: tuple[str, ...]


def verify(chain: Chain, head: str | None = None) -> Verified:
    """Recompute the chain and the roots; with `head` (at least eight digits, as a report prints it) look for its entry.

    Raises:
        reports.chain.BrokenChainError: an entry is missing, altered or out of place.
    """
    entries = chain.check()
    problems: list[str] = []
    standings: dict[Key, Standing] = {}
    runs, head_at = 0, None
    for entry in chain.entries():
        if head and entry.hash.startswith(head.lower()):
            head_at = entry.at
        if entry.kind == RUN:
            runs += 1
            fold(standings, entry)
            if _root(standings, entry) != entry.body["root"]:
                reason = f"entry {entry.sequence}: the root does not fit the findings of the run of {entry.at}"
                problems.append(reason)
    if head and head_at is None:
        reason = f"no entry has the head {head}: the ledger was cut or rewritten after that report, or it is another one"
        problems.append(reason)
    return Verified(entries, runs, chain.head(), head_at, tuple(problems))


def _root(standings: dict[Key, Standing], entry: Entry) -> str:
    covered, controls = {facts["name"] for facts in entry.body["subjects"]}, entry.body["controls"]
    seen = (
        standing.finding
        for (control, subject), standing in standings.items()
        if subject in covered and (controls is None or control in controls)
    )
    return run_root(seen)
