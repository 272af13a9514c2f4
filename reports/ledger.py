# SPDX-License-Identifier: Apache-2.0
"""Remember runs of findings, attestations and documents, and answer what stood at any time.

A run appends one entry: who was looked at, the Merkle root over all its findings, and in full only what changed since the
run before. What stands now is a derived index beside the chain, made anew from it whenever the two do not fit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from policies.records import Finding, canonical
from policies.verdict import Verdict
from reports import merkle
from reports.chain import Chain, LedgerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from reports.chain import Entry

RUN: Final = "run"
ATTESTATION: Final = "attestation"
DOCUMENT: Final = "document"
MET: Final = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE})

Key = tuple[str, str]
_COLUMNS: Final = "finding, first_failed, last_good, last_checked, since"


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest finding of one control on one subject, with its history.

    `first_failed` is when the failure that still lasts was first seen, `last_good` when it was last met
    (pass or not applicable), `since` when the present verdict was first seen; None where never.
    """

    finding: Finding
    first_failed: str | None
    last_good: str | None
    last_checked: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What one audit hands over to be remembered.

    `subjects` are facts about every subject in scope (`name`, `kind`, `site`, … as JSON data, `reached` true or false);
    `controls` limits the scope to these ids, None = all; findings of other controls and subjects stay as they were.
    """

    at: str
    findings: Sequence[Finding]
    subjects: Sequence[Mapping[str, Any]]
    controls: Sequence[str] | None
    catalogue: str
    collector: str
    demonstration: bool = False


def run_root(findings: Iterable[Finding]) -> str:
    """Give the Merkle root over findings, sorted by control and subject: 64 hexadecimal digits."""
    leaves = sorted(canonical([one.control, one.subject, one.digest()]).encode() for one in findings)
    return merkle.root(leaves).hex()


def advance(before: Standing | None, finding: Finding, at: str) -> Standing:
    """Move one standing forward to a finding seen at `at`."""
    same = before is not None and before.finding.actual == finding.actual
    failing = finding.actual is Verdict.FAIL
    lasting = before.first_failed if before is not None and before.finding.actual is Verdict.FAIL else None
    return Standing(
        finding=finding,
        first_failed=(lasting or at) if failing else None,
        last_good=at if finding.actual in MET else (before.last_good if before else None),
        last_checked=at,
        since=before.since if before is not None and same else at,
    )


def fold(standings: dict[Key, Standing], entry: Entry) -> None:
    """Bring `standings` forward over one run entry, in place.

    What the run covered and did not list as changed was seen again, unchanged, at the run's time.
    """
    body = entry.body
    changed = {(document["control"], document["subject"]): Finding.from_json(document) for document in body["changed"]}
    for control, subject in body["gone"]:
        standings.pop((control, subject), None)
    covered, controls = {facts["name"] for facts in body["subjects"]}, body["controls"]
    for key, standing in standings.items():
        if key not in changed and key[1] in covered and (controls is None or key[0] in controls):
            standings[key] = advance(standing, replace(standing.finding, checked_at=entry.at), entry.at)
    for key, finding in changed.items():
        standings[key] = advance(standings.get(key), finding, entry.at)


class Ledger:
    """The ledger of one site; use as a context manager."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the file at `path`. Raises LedgerError as `Chain` does."""
        self.chain = Chain(path, create=create)
        self._index = _Index(self.chain)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.chain.close()

    def record(self, run: Run) -> Entry:
        """Append one run.

        Raises:
            LedgerError: it could not be written; then nothing of it was.
        """
        with self.chain.writing():
            # A run of a few subjects must not read and write what stands of ten thousand.
            covered = {facts["name"] for facts in run.subjects}.union(one.subject for one in run.findings)
            standings = self._index.of(covered)
            body = _body(run, standings)
            entry = self.chain.append(RUN, run.at, body)
            fold(standings, entry)
            self._index.store(standings, covered, entry)
        return entry

    def add(self, kind: str, at: str, body: Mapping[str, Any]) -> Entry:
        """Append an attestation or a document: the row of the table of that name, as JSON data."""
        return self.add_all(kind, at, [body])[0]

    def add_all(self, kind: str, at: str, bodies: Sequence[Mapping[str, Any]]) -> list[Entry]:
        """Append several of a kind, all of them or none."""
        with self.chain.writing():
            return [self.chain.append(kind, at, body) for body in bodies]

    def rows(self, kind: str, *, as_of: str | None = None) -> list[Mapping[str, Any]]:
        """List the attestations or documents recorded up to a time, oldest first."""
        return [entry.body for entry in self.chain.entries(until=as_of, kind=kind)]

    def standings(self, *, as_of: str | None = None) -> list[Standing]:
        """List what stood at a time (None: now), sorted by control and subject."""
        if as_of is None:
            standings = self._index.load()
        else:
            standings = {}
            for entry in self.chain.entries(until=as_of, kind=RUN):
                fold(standings, entry)
        return [standings[key] for key in sorted(standings)]

    def runs(self, *, as_of: str | None = None) -> Iterator[Entry]:
        """Give the run entries up to a time, in order."""
        return self.chain.entries(until=as_of, kind=RUN)

    def subjects(self, *, as_of: str | None = None) -> dict[str, Mapping[str, Any]]:
        """Give the newest facts about every subject ever in scope, by name, with `last_observed` (None: never reached)."""
        known: dict[str, dict[str, Any]] = {}
        for entry in self.runs(as_of=as_of):
            for facts in entry.body["subjects"]:
                seen = entry.at if facts.get("reached") else known.get(facts["name"], {}).get("last_observed")
                known[facts["name"]] = {**facts, "last_observed": seen}
        return dict(sorted(known.items()))


