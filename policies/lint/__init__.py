# SPDX-License-Identifier: Apache-2.0
"""Find what is wrong in a catalogue that loads: SQL that no subject could answer, mechanisms nobody knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies import located
from policies.lint.sql import complaints, unquoted
from policies.mechanisms import MECHANISMS, wrongs
from policies.problems import nearest
from policies.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.catalogue import Catalogue
    from policies.control import Control, Rule
    from policies.problems import Problem

__all__ = ["check", "complaints"]

Wrong = tuple[tuple[str | int, ...], str]
# A list that is filled in has lost its name: only the text before tells conditions that an empty one turns NULL.
_NEGATED: Final = re.compile(
    r"""
    \bNOT\s+IN\s+\$\{?(\w+)
    | \bNOT\s*\( [^()]* (?:\([^()]*\)[^()]*)* \bIN\s+\$\{?(\w+)\}?\s*\)
    | \bIN\s+\$\{?(\w+)\}?\s*\)\s*(?:=\s*0|(?:<>|!=)\s*1)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def check(catalogue: Catalogue) -> list[Problem]:
    """Check every rule of every control, filled with its defaults; sorted by place."""
    return sorted(problem for control in catalogue.controls.values() for problem in _located(catalogue, control))


def _located(catalogue: Catalogue, control: Control) -> Iterator[Problem]:
    wrong = [one for kind, rule in control.kinds.items() for one in _rule(control, kind, rule)]
    if wrong:
        document = located.read(control.file, catalogue.raw(control.file))
        yield from (document.problem(message, keys) for keys, message in wrong)


def _rule(control: Control, kind: str, rule: Rule) -> Iterator[Wrong]:
    resolved = resolve(control, kind, {})
    half = ("kinds", kind)
    for name, text in (("when", rule.when or ""), ("observe", rule.observe)):
        for message in _empty_lists(control, text):
            yield (*half, name), message
    for message in complaints(resolved.observe, kind):
        yield (*half, "observe"), message
    for message in complaints(resolved.when, kind, judges=False) if resolved.when else ():
        yield (*half, "when"), message
    for number, step in enumerate(rule.enforce):
        if step["mechanism"] not in MECHANISMS:
            yield (*half, "enforce", number, "mechanism"), _unknown(step["mechanism"])
        for keys, message in wrongs(dict(step)):
            yield (*half, "enforce", number, *keys), f"{step['mechanism']}: {message}"


def _empty_lists(control: Control, sql: str) -> Iterator[str]:
    """Find conditions that an empty list turns NULL, so that a WHERE drops what it should count."""
    for match in _NEGATED.finditer(unquoted(sql)):
        name = next(filter(None, match.groups()))
        if name in control.parameters and control.parameters[name].type == "list":
            yield f"NULL where the list ${name} is empty, and nothing is found: write (x IN ${name}) IS NOT TRUE"


def _unknown(mechanism: str) -> str:
    return f"no such mechanism: {mechanism}{nearest(mechanism, MECHANISMS)}"
