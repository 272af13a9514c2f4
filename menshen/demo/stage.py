# SPDX-License-Identifier: Apache-2.0
"""Play the month: bring the papers, audit run after run, and remember everything in a ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import attrgetter
from random import Random
from typing import TYPE_CHECKING

from agents.engine import Engine
from menshen import clock
from menshen.audit import Audit, baselines_of, chosen_controls, evidence
from menshen.connect import Unreachable
from menshen.demo import world
from menshen.demo.memory import RememberingEngine
from menshen.demo.papers import Office
from menshen.demo.world import Recorded
from policies.manual import EVERY_DAYS
from policies.merge import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from menshen.connect import Evidence
    from menshen.demo.memory import Memory
    from menshen.demo.papers import Paper
    from menshen.demo.site import Host
    from menshen.demo.story import Plot
    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.records import Observation
    from reports.ledger import Ledger, Run

SITE = "site"
SILENT = "none/ssh"


def stamp(moment: int) -> str:
    """Write Unix seconds as the ledger does."""
    return clock.stamp(datetime.fromtimestamp(moment, UTC))


@dataclass(frozen=True, slots=True)
class Stage:
    """What is needed to play: the rules, who is judged (as the inventory says) and by which recording, and the plot."""

    catalogue: Catalogue
    grants: Sequence[Grant]
    subjects: Sequence[Subject]
    hosts: Mapping[str, Host]
    plot: Plot
    seed: int = 0
    memory: Memory = field(default_factory=dict)

    def play(self, ledger: Ledger, after: Callable[[int], None], watch: Callable[[Observation], None]) -> Run:
        """Do every run in order and give the last; `after` is called with each one's moment, `watch` sees the last one's rows."""
        papers = self._papers()
        *earlier, last = self.plot.runs
        for moment in earlier:
            self._bring(papers, moment, ledger)
            self._run(ledger, moment, lambda _: None)
            after(moment)
        self._bring(papers, last, ledger)
        run = self._run(ledger, last, watch)
        after(last)
        return run

    @staticmethod
    def _bring(papers: list[Paper], moment: int, ledger: Ledger) -> None:
        while papers and papers[0].at <= moment:
            paper = papers.pop(0)
            ledger.add(paper.kind, stamp(paper.at), paper.row)

    def _run(self, ledger: Ledger, moment: int, watch: Callable[[Observation], None]) -> Run:
        at = stamp(moment)
        audit = Audit(self.catalogue, self.grants, evidence(ledger, at), at, ask=self._asker(moment), watch=watch)
        run = replace(audit.run(self.subjects), demonstration=True)
        ledger.record(run)
        return run

    def _asker(self, moment: int) -> Callable[[Subject, Evidence], Engine]:
        def ask(subject: Subject, known: Evidence) -> Engine:
            host = self.hosts[subject.name]
            silence = self.plot.silence(host.name, moment)
            if silence:
                return Engine(Unreachable(subject.kind, SILENT, silence.format(host=subject.name)))
            tables = world.load(host.world).at(moment, host.own, self.plot.broken(host.name, moment))
            if subject.kind == SITE:
                brought = {"attestations": known.attestations, "documents": known.documents}
                tables |= {name: Recorded((name, moment), rows) for name, rows in brought.items()}
            return RememberingEngine(subject.kind, tables, self.memory)

        return ask

    def _papers(self) -> list[Paper]:
        office = Office(min(self.plot.runs), self.plot.end, self.plot.papers, Random(self.seed))  # noqa: S311 - a story, no secret
        return sorted(
            (paper for name, days in self._asked() for paper in office.papers(self.catalogue.controls[name], days)),
            key=attrgetter("at"),
        )

    def _asked(self) -> Iterator[tuple[str, int]]:
        """Give the controls that papers and eyes answer, each with how often its banks want it."""
        for subject in self.subjects:
            if subject.kind != SITE:
                continue
            baselines = baselines_of(self.catalogue, subject)
            for name in chosen_controls(baselines, SITE):
                control = self.catalogue.controls[name]
                if SITE in control.kinds and control.is_manual(SITE):
                    chosen = choose(control, SITE, baselines, subject.parameters.get(name))
                    yield name, int(str(chosen.values[EVERY_DAYS]))
