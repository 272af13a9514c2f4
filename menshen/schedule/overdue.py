# SPDX-License-Identifier: Apache-2.0
"""Find the jobs that should have run and did not: a timer that is off, a machine that slept, a run that never ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from menshen import clock
from menshen.schedule import systemd
from policies.text import Text
from reports.notify.notice import Notice, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from menshen.schedule.jobs import Job
    from menshen.schedule.state import Last, State


@dataclass(frozen=True, slots=True)
class Miss:
    """A time (UTC stamp) at which a job was due and did not begin; `last` is when it began before, "" for never."""

    due: str
    last: str


def miss(job: Job, last: Last, at: str) -> Miss | None:
    """Give the first time after its last beginning (or its installation) at which a job was due and is too late by now."""
    since = max(last.began, last.installed)
    if not since:
        return None
    due = systemd.elapses(job.when, since)
    if not due:
        return None
    patience = timedelta(minutes=job.jitter_minutes + job.grace_minutes)
    late = datetime.fromisoformat(due[0]) + patience < datetime.fromisoformat(at)
    return Miss(due[0], last.began) if late else None


def notices(jobs: Iterable[Job], state: State, at: str, *, running: str) -> list[Notice]:
    """Give a notice a job: overdue, or no longer so; `running` is the job that asks and has just run."""
    found = []
    for job in jobs:
        last = state.last(job.name)
        if last is not None and job.name != running:
            found.append(_notice(job.name, miss(job, last, at)))
    return found


def caught_up(job: Job, before: Last | None, at: str) -> list[Notice]:
    """Tell of a run that was missed and is only now made good: the alert and its end are both news."""
    missed = before and miss(job, before, at)
    return [_notice(job.name, missed)] if missed else []


def _notice(name: str, missed: Miss | None) -> Notice:
    title = Text(en="a scheduled run did not happen", zh="定时任务未按时运行")
    lines: tuple[Text, ...] = ()
    if missed:
        last = clock.local(missed.last) if missed.last else ""
        due = clock.local(missed.due)
        lines = (
            Text(en=f"due {due}", zh=f"应于 {due} 运行"),
            Text(en=f"last run {last or 'never'}", zh=f"上次运行：{last or '从未'}"),
        )
    due_at = missed.due if missed else None
    command = "menshen schedule list"
    return Notice(f"missed/{name}", Severity.CRITICAL, name, title, lines, due_at, command, healed=missed is None)
