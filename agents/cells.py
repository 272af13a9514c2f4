# SPDX-License-Identifier: Apache-2.0
"""What a cell becomes in a column of a type: the rules by which SQLite stores a value, and osquery's for unreadable numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.verdict import Cell

_INT64 = range(-(2**63), 2**63)


def as_text(value: Any) -> Cell:
    """Store in a TEXT column; characters that UTF-8 cannot write (from undecodable file names) become U+FFFD."""
    if type(value) is str:
        return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if value is None:
        return None
    if isinstance(value, float):
        return _float_text(value)
    return str(int(value)) if isinstance(value, int) else str(value)


def as_number(value: Any) -> Cell:
    """Store in an INTEGER, BIGINT, UNSIGNED_BIGINT or DATETIME column.

    A text that is no number becomes NULL, as in osquery, and an integer beyond 64 bits a float, as in SQLite.
    """
    if type(value) is int:
        return value if value in _INT64 else float(value)
    number = _number(value)
    if isinstance(number, float) and number.is_integer() and int(number) in _INT64:
        return int(number)
    return number


def as_real(value: Any) -> Cell:
    """Store in a DOUBLE column: always a float, or NULL for a text that is no number."""
    number = _number(value)
    return None if number is None else float(number)


def converter(type_: str) -> Callable[[Any], Cell]:
    """Give the function that stores a value in a column of the schema type `type_`."""
    return {"TEXT": as_text, "DOUBLE": as_real}.get(type_, as_number)


def shown(value: Cell | bytes) -> Cell:
    """Turn a result of SQLite into a cell that JSON can carry: a blob becomes hexadecimal text, an infinity its name."""
    if isinstance(value, bytes):
        return value.hex().upper()
    if isinstance(value, float) and not math.isfinite(value):
        return "Inf" if value > 0 else "-Inf"
    return value


def _number(value: Any) -> int | float | None:
    if value is None or isinstance(value, float):
        return None if value is None or math.isnan(value) else value
    if isinstance(value, int):
        return int(value) if value in _INT64 else float(value)
    return _parse(str(value).strip())


def _parse(text: str) -> int | float | None:
    # Python also reads 1_000, "inf" and the digits of other scripts; SQLite does not.
    if not text.isascii() or "_" in text or text[-1:].isalpha():
        return None
    try:
        number = int(text)
    except ValueError:
        pass
    else:
        return number if number in _INT64 else float(number)
    try:
        return float(text)
    except ValueError:
        return None


def _float_text(value: float) -> str:
    text = f"{value:.15g}"
    mantissa, mark, exponent = text.partition("e")
    return text if "." in mantissa or not mantissa[-1:].isdigit() else f"{mantissa}.0{mark}{exponent}"
