# SPDX-License-Identifier: Apache-2.0
"""One control as it stands for one subject: what it asks, with which values, from where, and how it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from menshen.language import say
from policies import template
from policies.merge import choose
from policies.resolve import resolve
from reports.words import Say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.control import Control
    from policies.merge import Chosen
    from policies.resolve import Resolved
    from policies.text import Language, Text


def document(catalogue: Catalogue, control: Control, subject: Subject | None) -> dict[str, Any]:
    """Give everything about a control as JSON data; with the values of `subject` where one is named, else the defaults."""
    kinds = [subject.kind] if subject and subject.kind in control.kinds else list(control.kinds)
    rules = {kind: _rule(catalogue, control, kind, subject) for kind in kinds}
    asked = next((_both(resolved.asked) for _, resolved in rules.values() if resolved.asked), None)
    return {
        "id": control.id,
        "area": control.area,
        "severity": str(control.severity),
        "title": _both(control.title),
        "rationale": _both(control.rationale),
        "remedy": _both(control.remedy),
        "file": control.file,
        "requirements": [_requirement(catalogue, name) for name in control.requirements],
        "kinds": {kind: _shown(chosen, resolved) for kind, (chosen, resolved) in rules.items()},
        "inspect": asked if control.inspect else None,
        "document": asked if control.document else None,
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _requirement(catalogue: Catalogue, name: str) -> dict[str, Any]:
    requirement = catalogue.requirements[name]
    return {"id": name, "text": _both(requirement.text), "items": list(requirement.items)}


def _rule(catalogue: Catalogue, control: Control, kind: str, subject: Subject | None) -> tuple[Chosen, Resolved]:
    from menshen.audit import baselines_of

    baselines = baselines_of(catalogue, subject) if subject else []
    chosen = choose(control, kind, baselines, subject.parameters.get(control.id) if subject else None)
    return chosen, resolve(control, kind, chosen.values)


def _shown(chosen: Chosen, resolved: Resolved) -> dict[str, Any]:
    return {
        "title": _both(resolved.title),
        "parameters": dict(resolved.parameters),
        "provenance": chosen.provenance,
        "when": resolved.when,
        "observe": resolved.observe,
        "enforce": [dict(step) for step in resolved.enforce],
    }


def lines(shown: dict[str, Any], language: Language) -> Iterator[str]:
    """Write the document for people, a line at a time."""
    severity = Say(language)("severity." + shown["severity"])
    yield f"{shown['id']}  [{severity}]  {shown['file']}"
    chosen = next(rule["parameters"] for rule in shown["kinds"].values())
    yield template.in_words(shown["rationale"][language], chosen, language)
    yield say("Remedy: ", "整改：", language) + template.in_words(shown["remedy"][language], chosen, language)
    for half in ("inspect", "document"):
        if shown[half]:
            yield shown[half][language]
    for requirement in shown["requirements"]:
        items = f" ({', '.join(requirement['items'])})" if requirement["items"] else ""
        yield f"{requirement['id']}{items}  {requirement['text'][language]}"
    for kind, rule in shown["kinds"].items():
        yield ""
        yield f"── {kind}: {rule['title'][language]}"
        for name, value in rule["parameters"].items():
            yield f"{name} = {value}  ← {_origin(rule['provenance'][name], language)}"
        if rule["when"]:
            yield f"{say('applies when: ', '适用条件：', language)}{rule['when'].strip()}"
        yield rule["observe"].strip()


def _origin(origin: dict[str, Any], language: Language) -> str:
    words = {
        "default": say("the control's default", "控制项默认值", language),
        "baseline": say("baseline", "基线", language),
        "inventory": say("inventory", "主机清单", language),
        "exception": say("exception", "例外", language),
    }
    parts = [words[origin["origin"]], origin.get("name") or "", origin.get("clause") or "", origin.get("file") or ""]
    return " ".join(filter(None, parts))
