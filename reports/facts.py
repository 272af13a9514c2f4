# SPDX-License-Identifier: Apache-2.0
"""What a report is made from: findings with their history, subjects, the ledger's head, and the request itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.ledger import Standing

__all__ = ["LedgerFacts", "Request", "Standing", "SubjectFacts"]


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """One subject of the inventory; `last_observed` is UTC or None where nothing was ever observed."""

    name: str
    kind: str
    site: str
    groups: tuple[str, ...]
    os: str
    model: str
    last_observed: str | None


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The state of the ledger: `head` is 64 hexadecimal digits, times are UTC."""

    head: str
    entries: int
    runs: int
    first_at: str
    last_at: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: which checklist, in which language, for whom, as of when (UTC), written in which time zone.

    `offset` is minutes east of UTC. `classification` is `internal` or `confidential`.
    """

    checklist: str
    agency: str
    site: str
    bank: str
    report_number: str
    as_of: str
    lang: Literal["zh", "en"] = "zh"
    classification: Literal["internal", "confidential"] = "internal"
    offset: int = 480
    demonstration: bool = False
