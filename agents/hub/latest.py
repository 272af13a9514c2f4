# SPDX-License-Identifier: Apache-2.0
"""From what hosts sent to the newest thing seen of each control on each subject."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.hub import hosts, inbox, names, wire
from policies.compile.question import answered
from policies.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agents.hub.database import Database
    from agents.hub.hosts import Host
    from agents.hub.inbox import Received
    from agents.hub.plan import Plan
    from agents.hub.wire import Answer
    from policies.verdict import Cell

# A host's clock may be wrong by so many seconds before its time is not believed at all.
AHEAD: Final = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one control on one subject: `digest` names the question, `observed_at` is seconds since 1970."""

    subject: str
    control: str
    digest: str
    observed_at: int
    outcome: Outcome
    reason: str
    rows: Sequence[Mapping[str, Cell]]
    source: str


@dataclass(slots=True)
class Gathered:
    """What some requests came to: who has news, and the newest of each control."""

    newest: dict[tuple[str, str], Seen] = field(default_factory=dict)

    @property
    def subjects(self) -> list[str]:
        """Name the subjects with news."""
        return sorted({subject for subject, _ in self.newest})

    def add(self, seen: Seen) -> None:
        """Keep what was seen, unless something newer is there."""
        known = self.newest.get((seen.subject, seen.control))
        if known is None or known.observed_at <= seen.observed_at:
            self.newest[seen.subject, seen.control] = seen


def gather(database: Database, plan: Plan, received: Sequence[Received]) -> Gathered:
    """Read what some requests say, of hosts that are judged."""
    known = {one.id: one for one in hosts.listed(database) if one.judged}
    gathered = Gathered()
    for one in received:
        host = known.get(one.host)
        if host is not None and one.kind != inbox.STATUS:
            for seen in _of(host, plan, one):
                gathered.add(seen)
    return gathered


def _of(host: Host, plan: Plan, received: Received) -> Iterator[Seen]:
    content = inbox.loaded(received.body)
    source = f"hub/osqueryd {content['version']}".strip()
    if received.kind == inbox.RESULT:
        yield from _snapshots(host, content["lines"], received.received_at, source)
        return
    subject, at = str(host.subject), int(content["at"])
    for control, (digest, status, message, rows) in content["answers"].items():
        yield _seen(subject, control, digest, at, wire.Answer(status, message, rows), source)
    for one in plan.questions(subject):
        if one.own and one.control not in content["answers"]:
            reason = f"osqueryd here has no table {', '.join(one.own)}: Menshen's extension does not run beside it"
            yield Seen(subject, one.control, one.digest, at, Outcome.UNOBSERVED, reason, [], source)


def _snapshots(host: Host, lines: Iterable[Any], now: int, source: str) -> Iterator[Seen]:
    for line in lines:
        named = names.of_schedule(str(line.get("name", "")))
        if named is None or line.get("action") != "snapshot":
            continue
        at = _time(line.get("unixTime"), now)
        try:
            rows = wire.rows(line["snapshot"]) if "snapshot" in line else None
        except wire.WireError:
            rows = None
        if rows is None:
            reason = "osqueryd sent the rows of a snapshot one by one or broken (logger_snapshot_event_type must be off)"
            yield Seen(str(host.subject), named.control, named.digest, at, Outcome.UNOBSERVED, reason, [], source)
        else:
            yield _seen(str(host.subject), named.control, named.digest, at, wire.Answer(0, "", rows), source)


def _time(value: Any, now: int) -> int:
    # Numbers in the code of osqueryd, texts in its documentation; a clock that is ahead must not outlive what is newer.
    text = str(value)
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else now  # noqa: PLR2004 - seconds
    return found if found <= now + AHEAD else now


def _seen(subject: str, control: str, digest: str, at: int, answer: Answer, source: str) -> Seen:
    if answer.status:
        outcome, reason = _failed(answer)
        return Seen(subject, control, digest, at, outcome, reason, [], source)
    try:
        applies, rows = answered(answer.rows)
    except ValueError as error:
        return Seen(subject, control, digest, at, Outcome.ERROR, str(error), [], source)
    if applies:
        return Seen(subject, control, digest, at, Outcome.ROWS, "", rows, source)
    return Seen(subject, control, digest, at, Outcome.INAPPLICABLE, "the condition `when` found no row", [], source)


def _failed(answer: Answer) -> tuple[Outcome, str]:
    if "denylisted" in answer.message:
        reason = "osqueryd refuses this query for a day, since it was stopped while it ran (denylisted)"
        return Outcome.UNOBSERVED, reason
    if "no such table" in answer.message:
        reason = f"osqueryd here cannot answer: {answer.message}"
        return Outcome.UNOBSERVED, reason
    # Before 4.4 there is no message.
    reason = f"osqueryd could not run the query: {answer.message or f'status {answer.status}'}"
    return Outcome.ERROR, reason


def store(database: Database, seen: Iterable[Seen]) -> None:
    """Keep what was seen where it is newer than what is there."""
    database.many(
        "INSERT INTO latest VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject, control) DO UPDATE SET digest = excluded.digest,"
        " observed_at = excluded.observed_at, outcome = excluded.outcome, reason = excluded.reason, seen = excluded.seen,"
        " source = excluded.source WHERE excluded.observed_at >= latest.observed_at",
        [
            (one.subject, one.control, one.digest, one.observed_at, str(one.outcome), one.reason, json.dumps(one.rows), one.source)
            for one in seen
        ],
    )


def of_subject(database: Database, subject: str) -> dict[str, Seen]:
    """Give what was last seen of each control on a subject."""
    columns = "control, digest, observed_at, outcome, reason, seen, source"
    rows = database.rows(f"SELECT {columns} FROM latest WHERE subject = ?", (subject,))  # noqa: S608 - constant
    return {
        control: Seen(subject, control, digest, at, Outcome(outcome), reason, json.loads(seen), source)
        for control, digest, at, outcome, reason, seen, source in rows
    }
