# SPDX-License-Identifier: Apache-2.0
"""Choose the rules of a baseline as an audit would, and hand them to a compiler."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from menshen import compiling_windows
from menshen.audit import baselines_of, chosen_controls
from menshen.language import say
from menshen.subject import Subject
from menshen.trouble import TroubleError
from policies import catalogue
from policies.compile import windows
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


def made(what: str, baseline: str, kind: str | None = None, export: Path | None = None) -> Made:
    """Compile a baseline to one of `formats()`, for one kind of subject or (None) for all that the format speaks of.

    `export` is a PC's own first `reg export`, a file or a folder; only the format reg takes one.

    Raises:
        TroubleError: there is no such baseline, it says nothing of such subjects, or the export does not do.
    """
    known = catalogue.load()
    ours = ("windows",) if what in windows.FORMATS else KINDS
    kinds = ours if kind is None else (kind,)
    if not set(kinds) <= set(KINDS):
        raise TroubleError(say(f"--kind is linux or windows, not {kind}", f"--kind 应为 linux 或 windows，而不是 {kind}"))
    found = baselines_of(known, Subject(name=baseline, kind=kinds[0], baselines=(baseline,)))
    rules = [rule for one in kinds if one in ours for rule in rules_of(known, found, one)]
    if what in windows.FORMATS:
        rules = [rule for rule in rules if any(step["mechanism"] in windows.SAID for step in rule.enforce)]
    if export and what != "reg":
        raise TroubleError(say("--export goes with the format reg", "--export 仅用于 reg 格式"))
    if not rules:
        words = ", ".join(kinds)
        raise TroubleError(say(f"{baseline} has no rule for {words}", f"{baseline} 没有针对 {words} 的规则"))
    asked = {name for one in kinds for name in chosen_controls(found, one)}
    left_out = sorted(asked - {rule.control for rule in rules})
    files = FORMATS[what](rules, found[0]) if what in FORMATS else compiling_windows.files(what, found[0].id, rules, export)
    return Made(files, tuple(rules), tuple(left_out))


def each(what: str, kind: str | None = None) -> Made:
    """Compile the baseline of every role, each below a folder of its name; those of banks come with the roles' own values.

    Raises:
        TroubleError: the format is for one baseline alone.
    """
    if what not in FORMATS:
        raise TroubleError(
            say(f"{what} is for one baseline: name it with --baseline", f"{what} 只针对一条基线：请用 --baseline 指定")
        )
    known = catalogue.load()
    kinds = KINDS if kind is None else (kind,)
    roles = [one for one in known.baselines.values() if not one.bank and any(rules_of(known, [one], name) for name in kinds)]
    found = {role.id: made(what, role.id, kind) for role in sorted(roles, key=lambda one: one.id)}
    files = {f"{role}/{name}": content for role, one in found.items() for name, content in one.files.items()}
    rules = tuple({(rule.control, rule.kind): rule for one in found.values() for rule in one.rules}.values())
    done = {rule.control for rule in rules}
    left_out = sorted({name for one in found.values() for name in one.left_out} - done)
    return Made(files, rules, tuple(left_out))


def formats() -> list[str]:
    """List the formats there are."""
    return [*FORMATS, *windows.FORMATS]


def rules_of(known: Catalogue, baselines: Sequence[Baseline], kind: str) -> list[Resolved]:
    """Resolve what machines of a kind answer, with the values an audit of such a subject would use."""
    controls = (known.controls[name] for name in chosen_controls(baselines, kind))
    machine = (control for control in controls if kind in control.kinds and not control.is_manual(kind))
    return [resolve(control, kind, choose(control, kind, baselines).values) for control in machine]


def _osquery(rules: Sequence[Resolved], baseline: Baseline) -> dict[str, bytes]:
    from policies.compile import osquery, osquery_deploy

    kinds = {rule.kind for rule in rules}
    return _encoded(osquery.files(rules, baseline.id) | osquery_deploy.files(kinds))


def _fleet(rules: Sequence[Resolved], baseline: Baseline) -> dict[str, bytes]:
    from policies.compile import fleet

    return _encoded(fleet.files(rules, baseline.id, f"{baseline.title.zh} / {baseline.title.en}"))


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}


FORMATS: Final[Mapping[str, Callable[[Sequence[Resolved], Baseline], Mapping[str, bytes]]]] = {
    "osquery": _osquery,
    "fleet": _fleet,
}
