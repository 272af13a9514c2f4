# SPDX-License-Identifier: Apache-2.0
"""From an observation to a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies import verdict
from policies.records import Finding, Outcome
from policies.verdict import AnswerError, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.exception import Grant
    from policies.records import Observation
    from policies.resolve import Resolved
    from policies.verdict import Row

EVIDENCE_LIMIT = 100

_WITHOUT_ROWS: Mapping[Outcome, Verdict] = {
    Outcome.INAPPLICABLE: Verdict.NOT_APPLICABLE,
    Outcome.UNOBSERVED: Verdict.UNKNOWN,
    Outcome.ERROR: Verdict.ERROR,
}


def judge(resolved: Resolved, provenance: Mapping[str, Any], observation: Observation, grant: Grant | None = None) -> Finding:
    """Judge what was observed against what was demanded.

    `grant` is the exception that covers this control on this subject on the day of the observation, or None: the caller
    has asked `Grant.covers`. It turns `fail` into `excepted`, unless it grants other values: then `resolved` already
    demands those, and who misses even them fails. A broken answer convention becomes `error` with its reason.

    Raises:
        ValueError: the observation is of another control or kind.
    """
    if (resolved.control, resolved.kind) != (observation.control, observation.kind):
        raise ValueError(
            f"{resolved.control} on {resolved.kind} cannot be judged by rows of {observation.control} on {observation.kind}"
        )
    actual, reason = _verdict(resolved, observation)
    excepted = actual is Verdict.FAIL and grant is not None and not grant.parameters
    evidence = () if actual is Verdict.ERROR else observation.rows
    return Finding(
        control=resolved.control,
        subject=observation.subject,
        kind=resolved.kind,
        verdict=Verdict.EXCEPTED if excepted else actual,
        evidence=_worst_first(evidence),
        evidence_total=len(evidence),
        parameters=resolved.parameters,
        provenance=provenance,
        checked_at=observation.observed_at,
        source=observation.source,
        reason=reason,
        actual=actual,
        exception=grant.id if excepted and grant else "",
    )


def _verdict(resolved: Resolved, observation: Observation) -> tuple[Verdict, str]:
    if observation.outcome is not Outcome.ROWS:
        return _WITHOUT_ROWS[observation.outcome], observation.reason
    try:
        found = verdict.of_rows(observation.columns, observation.rows)
    except AnswerError as error:
        return Verdict.ERROR, str(error)
    if found is Verdict.UNKNOWN:
        return (Verdict.MANUAL_DUE if resolved.manual else found), _why(resolved, observation.rows)
    return found, observation.reason


def _why(resolved: Resolved, rows: Sequence[Row]) -> str:
    if resolved.manual:
        return "the newest record is too old or no longer valid" if rows else "no record"
    silent = sum(verdict.is_ok(row["ok"]) is None for row in rows)
    return f"{silent} of {len(rows)} rows could not say" if rows else "the query gave no row"


def _worst_first(rows: Sequence[Row]) -> tuple[Row, ...]:
    rank = {False: 0, None: 1, True: 2}
    return tuple(sorted(rows, key=lambda row: rank[verdict.is_ok(row["ok"])])[:EVIDENCE_LIMIT])
