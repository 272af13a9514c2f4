# SPDX-License-Identifier: Apache-2.0
"""Exceptions: dated permissions to deviate, each with a reason, an approver and an end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from policies import located, shape
from policies.parameter import ValueRefusedError
from policies.problems import CatalogueError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from policies.control import Control


def _date(value: Any) -> Iterable[shape.Wrong]:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return [((), f"must be a date such as 2026-11-22, not {value!r}")]
    return ()


def _usb_id(value: Any) -> Iterable[shape.Wrong]:
    if isinstance(value, str) and re.fullmatch("[0-9a-fA-F]{4}", value):
        return ()
    return [((), f'must be four hexadecimal digits in quotes, such as "0951", not {value!r}')]


SHAPE = shape.mapping(
    {
        "exceptions": shape.each(
            shape.mapping(
                {
                    "id": shape.text,
                    "control": shape.name,
                    "subjects": shape.each(shape.text, at_least=1),
                    "reason": shape.text,
                    "approver": shape.text,
                    "compensating_control": shape.text,
                    "bank_filing": shape.text,
                    "from": _date,
                    "until": _date,
                },
                {
                    "device": shape.mapping({"vendor": _usb_id, "product": _usb_id}, {"serial": shape.text}),
                    "parameters": shape.table(shape.anything, key=shape.name),
                    "revoked": _date,
                },
            )
        )
    }
)


@dataclass(frozen=True, slots=True)
class Device:
    """The one device an exception is for; `serial` is "" where any of the model may be used."""

    vendor: str
    product: str
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One exception: `subjects` are hosts or groups, the days `from_date` and `until` both belong to it, `file` is `path:line`.

    One that was `revoked` on a day ends the day before: `until` says so.

    With `parameters` it allows those values, and no further deviation; without, it allows the control to fail.
    """

    id: str
    control: str
    subjects: tuple[str, ...]
    device: Device | None
    reason: str
    approver: str
    compensating_control: str
    bank_filing: str
    from_date: date
    until: date
    parameters: Mapping[str, Any]
    file: str
    revoked: date | None = None

    def state(self, on: date) -> str:
        """Give how it stands on a day: `live`, `future`, `revoked` or `ended`."""
        if self.is_live(on):
            return "live"
        if self.revoked and self.revoked <= on:
            return "revoked"
        return "future" if on < self.from_date else "ended"

    def is_live(self, on: date) -> bool:
        """Tell whether the exception holds on a day."""
        return self.from_date <= on <= self.until

    def covers(self, control_id: str, subject: str, groups: Collection[str], on: date) -> bool:
        """Tell whether the exception holds on a day for this control on this subject, itself or by one of its groups."""
        meant = subject in self.subjects or any(group in self.subjects for group in groups)
        return control_id == self.control and meant and self.is_live(on)


def load(path: Path, controls: Mapping[str, Control] | None = None) -> tuple[Grant, ...]:
    """Read exceptions.yml, in the file's order; `controls` are the known ones by id (None: not checked).

    Raises:
        CatalogueError: the file cannot be read, or everything wrong in it.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError([Problem(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    return read(str(path), raw, controls)


def read(path: str, raw: bytes, controls: Mapping[str, Control] | None = None) -> tuple[Grant, ...]:
    """Read the text of exceptions.yml; `path` is how problems quote it. Parameters and errors as `load`."""
    document = located.read(path, raw)
    problems = [document.problem(message, keys) for keys, message in SHAPE(document.value)]
    if not problems:
        problems = [document.problem(message, keys) for keys, message in _wrongs(document.value["exceptions"], controls)]
    if problems:
        raise CatalogueError(problems)
    return tuple(_grant(entry, path) for entry in document.value["exceptions"])


def _wrongs(entries: list[Any], controls: Mapping[str, Control] | None) -> Iterator[shape.Wrong]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        keys = ("exceptions", index)
        if entry["id"] in seen:
            yield (*keys, "id"), f"duplicate id {entry['id']}"
        seen.add(entry["id"])
        if date.fromisoformat(entry["until"]) < date.fromisoformat(entry["from"]):
            yield (*keys, "until"), f"until {entry['until']} is before from {entry['from']}"
        if controls is not None and entry["control"] not in controls:
            yield (*keys, "control"), f"unknown control {entry['control']}{nearest(entry['control'], controls)}"
        elif controls is not None:
            for name, message in _refused(controls[entry["control"]], entry.get("parameters", {})):
                yield (*keys, "parameters", name), message


def _refused(control: Control, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if name not in control.parameters:
            yield name, f"{control.id}: unknown parameter {name}{nearest(name, control.parameters)}"
            continue
        try:
            control.parameters[name].check(value)
        except ValueRefusedError as error:
            yield name, f"{control.id}: {error}"


def _grant(entry: Any, path: str) -> Grant:
    device = entry.get("device")
    until = date.fromisoformat(entry["until"])
    revoked = date.fromisoformat(entry["revoked"]) if "revoked" in entry else None
    return Grant(
        id=entry["id"],
        control=entry["control"],
        subjects=tuple(entry["subjects"]),
        device=Device(device["vendor"], device["product"], device.get("serial", "")) if device else None,
        reason=entry["reason"],
        approver=entry["approver"],
        compensating_control=entry["compensating_control"],
        bank_filing=entry["bank_filing"],
        from_date=date.fromisoformat(entry["from"]),
        until=min(until, revoked - timedelta(days=1)) if revoked else until,
        parameters=dict(entry.get("parameters", {})),
        file=f"{path}:{entry.lines['id']}",
        revoked=revoked,
    )
