# SPDX-License-Identifier: Apache-2.0
"""What a report's cover says of the agency: `report.yml` beside the inventory's hosts, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from policies import located, shape
from policies.problems import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "report.yml"
CLASSIFICATIONS = ("internal", "confidential")
SHAPE = shape.mapping(
    {}, {"agency": shape.text, "bank": shape.text, "site": shape.text, "classification": shape.one_of(*CLASSIFICATIONS)}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Names on the cover, each "" where nobody has filled it in."""

    agency: str = ""
    bank: str = ""
    site: str = ""
    classification: Literal["internal", "confidential"] = "internal"


def load(path: Path) -> Profile:
    """Read the file, if there is one.

    Raises:
        CatalogueError: it is written wrongly.
    """
    if not path.exists():
        return Profile()
    document = located.read(str(path), path.read_bytes())
    problems = [document.problem(message, keys) for keys, message in SHAPE(document.value)]
    if problems:
        raise CatalogueError(problems)
    entry = document.value
    classification = cast("Literal['internal', 'confidential']", entry.get("classification", "internal"))
    return Profile(entry.get("agency", ""), entry.get("bank", ""), entry.get("site", ""), classification)