def _body(run: Run, standings: Mapping[Key, Standing]) -> dict[str, Any]:
    present = {(one.control, one.subject) for one in run.findings}
    covered = {facts["name"] for facts in run.subjects}
    gone = sorted(
        key for key in standings if key not in present and key[1] in covered and (run.controls is None or key[0] in run.controls)
    )
    return {
        "subjects": [dict(facts) for facts in run.subjects],
        "controls": None if run.controls is None else sorted(run.controls),
        "findings": len(run.findings),
        "root": run_root(run.findings),
        "changed": [one.to_json() for one in run.findings if _changed(standings.get((one.control, one.subject)), one)],
        "gone": [list(key) for key in gone],
        "catalogue": run.catalogue,
        "collector": run.collector,
        "demonstration": run.demonstration,
    }


def _changed(before: Standing | None, finding: Finding) -> bool:
    return before is None or before.finding.digest() != finding.digest()


class _Index:
    """What stands now, kept beside the chain so that a run need not read years of it; never trusted where it does not fit."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def load(self) -> dict[Key, Standing]:
        """Read the index, or make it from the chain where it is absent or of another head."""
        last_run = self._chain.last(RUN)
        if last_run is None:
            return {}
        if self._fits(last_run.hash):
            return self._read(f"SELECT {_COLUMNS} FROM standings")  # noqa: S608 - constant
        standings: dict[Key, Standing] = {}
        for entry in self._chain.entries(kind=RUN):
            fold(standings, entry)
        return standings

    def of(self, subjects: Collection[str]) -> dict[Key, Standing]:
        """Read what stands of some subjects, inside the writer's transaction; an index that does not fit is written anew first."""
        last_run = self._chain.last(RUN)
        if last_run is None or not self._fits(last_run.hash):
            self._replace(self.load())
        found: dict[Key, Standing] = {}
        for subject in subjects:
            found.update(self._read(f"SELECT {_COLUMNS} FROM standings WHERE subject = ?", subject))  # noqa: S608 - constant
        return found

    def _fits(self, head: str) -> bool:
        connection = self._chain.connection
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'standings'").fetchone() is None:
            return False
        return bool(connection.execute("SELECT head FROM standings_head").fetchone() == (head,))

    def _read(self, sql: str, *values: str) -> dict[Key, Standing]:
        standings = {}
        for finding, first_failed, last_good, last_checked, since in self._chain.connection.execute(sql, values):
            one = Finding.from_json(json.loads(finding))
            standings[one.control, one.subject] = Standing(one, first_failed, last_good, last_checked, since)
        return standings

    def _replace(self, standings: Mapping[Key, Standing]) -> None:
        connection = self._chain.connection
        connection.execute(
            "CREATE TABLE IF NOT EXISTS standings (control TEXT, subject TEXT, finding TEXT, first_failed TEXT,"
            " last_good TEXT, last_checked TEXT, since TEXT, PRIMARY KEY (control, subject)) STRICT"
        )
        connection.execute("CREATE TABLE IF NOT EXISTS standings_head (head TEXT) STRICT")
        connection.execute("DELETE FROM standings")
        self._insert(standings)

    def _insert(self, standings: Mapping[Key, Standing]) -> None:
        self._chain.connection.executemany(
            "INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (*key, canonical(one.finding.to_json()), one.first_failed, one.last_good, one.last_checked, one.since)
                for key, one in standings.items()
            ),
        )

    def store(self, standings: Mapping[Key, Standing], covered: Iterable[str], entry: Entry) -> None:
        """Write what stands of the covered subjects, for the head `entry`, inside the writer's transaction."""
        connection = self._chain.connection
        connection.execute("CREATE INDEX IF NOT EXISTS standings_subject ON standings (subject)")
        connection.executemany("DELETE FROM standings WHERE subject = ?", [(name,) for name in covered])
        self._insert(standings)
        connection.execute("DELETE FROM standings_head")
        connection.execute("INSERT INTO standings_head VALUES (?)", (entry.hash,))


__all__ = ["ATTESTATION", "DOCUMENT", "RUN", "Key", "Ledger", "LedgerError", "Run", "Standing", "run_root"]
