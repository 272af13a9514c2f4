# SPDX-License-Identifier: Apache-2.0
"""What an SNMP agent answered, as plain Python values, and how a number or a text is read out of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Ticks(int):
    """Hundredths of a second (TimeTicks): some cards say minutes where the MIB says ticks, and only the type tells."""

    __slots__ = ()


class Oid(str):
    """An object identifier as a value, without a leading dot."""

    __slots__ = ()


# Integers of every kind, octets, and object identifiers. What an agent does not have is not there at all.
Raw = int | bytes | Oid

_NUMBER: Final = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:%|%RH|%rh|°|°C|C|deg C|V|min)?\s*\Z")
_TEXT_LIMIT: Final = 120


class Values:
    """Answers by OID. What is read is remembered in `touched`: the next poll asks for that and no more."""

    def __init__(self, values: Mapping[str, Raw]) -> None:
        self._values = values
        self.touched: set[str] = set()

    def get(self, oid: str) -> Raw | None:
        """Give one value."""
        found = self._values.get(oid)
        if found is not None:
            self.touched.add(oid)
        return found

    def peek(self, oid: str) -> Raw | None:
        """Give one value that never changes, such as a name: the next poll need not ask for it."""
        return self._values.get(oid)

    def indexes(self, column: str) -> Iterator[str]:
        """Give the indexes of a table's column, in the agent's order."""
        prefix = f"{column}."
        return (oid[len(prefix) :] for oid in self._values if oid.startswith(prefix))

    def has(self, root: str) -> bool:
        """Tell whether anything lies below `root`."""
        return any(True for _ in self.indexes(root))


def number(raw: Raw | None) -> float | None:
    """Read a number; some cards type them as text, with or without a unit."""
    if isinstance(raw, int):
        return float(raw)
    match = _NUMBER.match(text(raw)) if isinstance(raw, bytes) else None
    return float(match[1].replace(",", ".")) if match else None


def text(raw: Raw | None) -> str:
    """Read a text for people: one line, no control characters, of bounded length; "" where there is none."""
    if isinstance(raw, bytes):
        raw = Oid(raw.decode("utf-8", "replace"))
    if not isinstance(raw, str):
        return ""
    return " ".join("".join(one if one.isprintable() else " " for one in raw).split())[:_TEXT_LIMIT]
