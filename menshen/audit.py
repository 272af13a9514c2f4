# SPDX-License-Identifier: Apache-2.0
"""One audit: for every subject choose its controls and values, look, judge, and hand the findings to the ledger."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from agents.connections.deadline import given_up
from agents.engine import Engine
from agents.observe import observe
from agents.source import Foresighted, Remembering
from menshen import __version__, by_hand, connect
from menshen.fleet import HOST_SECONDS
from menshen.language import say
from menshen.trouble import TroubleError, demand_controls
from policies.device import Who, granted
from policies.judge import judge
from policies.merge import choose
from policies.problems import nearest
from policies.resolve import resolve
from reports.drill_entry import DRILL, drill_rows
from reports.ledger import ATTESTATION, DOCUMENT, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from menshen.connect import Evidence
    from menshen.fleet import Fleet
    from menshen.subject import Subject
    from policies.baseline import Baseline
    from policies.catalogue import Catalogue
    from policies.control import Control
    from policies.exception import Grant
    from policies.records import Finding, Observation
    from policies.resolve import Resolved
    from reports.ledger import Ledger

COLLECTOR = f"menshen {__version__}"


@contextmanager
def ask(subject: Subject, known: Evidence, seconds: float = HOST_SECONDS) -> Iterator[Engine]:
    """Open the engine that answers about a subject; a host reached by SSH is left after `seconds`."""
    with connect.opened(subject, known, seconds) as source, Engine(source) as engine:
        yield engine


def _nobody(_: Observation) -> None:
    """Leave an observation to the judge alone."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit works with. `controls` limits it to these ids (empty: all); `at` is its time (UTC stamp).

    `ask` opens the engine that answers about a subject; `watch` is shown every observation. With a `fleet`, the hosts
    reached by SSH are looked at side by side.
    """

    catalogue: Catalogue
    grants: Sequence[Grant]
    evidence: Evidence
    at: str
    controls: tuple[str, ...] = ()
    ask: Callable[[Subject, Evidence], AbstractContextManager[Engine]] = ask
    watch: Callable[[Observation], None] = _nobody
    fleet: Fleet | None = None

    def __post_init__(self) -> None:
        demand_controls(self.controls, self.catalogue.controls)

    def run(self, subjects: Sequence[Subject], step: Callable[[str], None] = lambda _: None) -> Run:
        """Audit the subjects; `step` is called with each one's name when it is done. The run keeps their order."""
        found: dict[str, list[Finding]] = {}
        for subject, seen in self._seen(subjects):
            found[subject.name] = seen
            step(subject.name)
        return Run(
            at=self.at,
            findings=[finding for subject in subjects for finding in found[subject.name]],
            subjects=[{**subject.to_json(), "reached": _reached(found[subject.name])} for subject in subjects],
            controls=self.controls or None,
            catalogue=self.catalogue.digest,
            collector=COLLECTOR,
        )

    def subject(self, subject: Subject) -> list[Finding]:
        """Judge every control that is chosen for one subject."""
        with self.ask(subject, self.evidence) as engine:
            return self._judged(engine, subject)

    def _seen(self, subjects: Sequence[Subject]) -> Iterator[tuple[Subject, list[Finding]]]:
        if self.fleet is None:
            yield from ((subject, self.subject(subject)) for subject in subjects)
            return
        from menshen.looks import Looks

        # This machine and the site stay in the main thread, where a query can be interrupted whatever it does.
        looks = Looks([subject for subject in subjects if subject.target], self.subject, self.fleet)
        yield from ((subject, self.subject(subject)) for subject in subjects if not subject.target)
        yield from looks.results(self._late)

    def _late(self, subject: Subject) -> list[Finding]:
        seconds = self.fleet.seconds if self.fleet else 0
        with Engine(connect.unreached(subject, given_up(seconds))) as engine:
            return self._judged(engine, subject)

    def _judged(self, engine: Engine, subject: Subject) -> list[Finding]:
        chosen = list(self._chosen(subject))
        if isinstance(engine.source, Foresighted):
            asked = (control.kinds[subject.kind] for control, _ in chosen)
            engine.source.expect(f"{one.when or ''} {one.observe}" for one in asked)
        return [self._finding(engine, subject, control, baselines) for control, baselines in chosen]

    def _chosen(self, subject: Subject) -> Iterator[tuple[Control, Sequence[Baseline]]]:
        baselines = baselines_of(self.catalogue, subject)
        for name in subject.parameters:
            # A misspelt id would silently leave the site with a looser value than it wrote down.
            if name not in self.catalogue.controls:
                raise TroubleError(
                    say(
                        f"{subject.name}: menshen_parameters names no control: {name}",
                        f"{subject.name}：menshen_parameters 中没有此控制项：{name}",
                    )
                    + nearest(name, self.catalogue.controls)
                )
        for name in chosen_controls(baselines, subject.kind):
            control = self.catalogue.controls[name]
            if subject.kind in control.kinds and (not self.controls or name in self.controls):
                yield control, baselines

    def demanded(self, subject: Subject) -> Iterator[Resolved]:
        """Give what machines answer of what is demanded of a subject, with the values its findings are judged by."""
        for control, baselines in self._chosen(subject):
            if not control.is_manual(subject.kind):
                own = subject.parameters.get(control.id)
                values = choose(control, subject.kind, baselines, own, self._grant(control, subject)).values
                yield resolve(control, subject.kind, values)

    def _finding(self, engine: Engine, subject: Subject, control: Control, baselines: Sequence[Baseline]) -> Finding:
        grant = self._grant(control, subject)
        chosen = choose(control, subject.kind, baselines, subject.parameters.get(control.id), grant)
        resolved = resolve(control, subject.kind, chosen.values)
        source = engine.source
        if isinstance(source, Remembering):
            seen = source.recall(resolved, self.at)
        else:
            seen = observe(engine, resolved, subject.name, self.at)
        seen = by_hand.answered(control, chosen.values, subject, self.evidence, seen)
        self.watch(seen)
        return judge(resolved, chosen.provenance, seen, grant)

    def _grant(self, control: Control, subject: Subject) -> Grant | None:
        today = date.fromisoformat(self.at[:10])
        return granted(self.catalogue.controls, self.grants, Who(control.id, subject.kind, subject.name, subject.groups, today))


