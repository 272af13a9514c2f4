# SPDX-License-Identifier: Apache-2.0
"""The recorded cases of the controls: found, read, and run through the same hinge, engine and judge as an audit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from agents.observe import observe
from policies import catalogue
from policies.judge import judge
from policies.resolve import resolve

if TYPE_CHECKING:
    from policies.catalogue import Catalogue
    from policies.control import Control
    from policies.records import Finding

FOLDER = Path(__file__).parent / "controls"
VERDICTS = frozenset({"pass", "fail", "unknown", "not_applicable"})
AT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Case:
    """One file `tests/controls/<control>/<kind>.<name>.<verdict>.json`: what a subject answered, and what follows."""

    control: str
    kind: str
    name: str
    verdict: str
    tables: dict[str, list[dict[str, Any]]]
    parameters: dict[str, Any]

    def __str__(self) -> str:
        """Give the place of the file below tests/controls, without its ending."""
        return f"{self.control}/{self.kind}.{self.name}.{self.verdict}"


@cache
def known() -> Catalogue:
    """Load the packaged catalogue once."""
    return catalogue.load()


@cache
def cases() -> tuple[Case, ...]:
    """Read all case files, in the order of their paths."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*/*.json")))


@cache
def _by_rule() -> dict[tuple[str, str], list[Case]]:
    found: dict[tuple[str, str], list[Case]] = {}
    for case in cases():
        found.setdefault((case.control, case.kind), []).append(case)
    return found


def cases_of(control: str, kind: str) -> list[Case]:
    """List the cases of one rule."""
    return _by_rule().get((control, kind), [])


def rules() -> list[tuple[str, str]]:
    """List what machines answer: every control and kind of the catalogue that has a rule of its own."""
    found = known().controls.values()
    return [(one.id, kind) for one in found for kind in one.kinds if not one.is_manual(kind)]


def run(case: Case, control: Control | None = None) -> Finding:
    """Answer a case: `control` in place of the catalogue's, for those who try another query."""
    resolved = resolve(control or known().controls[case.control], case.kind, case.parameters)
    with Engine(RecordedSource(case.kind, case.tables, str(case))) as engine:
        return judge(resolved, {}, observe(engine, resolved, "recorded", AT))


def _read(path: Path) -> Case:
    kind, name, verdict = path.name.removesuffix(".json").split(".")
    document = json.loads(path.read_text(encoding="utf-8"))
    parameters = document.pop("parameters", {})
    return Case(path.parent.name, kind, name, verdict, document, parameters)
