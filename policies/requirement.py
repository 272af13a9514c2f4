# SPDX-License-Identifier: Apache-2.0
"""Requirements: what a bank or agency wrote, clause by clause, with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies import shape
from policies.control import AREAS
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

VERIFY: tuple[str, ...] = ("automated", "measured", "document", "inspection")

SHAPE = shape.mapping(
    {
        "id": shape.text,
        "area": shape.one_of(*AREAS),
        "applies_to": shape.each(shape.text, at_least=1),
        "text": shape.in_both_languages,
        "verify": shape.one_of(*VERIFY),
        "sources": shape.each(shape.mapping({"file": shape.text, "ref": shape.text}, {"figure": shape.note}), at_least=1),
    },
    {
        "parameters": shape.each(
            shape.mapping(
                {
                    "name": shape.text,
                    "value": shape.anything,
                    "op": shape.text,
                    "origin": shape.one_of("stated", "derived", "ours"),
                },
                {"unit": shape.note, "by_source": shape.table(shape.anything)},
            )
        ),
        "conflict": shape.note,
        "note": shape.note,
        "how": shape.note,
        "enforce": shape.note,
        "checklist": shape.each(shape.text),
    },
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a requirement stands: source document, place in it, and the figure it states there ("" for none)."""

    file: str
    ref: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One clause in our own words.

    `parameters` are its figures: name, value, op, origin and, where given, unit and by_source (figures per source
    document). `conflict` says how the sources differ, `items` which checklist items the clause answers.
    """

    id: str
    area: str
    text: Text
    verify: str
    sources: tuple[Source, ...]
    parameters: tuple[Mapping[str, Any], ...]
    conflict: str
    note: str
    applies_to: tuple[str, ...]
    items: tuple[str, ...]


def of(entry: Any) -> Requirement:
    """Build a requirement from an entry that has passed `SHAPE`."""
    return Requirement(
        id=entry["id"],
        area=entry["area"],
        text=Text.of(entry["text"]),
        verify=entry["verify"],
        sources=tuple(Source(source["file"], source["ref"], source.get("figure", "")) for source in entry["sources"]),
        parameters=tuple(dict(figure) for figure in entry.get("parameters", ())),
        conflict=entry.get("conflict", ""),
        note=entry.get("note", ""),
        applies_to=tuple(entry["applies_to"]),
        items=tuple(entry.get("checklist", ())),
    )
