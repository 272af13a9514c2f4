# SPDX-License-Identifier: Apache-2.0
"""Controls: one thing that must be true, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from policies import manual, parameter, shape
from policies.schema import KINDS
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies import located
    from policies.manual import Document, Inspect
    from policies.parameter import Parameter

AREAS: tuple[str, ...] = (
    "workstation",
    "account",
    "network",
    "software",
    "mail",
    "data",
    "server_room",
    "power",
    "environment",
    "access_control",
    "cctv",
    "records_retention",
    "asset",
    "incident",
    "training",
    "checklist",
)


class Severity(StrEnum):
    """How bad it is when the control is not met; a critical one decides its checklist item alone."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source outside the bank's own texts; `url` is "" where there is none."""

    title: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds on one kind of subject: whether it applies (SQL), how to make it true, how to see it (SQL).

    `manual` marks the built-in rule over people's records.
    """

    kind: str
    when: str | None
    observe: str
    enforce: tuple[Mapping[str, Any], ...] = ()
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One thing that must be true; `file` is its path as problems quote it."""

    id: str
    area: str
    severity: Severity
    title: Text
    rationale: Text
    remedy: Text
    requirements: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    kinds: Mapping[str, Rule]
    inspect: Inspect | None
    document: Document | None
    sources: tuple[Citation, ...]
    file: str

    def is_manual(self, kind: str) -> bool:
        """Tell whether people, not machines, answer this control on `kind`."""
        return kind in self.kinds and self.kinds[kind].manual


def _step(step: Any) -> Iterator[shape.Wrong]:
    if not isinstance(step, Mapping):
        yield (), "must be a mapping with a mechanism"
    elif not isinstance(step.get("mechanism"), str):
        yield (), "mechanism is missing"


_RULE = shape.mapping(
    {"observe": shape.text},
    {"when": shape.text, "enforce": shape.each(_step, at_least=1)},
)
SHAPE = shape.mapping(
    {
        "id": shape.name,
        "area": shape.one_of(*AREAS),
        "severity": shape.one_of(*Severity),
        "title": shape.in_both_languages,
        "rationale": shape.in_both_languages,
        "remedy": shape.in_both_languages,
        "requirements": shape.each(shape.text, at_least=1),
    },
    {
        "sources": shape.each(shape.mapping({"title": shape.text}, {"url": shape.text})),
        "parameters": shape.table(parameter.SHAPE, key=shape.name),
        "kinds": shape.table(_RULE, key=shape.one_of(*KINDS)),
        "inspect": manual.INSPECT_SHAPE,
        "document": manual.DOCUMENT_SHAPE,
    },
)


def of(document: located.Document) -> Control:
    """Build a control from a document that has passed `SHAPE`."""
    entry = document.value
    inspect = manual.inspect_of(entry["inspect"]) if "inspect" in entry else None
    paper = manual.document_of(entry["document"]) if "document" in entry else None
    return Control(
        id=entry["id"],
        area=entry["area"],
        severity=Severity(entry["severity"]),
        title=Text.of(entry["title"]),
        rationale=Text.of(entry["rationale"]),
        remedy=Text.of(entry["remedy"]),
        requirements=tuple(entry["requirements"]),
        parameters=_parameters(entry),
        kinds=_rules(entry),
        inspect=inspect,
        document=paper,
        sources=tuple(Citation(source["title"], source.get("url", "")) for source in entry.get("sources", ())),
        file=document.path,
    )


def _parameters(entry: Any) -> dict[str, Parameter]:
    found = {name: parameter.of(name, value) for name, value in entry.get("parameters", {}).items()}
    for key in ("inspect", "document"):
        if key in entry:
            found[manual.EVERY_DAYS] = manual.every_days(entry[key][manual.EVERY_DAYS], entry[key].lines[manual.EVERY_DAYS])
    return found


def _rules(entry: Any) -> dict[str, Rule]:
    found = {
        kind: Rule(kind, rule.get("when"), rule["observe"], tuple(rule.get("enforce", ())))
        for kind, rule in entry.get("kinds", {}).items()
    }
    for key, sql in (("inspect", manual.INSPECTION_SQL), ("document", manual.DOCUMENT_SQL)):
        if key in entry and entry[key].get("where", manual.SITE) == manual.SITE:
            found[manual.SITE] = Rule(manual.SITE, None, sql, manual=True)
    return found
