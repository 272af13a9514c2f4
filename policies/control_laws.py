# SPDX-License-Identifier: Apache-2.0
"""The laws of a control that its shape alone cannot show (docs/en/controls.md)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from policies import manual, parameter, template
from policies.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.shape import Wrong

# A number for people, with or without a unit; names such as IPv6, SHA-256 or 802.1X are words.
_WORD = re.compile(r"[A-Za-z0-9_.,%°$\-]+")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)*[.,]*(?:%|°C|°|s|ms|min|h|d|m|GB|MB|kB|V|W|C)?\Z")


def wrongs(entry: Any, area: str, stem: str) -> Iterator[Wrong]:
    """Find everything wrong in the value of a control file that has passed its shape; `area` and `stem` are of its path."""
    if entry["id"] != stem:
        yield ("id",), f"id {entry['id']} is not the file's name {stem}"
    if entry["area"] != area:
        yield ("area",), f"area {entry['area']} is not the folder {area}"
    yield from _answered(entry)
    for name, value in entry.get("parameters", {}).items():
        for key, message in parameter.wrongs(parameter.of(name, value)):
            yield ("parameters", name, *([key] if key in value else [])), message
    yield from _titles(entry)
    yield from _substitutions(entry)
    if len(set(entry["requirements"])) < len(entry["requirements"]):
        yield ("requirements",), "a requirement is named twice"


def _answered(entry: Any) -> Iterator[Wrong]:
    people = [key for key in ("inspect", "document") if key in entry]
    if not people and not entry.get("kinds"):
        yield (), "one of kinds, inspect, document is missing"
    if len(people) > 1:
        yield ("document",), "inspect and document exclude each other: both would answer for the site"
    if entry.get("inspect", {}).get("where") == manual.MACHINE and not entry.get("kinds"):
        yield ("inspect", "where"), "a look at a machine answers in its place: the control needs kinds of machines"
    if people and manual.SITE in entry.get("kinds", {}):
        yield ("kinds", manual.SITE), f"{people[0]} brings its own rule for the kind site"
    if people and manual.EVERY_DAYS in entry.get("parameters", {}):
        yield ("parameters", manual.EVERY_DAYS), f"{people[0]} brings its own parameter {manual.EVERY_DAYS}"


def _titles(entry: Any) -> Iterator[Wrong]:
    for language, title in entry["title"].items():
        numbers = [word for word in _WORD.findall(title) if _NUMBER.match(word)]
        if numbers:
            yield ("title", language), f"a number in the title ({', '.join(numbers)}): use a parameter"
    yield from _one_sided(("title",), entry["title"])
    for key, asked in (("inspect", "look_at"), ("document", "provide")):
        if key in entry:
            yield from _one_sided((key, asked), entry[key][asked])


def _one_sided(keys: tuple[str, ...], text: Any) -> Iterator[Wrong]:
    used = {language: set(template.names(words) or ()) for language, words in text.items()}
    for name in sorted(used["en"] ^ used["zh"]):
        yield keys, f"${name} stands in one language only"


def _substitutions(entry: Any) -> Iterator[Wrong]:
    known = set(entry.get("parameters", {}))
    if "inspect" in entry or "document" in entry:
        known.add(manual.EVERY_DAYS)
    for key in ("title", "remedy"):
        for language, words in entry[key].items():
            yield from _unknown((key, language), words, known)
    used = {manual.EVERY_DAYS}
    for key, asked in (("inspect", "look_at"), ("document", "provide")):
        if key in entry:
            used.update(name for name in template.names_in(entry[key][asked]) if name)
            for language, words in entry[key][asked].items():
                yield from _unknown((key, asked, language), words, known)
    for kind, rule in entry.get("kinds", {}).items():
        used.update(name for name in template.names_in(rule) if name)
        yield from _in_rule(("kinds", kind), rule, known)
    for name in known - used:
        yield ("parameters", name), f"parameter {name} is used by nothing"


def _in_rule(keys: tuple[str, str], rule: Any, known: set[str]) -> Iterator[Wrong]:
    for half in ("when", "observe"):
        if half in rule:
            yield from _unknown((*keys, half), rule[half], known | parameter.RESERVED)
            for name in template.quoted_names(rule[half]):
                yield (*keys, half), f"${name} stands inside quotes: it becomes a quoted literal by itself, join texts with ||"
    for index, step in enumerate(rule.get("enforce", ())):
        for text in template.texts(step):
            yield from _unknown((*keys, "enforce", index), text, known)


def _unknown(keys: tuple[str | int, ...], text: str, known: set[str]) -> Iterator[Wrong]:
    names = template.names(text)
    if names is None:
        yield keys, "a stray $: write $$ for a dollar sign"
        return
    for name in names:
        if name not in known:
            yield keys, f"unknown parameter ${name}{nearest(name, known)}"
