# SPDX-License-Identifier: Apache-2.0
"""Baselines made whole: what each extends and selects, with every reference and value checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.baseline import Baseline, named, own_values
from policies.parameter import ValueRefusedError, as_written, equal
from policies.problems import nearest
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.baseline import Said
    from policies.control import Control
    from policies.located import Document, Keys
    from policies.problems import Problem


class Lineage:
    """Builds baselines from their documents; `problems` collects what is wrong with them.

    `stems` are all control files there are: one that could not be read is no unknown control.
    """

    def __init__(self, documents: Mapping[str, Document], controls: Mapping[str, Control], stems: Iterable[str]) -> None:
        self.problems: list[Problem] = []
        self._documents = documents
        self._controls = controls
        self._stems = frozenset(stems)
        self._built: dict[str, Baseline | None] = {}

    def build(self) -> dict[str, Baseline]:
        """Give every baseline that could be built."""
        for identifier in self._documents:
            self._one(identifier, ())
        return {identifier: found for identifier, found in self._built.items() if found}

    def _wrong(self, document: Document, message: str, keys: Keys) -> None:
        self.problems.append(document.problem(message, keys))

    def _one(self, identifier: str, below: tuple[str, ...]) -> Baseline | None:
        if identifier in self._built:
            return self._built[identifier]
        document = self._documents[identifier]
        parents = self._parents(document, (*below, identifier))
        if identifier not in self._built:
            self._built[identifier] = self._whole(document, parents)
        return self._built[identifier]

    def _parents(self, document: Document, line: tuple[str, ...]) -> list[Baseline]:
        found = []
        for index, parent in enumerate(document.value.get("extends", ())):
            keys = ("extends", index)
            if parent in line:
                circle = " -> ".join((*line[line.index(parent) :], parent))
                self._wrong(document, f"extends goes round in a circle: {circle}", keys)
            elif parent not in self._documents:
                self._wrong(document, f"unknown baseline {parent}{nearest(parent, self._documents)}", keys)
            else:
                built = self._one(parent, line)
                found += [built] if built else []
        return found

    def _whole(self, document: Document, parents: list[Baseline]) -> Baseline:
        entry = document.value
        own = own_values(document)
        self._check_controls(document)
        self._check_values(document, own)
        given = {*(control for parent in parents for control in parent.controls), *self._selected(document)}
        return Baseline(
            id=entry["id"],
            title=Text.of(entry["title"]),
            bank=entry.get("bank"),
            kinds=tuple(entry.get("kinds", ())),
            extends=tuple(entry.get("extends", ())),
            controls=tuple(sorted(given.difference(entry.get("without", ())).union(named(entry)))),
            values=self._inherited(document, parents, own),
        )

    def _selected(self, document: Document) -> list[str]:
        select = document.value.get("select")
        if select is None:
            return []
        if not select:
            self._wrong(document, "select names neither kinds nor areas", ("select",))
        kinds, areas = set(select.get("kinds", ())), set(select.get("areas", ()))
        return [
            control.id
            for control in self._controls.values()
            if select and (not kinds or kinds & control.kinds.keys()) and (not areas or control.area in areas)
        ]

    def _check_controls(self, document: Document) -> None:
        for half in ("controls", "without", "values"):
            for index, control in enumerate(document.value.get(half, ())):
                if control not in self._stems:
                    listed = isinstance(document.value[half], list)
                    self._wrong(
                        document, f"unknown control {control}{nearest(control, self._stems)}", (half, index if listed else control)
                    )

    def _check_values(self, document: Document, own: Mapping[str, Mapping[str, Said]]) -> None:
        for identifier in own.keys() & self._controls.keys():
            parameters = self._controls[identifier].parameters
            for name, said in own[identifier].items():
                if name not in parameters:
                    message = f"{identifier}: unknown parameter {name}{nearest(name, parameters)}"
                    self._wrong(document, message, self._place(document, identifier, name))
                    continue
                try:
                    parameters[name].check(said.value)
                except ValueRefusedError as error:
                    self._wrong(document, f"{identifier}: {error}", self._place(document, identifier, name))

    @staticmethod
    def _place(document: Document, control: str, name: str) -> Keys:
        values: Any = document.value.get("values", {})
        half = "values" if name in values.get(control, {}) else "controls"
        return (half, control, name)

    def _inherited(
        self, document: Document, parents: list[Baseline], own: dict[str, dict[str, Said]]
    ) -> dict[str, dict[str, Said]]:
        """Put the parents' values under the file's own, which replace them; parents that disagree need an own value."""
        found: dict[str, dict[str, Said]] = {}
        for parent in parents:
            for control, values in parent.values.items():
                for name, said in values.items():
                    first = found.setdefault(control, {}).setdefault(name, said)
                    if not equal(first.value, said.value) and name not in own.get(control, {}):
                        self._disagree(document, f"{control}: {name}", first, said)
        for control, values in own.items():
            found.setdefault(control, {}).update(values)
        return found

    def _disagree(self, document: Document, what: str, first: Said, other: Said) -> None:
        says = f"{first.baseline} says {as_written(first.value)}, {other.baseline} says {as_written(other.value)}"
        self._wrong(document, f"{what}: the extended baselines differ ({says}); set it here", ("extends",))