def _reached(findings: Iterable[Finding]) -> bool:
    return any(one.source and not one.source.startswith("none/") for one in findings)


def chosen_controls(baselines: Sequence[Baseline], kind: str) -> list[str]:
    """List the controls that baselines choose for a subject kind, each once."""
    applying = (baseline for baseline in baselines if not baseline.kinds or kind in baseline.kinds)
    return list(dict.fromkeys(control for baseline in applying for control in baseline.controls))


def baselines_of(catalogue: Catalogue, subject: Subject) -> list[Baseline]:
    """Give the baselines of a subject: those it names, then those of the banks whose data it can touch.

    Raises:
        TroubleError: a baseline or bank is not known.
    """
    named = [_baseline(catalogue, name, subject) for name in subject.baselines]
    of_banks = [one for bank in subject.banks for one in _of_bank(catalogue, bank, subject)]
    return list({baseline.id: baseline for baseline in [*named, *of_banks]}.values())


def _baseline(catalogue: Catalogue, name: str, subject: Subject) -> Baseline:
    if name not in catalogue.baselines:
        known = ", ".join(sorted(catalogue.baselines))
        raise TroubleError(
            say(
                f"{subject.name}: no such baseline: {name}; known are {known}",
                f"{subject.name}：没有此基线：{name}；可用：{known}",
            )
        )
    return catalogue.baselines[name]


def _of_bank(catalogue: Catalogue, bank: str, subject: Subject) -> Iterable[Baseline]:
    found = [baseline for baseline in catalogue.baselines.values() if baseline.bank == bank]
    if not found:
        banks = sorted({baseline.bank for baseline in catalogue.baselines.values() if baseline.bank})
        known = ", ".join(banks)
        raise TroubleError(
            say(
                f"{subject.name}: no baseline of the bank {bank}; known banks are {known}",
                f"{subject.name}：没有银行 {bank} 的基线；可用：{known}",
            )
        )
    return found


def evidence(ledger: Ledger | None, at: str) -> Evidence:
    """Read from the ledger what people attested and filed up to a time."""
    if ledger is None:
        return connect.Evidence(at=at)
    drills = [row for entry in ledger.rows(DRILL, as_of=at) for row in drill_rows(entry)]
    return connect.Evidence(ledger.rows(ATTESTATION, as_of=at), ledger.rows(DOCUMENT, as_of=at), drills, at)
