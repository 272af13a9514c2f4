# SPDX-License-Identifier: Apache-2.0
"""From files to controls, baselines, requirements and checklists, collecting every problem on the way."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policies import baseline, checklist, control, control_laws, requirement, shape
from policies.problems import Problem, nearest
from policies.shelf import REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policies.checklist import Checklist
    from policies.control import Control
    from policies.located import Document
    from policies.requirement import Requirement
    from policies.shelf import Shelf

_REQUIREMENTS = shape.mapping({"requirements": shape.each(requirement.SHAPE)})
_FOLDERS_DEEP = 3  # controls/<area>/<id>.yml


def stems(shelf: Shelf) -> dict[str, str]:
    """Give the ids of all control files, right or wrong, with their paths."""
    return {PurePosixPath(path).stem: path for path in reversed(shelf.under("controls"))}


def controls(shelf: Shelf, problems: list[Problem]) -> dict[str, Document]:
    """Read all control files that are right, by id."""
    found = {}
    first = stems(shelf)
    for path in shelf.under("controls"):
        place = PurePosixPath(path)
        document = shelf.document(path, control.SHAPE, problems)
        if len(place.parts) != _FOLDERS_DEEP or place.suffix != ".yml":
            problems.append(Problem(shelf.quoted(path), 1, 1, "a control stands in controls/<area>/<id>.yml"))
        elif document:
            wrong = [document.problem(m, keys) for keys, m in control_laws.wrongs(document.value, place.parent.name, place.stem)]
            if first[place.stem] != path:
                wrong.append(document.problem(f"duplicate id {place.stem}: also {shelf.quoted(first[place.stem])}", ("id",)))
            problems.extend(wrong)
            if not wrong:
                found[place.stem] = document
    return found


def baselines(shelf: Shelf, problems: list[Problem]) -> dict[str, Document]:
    """Read all baseline files of the right shape, by id; what they refer to is not looked at here."""
    found = {}
    for path in shelf.under("baselines"):
        document = shelf.document(path, baseline.SHAPE, problems)
        if document and _named_as_file(document, path, problems):
            found[document.value["id"]] = document
    return found


def requirements(shelf: Shelf, problems: list[Problem]) -> dict[str, Requirement]:
    """Read requirements.yml; empty where there is no such file."""
    if REQUIREMENTS not in shelf.files:
        return {}
    document = shelf.document(REQUIREMENTS, _REQUIREMENTS, problems)
    found: dict[str, Requirement] = {}
    for index, entry in enumerate(document.value["requirements"] if document else ()):
        if document and entry["id"] in found:
            problems.append(document.problem(f"duplicate id {entry['id']}", ("requirements", index, "id")))
        found[entry["id"]] = requirement.of(entry)
    return found


def checklists(shelf: Shelf, problems: list[Problem]) -> dict[str, tuple[Checklist, Document]]:
    """Read all checklists, by id, with their documents for the checks that follow."""
    found = {}
    for path in shelf.under("checklists"):
        document = shelf.document(path, checklist.SHAPE, problems)
        if document and _named_as_file(document, path, problems):
            problems.extend(document.problem(message, keys) for keys, message in checklist.wrongs(document.value))
            found[document.value["id"]] = (checklist.of(document.value), document)
    return found


def _named_as_file(document: Document, path: str, problems: list[Problem]) -> bool:
    stem = PurePosixPath(path).stem
    right = bool(document.value["id"] == stem)
    if not right:
        problems.append(document.problem(f"id {document.value['id']} is not the file's name {stem}", ("id",)))
    return right


def unknown_requirements(document: Document, known: Collection[str]) -> Iterator[Problem]:
    """Find the requirements a control names that do not exist."""
    for index, identifier in enumerate(document.value["requirements"]):
        if identifier not in known:
            yield document.problem(f"unknown requirement {identifier}{nearest(identifier, known)}", ("requirements", index))


def unknown_in_checklist(document: Document, known: Collection[str]) -> Iterator[Problem]:
    """Find the requirements a checklist names that do not exist."""
    for at, section in enumerate(document.value["sections"]):
        for index, item in enumerate(section["items"]):
            for position, identifier in enumerate(item["requirements"]):
                if identifier not in known:
                    keys = ("sections", at, "items", index, "requirements", position)
                    yield document.problem(f"unknown requirement {identifier}{nearest(identifier, known)}", keys)
    pack = document.value.get("pack_requirement")
    if pack is not None and pack not in known:
        yield document.problem(f"unknown requirement {pack}{nearest(pack, known)}", ("pack_requirement",))


def build(documents: dict[str, Document]) -> dict[str, Control]:
    """Build the controls, sorted by id."""
    return {identifier: control.of(documents[identifier]) for identifier in sorted(documents)}
