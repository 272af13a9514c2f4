# SPDX-License-Identifier: Apache-2.0
"""Find the way to a subject."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agents.connections import osquery
from agents.connections.local import LocalSource
from agents.connections.recorded import RecordedSource
from agents.source import NotObservedError, NotServedError
from agents.watch.tables import TABLES, Recorded, WatchedSource
from menshen.fleet import HOST_SECONDS
from menshen.settings import watch_path
from menshen.subject import HUB, LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agents.source import Ask, Row, Source
    from menshen.subject import Subject


@dataclass(frozen=True, slots=True)
class Evidence:
    """What people brought: rows of `attestations`, `documents` and `drills`, and the time (UTC stamp) it is judged at."""

    attestations: Sequence[Row] = field(default_factory=tuple)
    documents: Sequence[Row] = field(default_factory=tuple)
    drills: Sequence[Row] = field(default_factory=tuple)
    at: str = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A source for a subject nobody can look at: every question is answered with the reason, raised as `error`."""

    kind: str
    label: str
    reason: str
    error: type[NotServedError | NotObservedError] = NotServedError

    def serves(self, table: str) -> bool:  # noqa: ARG002 - the shape of every source
        """Serve nothing."""
        return False

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:  # noqa: ARG002 - the shape of every source
        """Refuse, with the reason."""
        raise self.error(self.reason)


@contextmanager
def opened(subject: Subject, evidence: Evidence, seconds: float = HOST_SECONDS) -> Iterator[Source]:
    """Open the way to a subject for a block; by a line it ends `seconds` after its beginning, whatever the host does."""
    with ExitStack() as stack:
        found: Source
        if subject.kind == "linux" and subject.connection == LOCAL:
            found = stack.enter_context(osquery.opened())
        elif subject.target is None:
            found = source(subject, evidence)
        else:
            try:
                found = stack.enter_context(subject.target.opened(seconds))
            except NotObservedError as error:
                found = unreached(subject, str(error))
        yield watched(found, subject, evidence)


def watched(found: Source, subject: Subject, evidence: Evidence) -> Source:
    """Add to a UPS, a sensor or the site what the watch has on record of it."""
    if subject.kind not in TABLES:
        return found
    own = {"drills": [row for row in evidence.drills if subject.kind == "site" or row["name"] == subject.name]}
    if subject.kind == "ups":
        own["ups_batteries"] = [{"name": subject.name, "installed_at": _day(subject.facts.get("battery_installed", ""))}]
    return WatchedSource(found, Recorded(watch_path(), subject.name, subject.kind, own))


def _day(text: str) -> int | None:
    """Read a date of the inventory as Unix seconds; None where none is written or it is none."""
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None


def unreached(subject: Subject, reason: str) -> Unreachable:
    """Give a source for a subject to which there is a way that did not lead there this time."""
    return Unreachable(subject.kind, f"none/{subject.connection}", reason, NotObservedError)


def source(subject: Subject, evidence: Evidence) -> Source:
    """Give the source of rows for a subject that needs no line to it; where there is no way at all, one that says so."""
    if subject.kind == "site":
        return _site(evidence, subject.name)
    if subject.kind == "linux" and subject.connection == LOCAL:
        return LocalSource()
    if subject.connection == HUB:
        from menshen.hub.memory import remembered

        return remembered(subject, evidence.at)
    reason = f"no way to observe a subject of kind {subject.kind} by {subject.connection or 'any connection'} is built in yet"
    return Unreachable(subject.kind, f"none/{subject.connection or 'unknown'}", reason)


def _site(evidence: Evidence, name: str) -> Source:
    # What was looked at on one machine says nothing about the site, nor about another site.
    mine = [row for row in evidence.attestations if row.get("subject") in {None, "", name}]
    clock: Row = {"unix_time": int(datetime.fromisoformat(evidence.at).timestamp()), "iso_8601": evidence.at}
    tables: dict[str, Sequence[Row]] = {
        "attestations": mine,
        "documents": evidence.documents,
        "time": [clock],
    }
    return RecordedSource("site", tables, "ledger/menshen")
