# SPDX-License-Identifier: Apache-2.0
"""Tell drift from a run's findings: what was met when last seen and no longer is, and what is put right.

Compared is with what this schedule saw last, not with the ledger's run before: an audit by hand in between must not
swallow the alert. What could not be observed changes nothing in what was seen last, so a host that was away for a night
raises one alert for itself and none for its controls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.control import Severity as Weight
from policies.text import Text
from policies.verdict import Verdict
from reports.notify.notice import Notice, Severity
from reports.reasons import said
from reports.wording import filled
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from policies.catalogue import Catalogue
    from policies.records import Finding
    from policies.text import Language
    from reports.ledger import Run, Standing

    Seen = dict[str, dict[str, str]]

GOOD: Final = frozenset({Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.EXCEPTED})
BAD: Final = frozenset({Verdict.FAIL, Verdict.ERROR})
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
_WEIGHTS: Final = {Weight.CRITICAL: Severity.CRITICAL, Weight.HIGH: Severity.CRITICAL}


class Watch:
    """Makes notices of one run; `inventory` stands in the command that shows more."""

    def __init__(self, catalogue: Catalogue, inventory: Path, standings: Mapping[tuple[str, str], Standing]) -> None:
        self._catalogue = catalogue
        self._inventory = inventory
        self._standings = standings

    def notices(self, run: Run, seen: Seen) -> list[Notice]:
        """Give what has moved since `seen`, and bring `seen` (subject -> control -> verdict) up to date, in place."""
        found = [one for facts in run.subjects for one in self._reached(facts, seen)]
        away = {facts["name"] for facts in run.subjects if not facts["reached"]}
        return [*found, *(one for finding in run.findings if finding.subject not in away for one in self._moved(finding, seen))]

    def _reached(self, facts: Mapping[str, Any], seen: Seen) -> Iterator[Notice]:
        """A host that was seen before and is not reached now; papers of a site are no host."""
        name = facts["name"]
        if name not in seen or facts["kind"] == "site":
            return
        title = Text(en="the host is not reached: nothing of it is observed", zh="主机连不上：无法检查")
        command = f"menshen audit -i {self._inventory} --limit {name}"
        yield Notice(f"reach/{name}", Severity.WARNING, name, title, command=command, healed=bool(facts["reached"]))

    def _moved(self, finding: Finding, seen: Seen) -> Iterator[Notice]:
        verdict = finding.verdict
        if verdict not in GOOD | BAD:
            return
        before = seen.setdefault(finding.subject, {}).get(finding.control)
        seen[finding.subject][finding.control] = str(verdict)
        # The first look only learns how things are.
        if before is None or (verdict in BAD and Verdict(before) in BAD):
            return
        yield self._notice(finding, Verdict(before), healed=verdict in GOOD)

    def _notice(self, finding: Finding, before: Verdict, *, healed: bool) -> Notice:
        control = self._catalogue.controls[finding.control]
        standing = self._standings.get((finding.control, finding.subject))
        move = {
            lang: Say(lang)("notice.move", before=_word(before, lang), after=_word(finding.verdict, lang)) for lang in _LANGUAGES
        }
        title = {lang: filled(control.title, control, finding.parameters, Say(lang)) for lang in _LANGUAGES}
        lines = [Text(**{lang: f"{control.id}: {move[lang]}" for lang in _LANGUAGES})]
        if finding.reason:
            lines.append(Text(**{lang: said(finding.reason, lang) for lang in _LANGUAGES}))
        if standing and standing.last_good and not healed:
            lines.append(Text(**{lang: Say(lang)("notice.last_good", time=standing.last_good) for lang in _LANGUAGES}))
        return Notice(
            key=f"drift/{finding.subject}/{control.id}",
            severity=_WEIGHTS.get(control.severity, Severity.WARNING),
            subject=finding.subject,
            title=Text(**title),
            lines=tuple(lines),
            since=standing.since if standing else finding.checked_at,
            command=f"menshen audit -i {self._inventory} --limit {finding.subject} --control {control.id}",
            healed=healed,
        )


def _word(verdict: Verdict, language: Language) -> str:
    return Say(language)(f"verdict.{verdict}")
