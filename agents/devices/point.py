# SPDX-License-Identifier: Apache-2.0
"""One reading as data: where a device keeps it, in which unit, what its numbers mean, which of them are no readings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from agents.devices.raw import Oid, Ticks, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.devices.raw import Raw, Values

# How devices say "I do not know" with a number: minus one, and the greatest of 15, 16, 31 and 32 bits, as they are or signed.
NO_NUMBER: Final = frozenset({-1.0, 32767.0, -32768.0, 65535.0, float(2**31 - 1), float(-(2**31)), float(2**32 - 1)})


class Fold(Enum):
    """How the rows of a table become one value: the phases of a UPS."""

    MAX = "max"  # the phase that carries most is the one that trips
    LOWEST_USED = "lowest used"  # a phase that reads 0 beside others that do not is not connected


@dataclass(frozen=True, slots=True)
class Heard:
    """What a device says of one column: a value, or the reason why its answer is none."""

    value: object = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One reading: `oid` is a scalar's with its .0 or, with `fold`, a table column's without index.

    The number there times `scale` is the column in its unit; from `tenths_above` on it is in tenths instead (cards that
    forgot the MIB's unit). `ticks` is the scale where the value is typed as TimeTicks. With `means` it is an enumeration,
    with `words` one of texts (in lower case); of a text only the group of `pattern` counts.
    `also` are further scalars that fold with `oid`, for phases without a table.
    `bogus` are raw numbers that stand for "not known" here beside those of `NO_NUMBER`.
    """

    column: str
    oid: str
    scale: float = 1.0
    means: Mapping[int, object] | None = None
    bogus: frozenset[float] = frozenset()
    fold: Fold | None = None
    tenths_above: float | None = None
    ticks: float | None = None
    is_text: bool = False
    words: Mapping[str, object] | None = None
    also: tuple[str, ...] = ()
    pattern: str = ""

    def read(self, values: Values) -> Heard | None:
        """Read it; None where the device does not have it."""
        if self.fold is not None:
            return self._folded(values)
        raw = values.get(self.oid)
        if raw is None:
            return None
        if self.pattern:
            match = re.search(self.pattern, text(raw))
            return Heard(match[1]) if match else None
        return self._one(raw)

    def _folded(self, values: Values) -> Heard | None:
        scalars = (self.oid, *self.also) if self.also else tuple(f"{self.oid}.{index}" for index in values.indexes(self.oid))
        heard = [self._one(raw) for oid in scalars if (raw := values.get(oid)) is not None]
        found = [one.value for one in heard if isinstance(one.value, float)]
        if not found:
            return heard[0] if heard else None
        if self.fold is Fold.MAX:
            return Heard(max(found))
        return Heard(min([one for one in found if one > 0] or found))

    def _one(self, raw: Raw) -> Heard:
        if self.is_text:
            return self._text(text(raw))
        value = number(raw)
        if value is None:
            shown = text(raw) if not isinstance(raw, Oid) else "an object identifier"
            return Heard(reason=f"the device gives {shown!r}, no number" if shown else "the device gives an empty text, no number")
        if self.means is not None:
            return self._meant(value)
        if value in NO_NUMBER or value in self.bogus:
            return Heard(reason=f"the device gives {value:.12g}, its word for not known")
        return Heard(self._scaled(value, ticks=isinstance(raw, Ticks)))

    def _text(self, found: str) -> Heard:
        if self.words is not None and found:
            said = self.words.get(found.lower(), Heard(reason=f"the device says {found!r}, which is no state known here"))
            return said if isinstance(said, Heard) else Heard(said)
        return Heard(found) if found else Heard(reason="the device gives an empty text")

    def _meant(self, value: float) -> Heard:
        means = self.means or {}
        if int(value) not in means:
            return Heard(reason=f"the device gives state {value:g}, which its MIB does not name")
        meaning = means[int(value)]
        return meaning if isinstance(meaning, Heard) else Heard(meaning)

    def _scaled(self, value: float, *, ticks: bool) -> float:
        scale = self.ticks if ticks and self.ticks is not None else self.scale
        found = value * scale
        if self.tenths_above is not None and found > self.tenths_above:
            found /= 10
        return round(found, 4)
