# SPDX-License-Identifier: Apache-2.0
"""Baselines: which controls a group of subjects gets, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from policies import shape
from policies.control import AREAS
from policies.schema import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies import located
    from policies.parameter import Value
    from policies.text import Text

_WITH_CLAUSE = shape.mapping({"value": shape.anything}, {"clause": shape.text})


def _value(value: Any) -> Iterable[shape.Wrong]:
    return _WITH_CLAUSE(value) if isinstance(value, Mapping) else ()


_VALUES = shape.table(_value)


def _controls(value: Any) -> Any:
    if isinstance(value, list):
        return shape.each(shape.name)(value)
    return shape.table(lambda chosen: () if chosen is None else _VALUES(chosen))(value)


SHAPE = shape.mapping(
    {"id": shape.name, "title": shape.in_both_languages},
    {
        "bank": shape.name,
        "kinds": shape.each(shape.one_of(*KINDS), at_least=1),
        "extends": shape.each(shape.name, at_least=1),
        "controls": _controls,
        "select": shape.mapping(
            {}, {"kinds": shape.each(shape.one_of(*KINDS), at_least=1), "areas": shape.each(shape.one_of(*AREAS), at_least=1)}
        ),
        "without": shape.each(shape.name, at_least=1),
        "values": shape.table(_VALUES),
    },
)


@dataclass(frozen=True, slots=True)
class Said:
    """A value a baseline gives: `baseline` is who said it first (an extended one, perhaps), `file` is `path:line`."""

    value: Value
    baseline: str
    bank: str | None
    clause: str
    file: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """A baseline with everything it extends already in it.

    `kinds` are the subject kinds it is meant for (empty: any), `controls` the ids it chooses, `values` what it says of
    parameters: control id, then parameter name. It may say values of controls it does not choose (a bank does).
    """

    id: str
    title: Text
    bank: str | None
    kinds: tuple[str, ...]
    extends: tuple[str, ...]
    controls: tuple[str, ...]
    values: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)


def named(entry: Any) -> list[str]:
    """List the control ids the file itself names to choose them."""
    return list(entry.get("controls", ()))


def own_values(document: located.Document) -> dict[str, dict[str, Said]]:
    """Give the values the file itself says, from a document that has passed `SHAPE`."""
    entry = document.value
    found: dict[str, dict[str, Said]] = {}
    for half in ("controls", "values"):
        listed = entry.get(half, {})
        for control, values in listed.items() if isinstance(listed, dict) else ():
            for name, value in (values or {}).items():
                found.setdefault(control, {})[name] = _said(document, value, values.lines[name])
    return found


def _said(document: located.Document, value: Any, line: int) -> Said:
    wrapped = isinstance(value, Mapping)
    return Said(
        value=value["value"] if wrapped else value,
        baseline=document.value["id"],
        bank=document.value.get("bank"),
        clause=value.get("clause", "") if wrapped else "",
        file=f"{document.path}:{line}",
    )
