# SPDX-License-Identifier: Apache-2.0
"""Choose the rules of a baseline as an audit would, and hand them to a compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from menshen.audit import baselines_of, chosen_controls
from menshen.language import say
from menshen.subject import Subject
from menshen.trouble import TroubleError
from policies import catalogue
from policies.merge import choose
from policies.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from policies.baseline import Baseline
    from policies.catalogue import Catalogue
    from policies.resolve import Resolved

KINDS: Final = ("linux", "windows")


@dataclass(frozen=True, slots=True)
class Made:
    """What a compiler gave: relative path -> content, the rules in it, and the chosen controls that are not."""

    files: Mapping[str, bytes]
    rules: tuple[Resolved, ...]
    left_out: tuple[str, ...]

    def to_json(self, folder: Path) -> dict[str, Any]:
        """Give the document's part: files below `folder`, rules, and what was left out."""
        return {
            "folder": str(folder),
            "files": sorted(self.files),
            "rules": [{"control": rule.control, "kind": rule.kind} for rule in self.rules],
            "left_out": list(self.left_out),
        }


def made(what: str, baseline: str, kind: str | None = None) -> Made:
    """Compile a baseline to one of `FORMATS`, for one kind of subject or (None) for all that the format speaks of.

    Raises:
        TroubleError: there is no such baseline, or it says nothing of such subjects.
    """
    known = catalogue.load()
    kinds = KINDS if kind is None else (kind,)
    if not set(kinds) <= set(KINDS):
        raise TroubleError(say(f"--kind is linux or windows, not {kind}", f"--kind 应为 linux 或 windows，而不是 {kind}"))
    found = baselines_of(known, Subject(name=baseline, kind=kinds[0], baselines=(baseline,)))
    rules = [rule for one in kinds for rule in rules_of(known, found, one)]
    if not rules:
        words = ", ".join(kinds)
        raise TroubleError(say(f"{baseline} has no rule for {words}", f"{baseline} 没有针对 {words} 的规则"))
    asked = {name for one in kinds for name in chosen_controls(found, one)}
    left_out = sorted(asked - {rule.control for rule in rules})
    return Made(FORMATS[what](rules, found[0]), tuple(rules), tuple(left_out))


def rules_of(known: Catalogue, baselines: Sequence[Baseline], kind: str) -> list[Resolved]:
    """Resolve what machines of a kind answer, with the values an audit of such a subject would use."""
    controls = (known.controls[name] for name in chosen_controls(baselines, kind))
    machine = (control for control in controls if kind in control.kinds and not control.is_manual(kind))
    return [resolve(control, kind, choose(control, kind, baselines).values) for control in machine]


def _osquery(rules: Sequence[Resolved], baseline: Baseline) -> dict[str, bytes]:
    from policies.compile import osquery

    return _encoded(osquery.files(rules, baseline.id))


def _fleet(rules: Sequence[Resolved], baseline: Baseline) -> dict[str, bytes]:
    from policies.compile import fleet

    return _encoded(fleet.files(rules, baseline.id, f"{baseline.title.zh} / {baseline.title.en}"))


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


FORMATS: Final[Mapping[str, Callable[[Sequence[Resolved], Baseline], Mapping[str, bytes]]]] = {
    "osquery": _osquery,
    "fleet": _fleet,
}
