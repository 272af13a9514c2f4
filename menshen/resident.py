# SPDX-License-Identifier: Apache-2.0
"""What agents are to ask, and what becomes of what they saw: judged here, by the catalogue of now, at the time of the look."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from agents.connections.collect import collect
from agents.connections.target import Target
from agents.resident.look import digest
from agents.source import NotObservedError
from menshen import clock
from menshen.audit import baselines_of, chosen_controls
from menshen.inventory import grants, read
from policies.catalogue import load
from policies.judge import judge
from policies.merge import choose
from policies.records import Observation, Outcome, RecordError
from policies.resolve import resolve
from reports.ledger import Ledger, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.merge import Chosen
    from policies.records import Finding
    from policies.resolve import Resolved

LATE: Final = "late_look"
# A look unpacked; ours are a hundredth of it.
LARGEST: Final = 64 * 1024 * 1024


class LookError(Exception):
    """What a host handed over is no look of its agent's; the message says why."""


def _resolved(
    catalogue: Catalogue, subject: Subject, live: tuple[Grant, ...], today: date
) -> Iterator[tuple[Resolved, Chosen, Grant | None]]:
    baselines = baselines_of(catalogue, subject)
    for name in chosen_controls(baselines, subject.kind):
        control = catalogue.controls[name]
        if subject.kind in control.kinds:
            grant = next((one for one in live if one.covers(name, subject.name, subject.groups, today)), None)
            chosen = choose(control, subject.kind, baselines, subject.parameters.get(name), grant)
            yield resolve(control, subject.kind, chosen.values), chosen, grant


def asked(catalogue: Catalogue, subject: Subject, inventory: Path) -> dict[str, Any]:
    """Give the questions of a host's agent: the very ones an audit asks today."""
    today = date.fromisoformat(clock.now()[:10])
    found = _resolved(catalogue, subject, grants(inventory, catalogue), today)
    listed = [{"control": one.control, "when": one.when, "observe": one.observe} for one, _, _ in found]
    return {"schema": "menshen/questions/1", "subject": subject.name, "questions": listed}


def collected(inventory: Path, limit: str, ledger: Path) -> list[dict[str, Any]]:
    """Fetch from each Linux host that is reached by SSH; a host that is not reached says why and delays nothing it kept."""
    catalogue = load(whole=False)
    live = grants(inventory, catalogue)
    found = []
    with Ledger(ledger) as opened:
        for subject in read(inventory, limit):
            if subject.kind != "linux" or not isinstance(subject.target, Target):
                continue
            keeper = Keeper(catalogue, subject, live, opened)
            why = ""
            try:
                collect(subject.target, keeper.keep)
            except (NotObservedError, LookError) as error:
                why = str(error)
            found.append({"host": subject.name, "looks": keeper.looks, "late": keeper.late, "lost": keeper.lost, "why": why})
    return found


class Keeper:
    """Writes the looks of one host to the ledger: each once, whatever breaks off in between."""

    def __init__(self, catalogue: Catalogue, subject: Subject, live: tuple[Grant, ...], ledger: Ledger) -> None:
        self._catalogue, self._subject, self._live, self._ledger = catalogue, subject, live, ledger
        self.looks = self.late = self.lost = 0

    def keep(self, content: bytes) -> None:
        """Judge and record one look.

        Raises:
            LookError: it is none of this host's.
            LedgerError: it could not be written; the host keeps it then.
        """
        look = self._read(content)
        collector = f"menshen-agent {look['agent']} {look['id']}"
        self.lost = max(self.lost, look["lost"])
        if self._known(collector):
            return
        at = min(look["at"], clock.now())
        findings = self._judged(look, at)
        run = Run(
            at=at,
            findings=findings,
            subjects=[{**self._subject.to_json(), "reached": True}],
            controls=sorted(one.control for one in findings),
            catalogue=self._catalogue.digest,
            collector=collector,
        )
        last = max((one.last_checked for one in self._ledger.standings() if one.finding.subject == self._subject.name), default="")
        if at < last:
            # Somebody looked since: what stands must not go back in time, but what was seen is kept.
            body = {"collector": collector, "observed": at, "findings": [one.to_json() for one in findings]}
            self._ledger.add(LATE, clock.now(), body)
            self.late += 1
        else:
            self._ledger.record(run)
        self.looks += 1

    def _known(self, collector: str) -> bool:
        kinds = ("run", LATE)
        return any(entry.body["collector"] == collector for kind in kinds for entry in self._ledger.chain.entries(kind=kind))

    def _read(self, content: bytes) -> dict[str, Any]:
        name = self._subject.name
        try:
            unpacker = zlib.decompressobj(wbits=31)
            look: dict[str, Any] = json.loads(unpacker.decompress(content, LARGEST))
            moment = datetime.fromisoformat(look["at"])
            shaped = look["schema"] == "menshen/look/1" and moment.tzinfo and isinstance(look["lost"], int)
            shaped = (
                shaped
                and all(isinstance(look[key], str) for key in ("id", "agent", "at"))
                and isinstance(look["observations"], list)
            )
        except (zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise LookError(f"what the agent of {name} handed over is no look") from error
        if not shaped or look["subject"] != name:
            raise LookError(f"what the agent of {name} handed over is no look of this host's")
        return {**look, "at": clock.stamp(moment)}

    def _judged(self, look: Mapping[str, Any], at: str) -> list[Finding]:
        try:
            seen = {one.control: one for one in map(Observation.from_json, look["observations"])}
        except (RecordError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise LookError(f"what the agent of {self._subject.name} saw is no observation") from error
        told = look.get("asked", {})
        found = []
        for resolved, chosen, grant in _resolved(self._catalogue, self._subject, self._live, date.fromisoformat(at[:10])):
            one = seen.get(resolved.control)
            if one is None:
                continue
            # A host speaks for itself alone, about now.
            one = replace(one, subject=self._subject.name, kind="linux", observed_at=at, source=f"agent/{look['agent']}")
            if told.get(resolved.control) != digest(resolved.when, resolved.observe):
                reason = "the agent asked an older question: run playbooks/agent.yml"
                one = replace(one, outcome=Outcome.UNOBSERVED, rows=(), columns=(), reason=reason)
            found.append(judge(resolved, chosen.provenance, one, grant))
        return found
