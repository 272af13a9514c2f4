# SPDX-License-Identifier: Apache-2.0
"""Before a page is drawn: find every text of a report, and what of it the fonts cannot draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

from reports.report import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.report import Report

_PLACES_SHOWN = 3
# Line breaks and tabs need no glyph.
_LAYOUT = frozenset("\n\t")


class MissingGlyphError(Exception):
    """Text of the catalogue or of the request holds characters the fonts lack; the message lists them and where they stand."""


def texts(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a report with the place where it stands, such as `sections.3.items.2.title`."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from texts(member, f"{place}.{key}")
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from texts(member, f"{place}.{index}")
    elif is_dataclass(value):
        for member in fields(value):
            yield from texts(getattr(value, member.name), f"{place}.{member.name}")


def characters(report: Report) -> frozenset[str]:
    """Give every character of a report."""
    found: set[str] = set()
    for _, text in texts(report):
        found.update(text)
    return frozenset(found)


def demand(report: Report, covered: frozenset[str], lead: str) -> frozenset[str]:
    """Give the characters reported by devices that have no glyph; they will be written as code points.

    `lead` is the first line of the error's message.

    Raises:
        MissingGlyphError: a text that is not from a device holds such a character.
    """
    drawn = covered | _LAYOUT
    missing: dict[str, list[str]] = {}
    replaced: set[str] = set()
    for place, text in texts(report):
        beyond = set(text) - drawn
        if isinstance(text, Seen):
            replaced |= beyond
            continue
        for character in beyond:
            missing.setdefault(character, []).append(place.lstrip("."))
    if missing:
        raise MissingGlyphError("\n".join((lead, *(_line(*one) for one in sorted(missing.items())))))
    return frozenset(replaced)


def _line(character: str, places: list[str]) -> str:
    more = f" +{len(places) - _PLACES_SHOWN}" if len(places) > _PLACES_SHOWN else ""
    return f"  U+{ord(character):04X} {character if character.isprintable() else ''} {', '.join(places[:_PLACES_SHOWN])}{more}"
