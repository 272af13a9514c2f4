# SPDX-License-Identifier: Apache-2.0
"""The plain data in which the rooms meet: an observation (what was seen) and a finding (what it means).

Both are frozen, go to JSON and back without loss, and carry the version of their shape.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.verdict import Cell

SHAPE = 1

_Record = TypeVar("_Record")


class RecordError(ValueError):
    """A stored record has a shape this version cannot read."""


class Outcome(StrEnum):
    """How a look at a subject ended."""

    ROWS = "rows"
    INAPPLICABLE = "inapplicable"
    UNOBSERVED = "unobserved"
    ERROR = "error"


def canonical(value: object) -> str:
    """Write `value` as the one JSON text it has: sorted keys, no spaces, non-ASCII as it is, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: object) -> str:
    """Hash the canonical JSON of `value`: 64 lower-case hexadecimal digits of SHA-256."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Observation:
    """The rows one control's query returned on one subject.

    `rows` is empty unless `outcome` is `rows`; `reason` then says why nothing was seen (in English, one line).
    `observed_at` is UTC, ISO 8601 with a `Z`; `source` names the connection and collector, such as `local/menshen 0.1.0`.
    """

    control: str
    subject: str
    kind: str
    outcome: Outcome
    observed_at: str
    source: str
    columns: tuple[str, ...] = ()
    rows: tuple[Mapping[str, Cell], ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form, `shape` included."""
        return {
            "shape": SHAPE,
            "control": self.control,
            "subject": self.subject,
            "kind": self.kind,
            "outcome": str(self.outcome),
            "observed_at": self.observed_at,
            "source": self.source,
            "columns": list(self.columns),
            "rows": [dict(row) for row in self.rows],
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Observation:
        """Read the JSON form.

        Raises:
            RecordError: another shape version, or a member is missing.
        """
        members = _members(document)
        members["outcome"] = Outcome(members["outcome"])
        members["columns"] = tuple(members["columns"])
        members["rows"] = tuple(members["rows"])
        return _build(cls, members)


@dataclass(frozen=True, slots=True)
class Finding:
    """One control on one subject, judged.

    `parameters` holds the values judged against, `provenance` for each of them where it came from
    (see `policies.merge`). `evidence` is the rows, at most `policies.judge.EVIDENCE_LIMIT` of them with those
    that are not ok first; `evidence_total` is how many there were. `actual` is the verdict without the exception
    (equal to `verdict` except when that is `excepted`); `exception` is that exception's id or "".
    """

    control: str
    subject: str
    kind: str
    verdict: Verdict
    evidence: tuple[Mapping[str, Cell], ...]
    evidence_total: int
    parameters: Mapping[str, Any]
    provenance: Mapping[str, Any]
    checked_at: str
    source: str
    reason: str = ""
    actual: Verdict = field(default=Verdict.UNKNOWN)
    exception: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form, `shape` included."""
        return {
            "shape": SHAPE,
            "control": self.control,
            "subject": self.subject,
            "kind": self.kind,
            "verdict": str(self.verdict),
            "evidence": [dict(row) for row in self.evidence],
            "evidence_total": self.evidence_total,
            "parameters": dict(self.parameters),
            "provenance": dict(self.provenance),
            "checked_at": self.checked_at,
            "source": self.source,
            "reason": self.reason,
            "actual": str(self.actual),
            "exception": self.exception,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Finding:
        """Read the JSON form.

        Raises:
            RecordError: another shape version, or a member is missing.
        """
        members = _members(document)
        members["verdict"] = Verdict(members["verdict"])
        members["actual"] = Verdict(members["actual"])
        members["evidence"] = tuple(members["evidence"])
        return _build(cls, members)

    def digest(self) -> str:
        """Hash everything but the time of the check: equal digests mean that nothing changed."""
        document = self.to_json()
        del document["checked_at"]
        return digest(document)


def _members(document: Mapping[str, Any]) -> dict[str, Any]:
    if document.get("shape") != SHAPE:
        message = f"record of shape {document.get('shape')!r}; this version reads shape {SHAPE}"
        raise RecordError(message)
    return {key: value for key, value in document.items() if key != "shape"}


def _build(kind: type[_Record], members: dict[str, Any]) -> _Record:
    try:
        return kind(**members)
    except TypeError as error:
        message = f"not a {kind.__name__.lower()}: {error}"
        raise RecordError(message) from error
