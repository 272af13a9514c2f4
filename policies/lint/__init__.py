# SPDX-License-Identifier: Apache-2.0
"""Find what is wrong in a catalogue that loads: SQL that no subject could answer, mechanisms nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies import located
from policies.lint.sql import complaints
from policies.mechanisms import MECHANISMS
from policies.problems import nearest
from policies.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.catalogue import Catalogue
    from policies.control import Control, Rule
    from policies.problems import Problem

__all__ = ["check", "complaints"]

Wrong = tuple[tuple[str | int, ...], str]


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
    for message in complaints(resolved.observe, kind):
        yield (*half, "observe"), message
    for message in complaints(resolved.when, kind, judges=False) if resolved.when else ():
        yield (*half, "when"), message
    for number, step in enumerate(rule.enforce):
        if step["mechanism"] not in MECHANISMS:
            yield (*half, "enforce", number, "mechanism"), _unknown(step["mechanism"])


def _unknown(mechanism: str) -> str:
    return f"no such mechanism: {mechanism}{nearest(mechanism, MECHANISMS)}"
