# SPDX-License-Identifier: Apache-2.0
"""Let an inspection answer for a machine that cannot answer for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from policies import template, verdict
from policies.manual import EVERY_DAYS, HAND_SQL, SITE
from policies.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from menshen.connect import Evidence
    from menshen.subject import Subject
    from policies.control import Control
    from policies.parameter import Value
    from policies.records import Observation

SOURCE = "ledger/menshen"


def answered(control: Control, values: Mapping[str, Value], subject: Subject, evidence: Evidence, seen: Observation) -> Observation:
    """Give what the newest inspection of this very machine says where the machine itself said nothing; else `seen` as it is.

    A machine that answers, well or badly, is always believed before any photo.
    """
    if control.inspect is None or subject.kind == SITE or not _silent(seen):
        return seen
    mine = [row for row in evidence.attestations if row.get("control") == control.id and row.get("subject") == subject.name]
    if not mine:
        return seen
    model = next((str(row["model"]) for row in seen.rows if row.get("model")), subject.facts.get("model", ""))
    asked = {"control": control.id, "subject": subject.name, EVERY_DAYS: values[EVERY_DAYS]}
    sql = template.in_sql(HAND_SQL, {**asked, "model": model, "machine": _why(seen)})
    now = int(datetime.fromisoformat(evidence.at).timestamp())
    source = RecordedSource(SITE, {"attestations": mine, "time": [{"unix_time": now}]}, SOURCE)
    with Engine(source) as engine:
        found = engine.query(sql)
    return replace(seen, outcome=Outcome.ROWS, source=SOURCE, columns=found.columns, rows=tuple(found.rows), reason="")


def _silent(seen: Observation) -> bool:
    if seen.outcome is Outcome.ROWS:
        try:
            return verdict.of_rows(seen.columns, seen.rows) is verdict.Verdict.UNKNOWN
        except verdict.AnswerError:
            return False
    return seen.outcome in {Outcome.UNOBSERVED, Outcome.ERROR}


def _why(seen: Observation) -> str:
    states = sorted({str(row["state"]) for row in seen.rows if row.get("state")})
    return (seen.reason or ", ".join(states) or "no answer").replace("\0", "")
