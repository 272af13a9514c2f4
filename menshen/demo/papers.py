# SPDX-License-Identifier: Apache-2.0
"""What the people of the imagined site file and inspect: most of it in time, some of it not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.ledger import ATTESTATION, DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

    from policies.control import Control

DAY = 86400
VALID_DAYS = 400


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry for the ledger: when it is brought, an attestation or a document, and its row."""

    at: int
    kind: str
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Office:
    """Who brings papers: from `start` to `end` (Unix seconds), as the story says."""

    start: int
    end: int
    story: Mapping[str, Any]
    chance: Random

    def papers(self, control: Control, every_days: int) -> Iterator[Paper]:
        """Give all papers of one control of the site, each as it is brought."""
        person = self.chance.choice(self.story["people"])
        for made in self._times(control.id, every_days * DAY):
            yield self._inspection(control, made, person) if control.inspect else self._document(control, made, person)
        for found in self.story["found"]:
            if found["control"] == control.id:
                yield self._inspection(control, self.end - found["from"] * DAY, person, found["note"])
                if "until" in found:
                    yield self._inspection(control, self.end - found["until"] * DAY, person)

    def _times(self, control: str, period: int) -> list[int]:
        """Give when it was made: a last time before the start, then again shortly before each is due."""
        phase = int(period * self.chance.uniform(0.1, 0.8))
        if control in self.story["missing"]:
            return []
        if control in self.story["overdue"]:
            return [self.end - period - period // 5 - DAY]
        if control in self.story["expired"]:
            return [self.end - period // 2]
        step = max(period * 9 // 10, DAY // 2)
        return list(range(self.start - phase, self.end, step))

    def _document(self, control: Control, made: int, person: str) -> Paper:
        ended = control.id in self.story["expired"]
        name = f"{control.title.zh}（演示）"
        row = {
            "control": control.id,
            "name": name,
            "version": "1.0",
            "owner": person,
            "approved_at": made,
            "valid_until": self.end - 6 * DAY if ended else made + VALID_DAYS * DAY,
            "sha256": _digest(name, made),
            "added_at": max(made, self.start),
        }
        return Paper(max(made, self.start), DOCUMENT, row)

    def _inspection(self, control: Control, made: int, person: str, found: str = "") -> Paper:
        row = {
            "control": control.id,
            "subject": "",
            "result": "fail" if found else "pass",
            "inspector": person,
            "inspected_at": made,
            "note": found or "正常",
            "files": 1,
            "sha256": _digest(control.id, made),
        }
        return Paper(max(made, self.start), ATTESTATION, row)


def _digest(name: str, made: int) -> str:
    """Stand in for the hash of a photo or file that does not exist."""
    return hashlib.sha256(f"demonstration {name} {made}".encode()).hexdigest()
