# SPDX-License-Identifier: Apache-2.0
"""Series in few bytes: an hour of samples as differences, compressed; exact to a thousandth, which no device here surpasses."""

from __future__ import annotations

import itertools
import sys
import zlib
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Sample = tuple[int, float | None]

HOUR: Final = 3600
MINUTE: Final = 60
# A sample speaks for what follows it, for no longer than this.
COVER_SECONDS: Final = 30
_SCALE: Final = 1000
# A value that was not known; no device gives it.
_NONE: Final = -(2**31)
_LARGEST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Rolled:
    """What is left of samples in a span that begins at `at` (Unix seconds): None where none of them was known."""

    at: int
    lowest: float | None
    mean: float | None
    highest: float | None
    samples: int
    covered: int


def pack(samples: Sequence[Sample]) -> bytes:
    """Pack samples in the order of their times (Unix seconds)."""
    times = array("q", (at for at, _ in samples))
    values = array("i", (_whole(value) for _, value in samples))
    return _packed(_differences(times), _wrapped(values))


def unpack(data: bytes) -> list[Sample]:
    """Give back what was packed."""
    times, values = _unpacked(data, "q", "i")
    return [(at, _real(value)) for at, value in zip(_sums(times), _unwrapped(values), strict=True)]


def roll(samples: Sequence[Sample], seconds: int) -> list[Rolled]:
    """Roll samples up into spans of so many seconds, those without a sample left out."""
    spans: dict[int, list[Sample]] = {}
    for at, value in samples:
        spans.setdefault(at - at % seconds, []).append((at, value))
    return [_rolled(begin, held, seconds) for begin, held in spans.items()]


def pack_rolled(rows: Sequence[Rolled]) -> bytes:
    """Pack roll-ups in the order of their times; coverage is not kept at this fineness."""
    parts = [_differences(array("q", (row.at for row in rows))), array("i", (row.samples for row in rows))]
    parts += [_wrapped(array("i", (_whole(getattr(row, name)) for row in rows))) for name in ("lowest", "mean", "highest")]
    return _packed(*parts)


def unpack_rolled(data: bytes) -> list[Rolled]:
    """Give back packed roll-ups, `covered` 0."""
    times, counts, *values = _unpacked(data, "q", "i", "i", "i", "i")
    figures = (map(_real, _unwrapped(one)) for one in values)
    rows = zip(_sums(times), counts, *figures, strict=True)
    return [Rolled(at, lowest, mean, highest, samples, 0) for at, samples, lowest, mean, highest in rows]


def _rolled(begin: int, held: Sequence[Sample], seconds: int) -> Rolled:
    known = [value for _, value in held if value is not None]
    times = [at for at, _ in held] + [begin + seconds]
    covered = sum(min(after - at, COVER_SECONDS) for at, after in itertools.pairwise(times))
    first = times[0] - begin
    if not known:
        return Rolled(begin, None, None, None, len(held), 0)
    mean = round(sum(known) / len(known), 3)
    # What lies before the first sample is the end of what the one before spoke for.
    return Rolled(begin, min(known), mean, max(known), len(held), covered + (first if first <= COVER_SECONDS else 0))


def _whole(value: float | None) -> int:
    return _NONE if value is None else max(-_LARGEST, min(_LARGEST, round(value * _SCALE)))


def _real(value: int) -> float | None:
    return None if value == _NONE else value / _SCALE


def _differences(values: array[int]) -> array[int]:
    return array(values.typecode, [after - before for before, after in zip([0, *values], values, strict=False)])


def _sums(values: Iterable[int]) -> list[int]:
    total, found = 0, []
    for value in values:
        total += value
        found.append(total)
    return found


def _wrapped(values: array[int]) -> array[int]:
    """Give differences that wrap round at 32 bits."""
    return array("I", [(after - before) & 0xFFFFFFFF for before, after in zip([0, *values], values, strict=False)])


def _unwrapped(values: Iterable[int]) -> list[int]:
    total, found = 0, []
    for value in values:
        total = (total + value) & 0xFFFFFFFF
        found.append(total - 2**32 if total >= 2**31 else total)
    return found


def _packed(*parts: array[int]) -> bytes:
    if sys.byteorder == "big":
        for part in parts:
            part.byteswap()
    return zlib.compress(b"".join(part.tobytes() for part in parts), 6)


def _unpacked(data: bytes, *codes: str) -> list[array[int]]:
    raw = zlib.decompress(data)
    sizes = [array(code).itemsize for code in codes]
    count, at, parts = len(raw) // sum(sizes), 0, []
    for code, size in zip(codes, sizes, strict=True):
        part: array[int] = array(code if code == "q" else "i")
        part.frombytes(raw[at : at + count * size])
        if sys.byteorder == "big":
            part.byteswap()
        parts.append(part)
        at += count * size
    return parts
