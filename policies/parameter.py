# SPDX-License-Identifier: Apache-2.0
"""Parameters: typed, bounded values of a control, and what "stricter" means for each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from policies import shape
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Value: TypeAlias = "bool | int | float | str | list[str]"

RESERVED: frozenset[str] = frozenset({"control"})
_INT64 = 2**63

SHAPE = shape.mapping(
    {
        "title": shape.in_both_languages,
        "type": shape.one_of("integer", "number", "boolean", "string", "list"),
        "default": shape.anything,
    },
    {
        "unit": shape.text,
        "minimum": shape.anything,
        "maximum": shape.anything,
        "strictest": shape.one_of("min", "max", "union", "intersection", "all", "any"),
        "choices": shape.each(shape.note, at_least=1),
    },
)
_STRICTEST: Mapping[str, frozenset[str]] = {
    "integer": frozenset({"min", "max"}),
    "number": frozenset({"min", "max"}),
    "boolean": frozenset({"all", "any"}),
    "string": frozenset(),
    "list": frozenset({"union", "intersection"}),
}


class ValueRefusedError(ValueError):
    """A value is not of its parameter's type or lies outside its limits."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value a control leaves open; `unit` is "" where it has none, `strictest` where banks' values cannot be merged.

    `line` is where `default` stands in the control's file, 0 for the parameter that comes with an inspection.
    """

    name: str
    title: Text
    type: str
    default: Value
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    strictest: str = ""
    choices: tuple[str, ...] = ()
    line: int = 0

    def check(self, value: Any) -> Value:
        """Give `value` as this parameter takes it.

        Raises:
            ValueRefusedError: `idle_seconds=3600 is outside 1..900`, or not of the type, or not among the choices.
        """
        complaint = _TYPES[self.type](value) or self._limits(value)
        if complaint:
            message = f"{self.name}={as_written(value)} {complaint}"
            raise ValueRefusedError(message)
        return list(value) if isinstance(value, list | tuple) else value

    def _limits(self, value: Any) -> str:
        if self.type in {"integer", "number"}:
            low = -math.inf if self.minimum is None else self.minimum
            high = math.inf if self.maximum is None else self.maximum
            return "" if low <= value <= high else f"is outside {_limit(self.minimum)}..{_limit(self.maximum)}"
        if self.strictest == "union" and self.default and not value:
            # What is looked for or forbidden: without a member everything would pass.
            return "is empty: nothing would be looked at"
        chosen = value if isinstance(value, list | tuple) else [value]
        beyond = [one for one in chosen if self.choices and one not in self.choices]
        return f"is not among {', '.join(self.choices)}" if beyond else ""

    def merged(self, one: Value, other: Value) -> Value | None:
        """Give the stricter of two values (or what is stricter than both), None where there is no rule and they differ."""
        if equal(one, other):
            # Same members in another order: the order that sorts first, so that merging does not depend on who came first.
            return min(one, other) if isinstance(one, list) and isinstance(other, list) else one
        merge = _MERGES.get(self.strictest)
        return merge(one, other) if merge else None

    def no_looser(self, value: Value, than: Value) -> bool:
        """Tell whether `value` is at least as strict; without a rule only the same value is."""
        merged = self.merged(value, than)
        return merged is not None and equal(merged, value)


def equal(one: Value, other: Value) -> bool:
    """Compare two values; lists are sets here."""
    if isinstance(one, list) and isinstance(other, list):
        return set(one) == set(other)
    return one == other


def as_written(value: Any) -> str:
    """Write a value as it stands in YAML and in messages."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_written, value))}]"
    return str(value)


def of(name: str, entry: Any) -> Parameter:
    """Build a parameter from an entry that has passed `SHAPE`."""
    return Parameter(
        name=name,
        title=Text.of(entry["title"]),
        type=entry["type"],
        default=entry["default"],
        unit=entry.get("unit", ""),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        strictest=entry.get("strictest", ""),
        choices=tuple(entry.get("choices", ())),
        line=entry.lines["default"],
    )


def wrongs(parameter: Parameter) -> Iterator[tuple[str, str]]:
    """Find what shape alone cannot see in one parameter: (key, message)."""
    if parameter.name in RESERVED:
        yield "", f"{parameter.name} is a reserved name"
    numeric = parameter.type in {"integer", "number"}
    for key in ("minimum", "maximum"):
        limit = getattr(parameter, key)
        if limit is not None and (not numeric or _TYPES[parameter.type](limit)):
            yield key, f"{key} must be a number of the parameter's type, and only numbers have one"
            return
    if parameter.minimum is not None and parameter.maximum is not None and parameter.minimum > parameter.maximum:
        yield "minimum", f"minimum {parameter.minimum} is above maximum {parameter.maximum}"
    if parameter.choices and parameter.type not in {"string", "list"}:
        yield "choices", f"choices are for string and list, not {parameter.type}"
    if parameter.strictest and parameter.strictest not in _STRICTEST[parameter.type]:
        known = ", ".join(sorted(_STRICTEST[parameter.type])) or "nothing"
        yield "strictest", f"strictest of a {parameter.type} is {known}, not {parameter.strictest}"
    try:
        parameter.check(parameter.default)
    except ValueRefusedError as error:
        yield "default", f"default {error}"


def _limit(limit: float | None) -> str:
    return "" if limit is None else str(limit)


def _integer(value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return "is not a whole number"
    return "" if -_INT64 <= value < _INT64 else "does not fit 64 bits"


def _number(value: Any) -> str:
    if isinstance(value, float):
        return "" if math.isfinite(value) else "is not a finite number"
    return "is not a number" if _integer(value) == "is not a whole number" else _integer(value)


def _boolean(value: Any) -> str:
    return "" if isinstance(value, bool) else "is not true or false"


def _string(value: Any) -> str:
    if not isinstance(value, str):
        return "is not text"
    # SQLite ends a text literal at NUL: what follows would be read as SQL.
    return "contains a NUL character" if "\0" in value else ""


def _list(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return "is not a list"
    complaint = next(filter(None, map(_string, value)), "")
    if complaint:
        return f"has a member that {complaint}"
    return "names a member twice" if len(set(value)) < len(value) else ""


_TYPES: Mapping[str, Callable[[Any], str]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": _string,
    "list": _list,
}


def _sorted(members: set[str]) -> list[str]:
    return sorted(members)


_MERGES: Mapping[str, Callable[[Any, Any], Value]] = {
    "min": min,
    "max": max,
    "all": lambda one, other: one and other,
    "any": lambda one, other: one or other,
    "union": lambda one, other: _sorted({*one, *other}),
    "intersection": lambda one, other: _sorted({*one} & {*other}),
}


def strictest_of(parameter: Parameter, values: Sequence[Value]) -> Value | None:
    """Merge all of `values` (at least one), None where two of them cannot be merged."""
    merged: Value | None = values[0]
    for value in values[1:]:
        merged = None if merged is None else parameter.merged(merged, value)
    return merged
