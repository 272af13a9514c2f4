# SPDX-License-Identifier: Apache-2.0
"""The catalogue: every control, requirement, baseline and checklist of a folder, read and checked as one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from policies import gather, shelf
from policies.lineage import Lineage
from policies.problems import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from policies.baseline import Baseline
    from policies.checklist import Checklist, Item
    from policies.control import Control
    from policies.located import Document
    from policies.problems import Problem
    from policies.requirement import Requirement
    from policies.shelf import Shelf


@dataclass(frozen=True)
class Catalogue:
    """Everything a policies folder holds, each by id; `digest` is SHA-256 over its files (64 hexadecimal digits).

    Requirements and checklists are read when first asked for, unless `load` has read them: an audit needs neither.
    """

    controls: dict[str, Control]
    baselines: dict[str, Baseline]
    digest: str
    _shelf: Shelf = field(repr=False, compare=False)

    @cached_property
    def requirements(self) -> dict[str, Requirement]:
        """Give the requirements by id, in the file's order.

        Raises:
            CatalogueError: requirements.yml is wrong (only where `load` was told not to read it).
        """
        problems: list[Problem] = []
        found = gather.requirements(self._shelf, problems)
        _refuse(problems)
        return found

    @cached_property
    def checklists(self) -> dict[str, Checklist]:
        """Give the checklists by id.

        Raises:
            CatalogueError: a checklist is wrong (only where `load` was told not to read them).
        """
        problems: list[Problem] = []
        found = gather.checklists(self._shelf, problems)
        _refuse(problems)
        return {identifier: form for identifier, (form, _) in found.items()}

    def controls_for_item(self, item: Item) -> list[Control]:
        """List the controls that answer a checklist item, through the requirements it names, sorted by id."""
        wanted = set(item.requirements)
        return [control for control in self.controls.values() if wanted.intersection(control.requirements)]

    def raw(self, file: str) -> bytes:
        """Give the bytes of one of its files, named as problems quote it."""
        return self._shelf.files[file.removeprefix(f"{self._shelf.label}/")]

    def controls_for(self, baselines: Iterable[str], kind: str) -> list[Control]:
        """List the controls these baselines choose that have a rule for `kind`, sorted by id.

        Raises:
            KeyError: there is no such baseline.
        """
        chosen = {control for identifier in baselines for control in self.baselines[identifier].controls}
        return [control for control in self.controls.values() if control.id in chosen and kind in control.kinds]


def load(folder: Path | None = None, *, whole: bool = True) -> Catalogue:
    """Read the catalogue in `folder`, the packaged one if None.

    Without `whole`, requirements and checklists are left unread, and references to them unchecked.

    Raises:
        CatalogueError: everything wrong in all files that were read.
    """
    root: Traversable = files("policies") if folder is None else folder
    shelf_ = shelf.read(root)
    problems: list[Problem] = []
    documents = gather.controls(shelf_, problems)
    controls = gather.build(documents)
    lineage = Lineage(gather.baselines(shelf_, problems), controls, gather.stems(shelf_))
    catalogue = Catalogue(controls, lineage.build(), shelf_.digest, shelf_)
    problems += lineage.problems
    if whole:
        _read_the_rest(catalogue, shelf_, documents, problems)
    _refuse(problems)
    return catalogue


def _read_the_rest(catalogue: Catalogue, shelf_: Shelf, documents: dict[str, Document], problems: list[Problem]) -> None:
    before = len(problems)
    requirements = gather.requirements(shelf_, problems)
    readable = len(problems) == before
    forms = gather.checklists(shelf_, problems)
    if readable:
        # Only now: with unreadable requirements every reference would be called unknown.
        for document in documents.values():
            problems.extend(gather.unknown_requirements(document, requirements.keys()))
        for _, document in forms.values():
            problems.extend(gather.unknown_in_checklist(document, requirements.keys()))
    # Fill what the cached properties would read again.
    catalogue.__dict__["requirements"] = requirements
    catalogue.__dict__["checklists"] = {identifier: form for identifier, (form, _) in forms.items()}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise CatalogueError(problems)
