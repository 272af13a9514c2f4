# SPDX-License-Identifier: Apache-2.0
"""The matrix from requirement to controls to checklist items, and what nothing answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.catalogue import Catalogue
    from policies.control import Control
    from policies.requirement import Requirement

NOTHING = "none"


def matrix(catalogue: Catalogue) -> dict[str, Any]:
    """Give the matrix as JSON has it.

    `requirements`: id, controls, items, answered_by (automated, measured, inspection, document, none), in the file's order.
    `items`: item (its number), title in both languages, controls, requirements, checklist (its id), in the form's order.
    """
    return {
        "requirements": [_requirement(catalogue, requirement) for requirement in catalogue.requirements.values()],
        "items": [
            {
                "item": item.number,
                "title": {"zh": item.title.zh, "en": item.title.en},
                "controls": [control.id for control in catalogue.controls_for_item(item)],
                "requirements": list(item.requirements),
                "checklist": form.id,
            }
            for form in catalogue.checklists.values()
            for item in form.items()
        ],
    }


def gaps(matrix: Mapping[str, Any]) -> list[str]:
    """List the requirements that nothing answers."""
    return [entry["id"] for entry in matrix["requirements"] if entry["answered_by"] == NOTHING]


def _requirement(catalogue: Catalogue, requirement: Requirement) -> dict[str, Any]:
    controls = [control for control in catalogue.controls.values() if requirement.id in control.requirements]
    items = [item.number for form in catalogue.checklists.values() for item in form.items() if requirement.id in item.requirements]
    return {
        "id": requirement.id,
        "controls": [control.id for control in controls],
        "items": items or list(requirement.items),
        "answered_by": _answered_by(requirement, controls),
    }


def _answered_by(requirement: Requirement, controls: Sequence[Control]) -> str:
    if any(not rule.manual for control in controls for rule in control.kinds.values()):
        return "measured" if requirement.verify == "measured" else "automated"
    if any(control.inspect for control in controls):
        return "inspection"
    return "document" if controls else NOTHING
