# SPDX-License-Identifier: Apache-2.0
"""Checklists: a bank's form, in the bank's numbering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies import shape
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_ITEM = shape.mapping(
    {
        "item": shape.text,
        "title": shape.in_both_languages,
        "supply": shape.in_both_languages,
        "requirements": shape.each(shape.text, at_least=1),
    },
    {"note": shape.in_both_languages},
)
_SECTION = shape.mapping({"section": shape.text, "title": shape.in_both_languages, "items": shape.each(_ITEM, at_least=1)})
SHAPE = shape.mapping(
    {"id": shape.name, "title": shape.in_both_languages, "sections": shape.each(_SECTION, at_least=1)},
    {"note": shape.in_both_languages, "pack_requirement": shape.text},
)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the form: its number as printed, what it is about, what the bank asks to be supplied."""

    number: str
    title: Text
    supply: Text
    requirements: tuple[str, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered group of items."""

    number: str
    title: Text
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A whole form; `note` says what is odd about it, `pack_requirement` names the clause that asks for the form itself."""

    id: str
    title: Text
    sections: tuple[Section, ...]
    note: Text | None = None
    pack_requirement: str = ""

    def items(self) -> Iterator[Item]:
        """Yield all items in the form's order."""
        for section in self.sections:
            yield from section.items


def of(entry: Any) -> Checklist:
    """Build a checklist from a value that has passed `SHAPE`."""
    return Checklist(
        id=entry["id"],
        title=Text.of(entry["title"]),
        sections=tuple(
            Section(section["section"], Text.of(section["title"]), tuple(map(_item, section["items"])))
            for section in entry["sections"]
        ),
        note=_note(entry),
        pack_requirement=entry.get("pack_requirement", ""),
    )


def _item(entry: Any) -> Item:
    return Item(entry["item"], Text.of(entry["title"]), Text.of(entry["supply"]), tuple(entry["requirements"]), _note(entry))


def _note(entry: Any) -> Text | None:
    return Text.of(entry["note"]) if "note" in entry else None


def wrongs(entry: Any) -> Iterator[shape.Wrong]:
    """Find numbers used twice, and items numbered outside their section."""
    seen: set[str] = set()
    for at, section in enumerate(entry["sections"]):
        for index, item in enumerate(section["items"]):
            number = item["item"]
            keys = ("sections", at, "items", index, "item")
            if number in seen:
                yield keys, f"a second item {number}"
            if number.partition(".")[0] != section["section"]:
                yield keys, f"item {number} stands in section {section['section']}"
            seen.add(number)
