# SPDX-License-Identifier: Apache-2.0
"""Ask many subjects one question: those of the hub answer as they check in, the others are gone to, side by side."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.connections.deadline import given_up
from agents.engine import Engine, NotObservedError, NotServedError, QueryError
from agents.hub import campaigns, hosts
from menshen import connect
from menshen.fleet import Fleet
from menshen.hub.memory import opened
from menshen.language import say
from menshen.looks import Looks
from menshen.subject import HUB
from menshen.trouble import TroubleError
from policies.lint import complaints
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agents.hub.database import Database
    from menshen.subject import Subject

POLL_SECONDS: Final = 0.5


@dataclass
class Answers:
    """What came: rows with their subject, and why some gave none; `waiting` are those that have not answered."""

    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def add(self, subject: str, rows: Iterable[dict[str, Any]]) -> None:
        """Add what a subject answered."""
        self.answered.append(subject)
        for row in rows:
            self.columns += [name for name in row if name not in self.columns]
            self.rows.append({"subject": subject, **row})

    def to_json(self) -> dict[str, Any]:
        """Give the document of `query --subjects --json`."""
        errors = [{"subject": subject, "message": message} for subject, message in sorted(self.errors.items())]
        rows = sorted(self.rows, key=lambda row: str(row["subject"]))
        return {
            "columns": ["subject", *self.columns],
            "rows": rows,
            "answered": sorted(self.answered),
            "errors": errors,
            "waiting": sorted(self.waiting),
        }


def ask(subjects: Sequence[Subject], sql: str, seconds: float, step: Callable[[str], None]) -> Answers:
    """Ask, and wait for `seconds` at most; `step` is called with each subject's name as it answers.

    Raises:
        TroubleError: the SQL does not fit the tables of a subject's kind.
    """
    for kind in sorted({one.kind for one in subjects}):
        if wrong := complaints(sql, kind, judges=False):
            raise TroubleError(say(f"{kind}: {wrong[0]}", f"{kind}：{said(wrong[0], 'zh')}"))
    answers = Answers()
    pulling = [one for one in subjects if one.connection == HUB]
    if pulling:
        with opened() as database:
            name, names = _started(database, pulling, sql, seconds, answers)
            _others(subjects, sql, seconds, answers, step)
            _collect(database, name, names, time.monotonic() + seconds, answers, step)
    else:
        _others(subjects, sql, seconds, answers, step)
    return answers


def _started(
    database: Database, subjects: Sequence[Subject], sql: str, seconds: float, answers: Answers
) -> tuple[str, dict[str, str]]:
    enrolled = {one.subject: one for one in hosts.listed(database)}
    names: dict[str, str] = {}
    for one in subjects:
        host = enrolled.get(one.name)
        if host is None or not host.judged:
            reason = "no osqueryd has enrolled as this host yet"
            answers.errors[one.name] = reason if host is None else host.review
        else:
            names[host.id] = one.name
    return campaigns.start(database, sql, names, int(time.time()), int(seconds) + 1), names


def _others(subjects: Sequence[Subject], sql: str, seconds: float, answers: Answers, step: Callable[[str], None]) -> None:
    going = [one for one in subjects if one.connection != HUB]
    looks = Looks(going, lambda subject: _asked(subject, sql, seconds), Fleet(seconds=seconds))
    for subject, found in looks.results(lambda _: given_up(seconds)):
        if isinstance(found, str):
            answers.errors[subject.name] = found
        else:
            answers.add(subject.name, found)
        step(subject.name)


def _asked(subject: Subject, sql: str, seconds: float) -> list[dict[str, Any]] | str:
    try:
        with connect.opened(subject, connect.Evidence(), seconds) as source, Engine(source) as engine:
            return [dict(row) for row in engine.query(sql).rows]
    except (NotObservedError, NotServedError, QueryError) as error:
        return str(error)


def _collect(
    database: Database, name: str, names: dict[str, str], until: float, answers: Answers, step: Callable[[str], None]
) -> None:
    left = dict(names)
    try:
        while left:
            for one in campaigns.answers(database, name):
                subject = left.pop(one.host, None)
                if subject is None:
                    continue
                if one.status:
                    answers.errors[subject] = one.message or f"status {one.status}"
                else:
                    answers.add(subject, one.rows)
                step(subject)
            if time.monotonic() > until:
                break
            time.sleep(POLL_SECONDS if left else 0)
    finally:
        campaigns.stop(database, name)
    answers.waiting = list(left.values())
