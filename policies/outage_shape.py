# SPDX-License-Identifier: Apache-2.0
"""What an outage plan must look like, and what in it cannot be meant."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from policies import shape
from policies.problems import nearest
from policies.records import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from policies.located import Keys

Wrong = shape.Wrong
_RESERVED: Final = ("monitor", "restart", "checks")
_PAIR: Final = 2
_LONGEST: Final = 7 * 86400


def digest(value: Mapping[str, Any]) -> str:
    """Give the SHA-256 of a plan's document in canonical JSON."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def between(lowest: float, highest: float) -> shape.Check:
    """Demand a number within bounds, both included."""

    def check(value: Any) -> Iterable[Wrong]:
        if isinstance(value, int | float) and not isinstance(value, bool) and lowest <= value <= highest:
            return ()
        return [((), f"must be a number from {lowest:g} to {highest:g}, not {value!r}")]

    return check


def _band(value: Any) -> Iterable[Wrong]:
    numbers = isinstance(value, list) and len(value) == _PAIR and all(isinstance(one, int | float) for one in value)
    return () if numbers and value[0] < value[1] else [((), f"must be [lowest, highest], not {value!r}")]


_SECONDS: Final = between(0, 86400)
_MINUTES: Final = between(0, 100_000)
_PERCENT: Final = between(0, 100)
_STEP: Final = {
    "playbook": shape.text,
    "tags": shape.each(shape.text),
    "command": shape.each(shape.text, at_least=1),
    "seconds": between(1, _LONGEST),
    "retries": between(0, 10),
}
_NAMED_STEP: Final = shape.mapping({"name": shape.text, "subjects": shape.each(shape.text, at_least=1)}, _STEP)
_WHEN: Final = shape.mapping(
    {},
    {
        "minutes_on_battery": _MINUTES,
        "runtime_minutes": _MINUTES,
        "charge_percent": _PERCENT,
        "forecast_minutes": _MINUTES,
        "temperature_c": between(0, 100),
    },
)
_LIMITS: Final = {
    **dict.fromkeys(("confirm_seconds", "mains_back_seconds", "dead_seconds", "silent_seconds", "low_seconds"), _SECONDS),
    "charge_percent": _PERCENT,
    "runtime_minutes": _MINUTES,
    "test_minutes": _MINUTES,
}
_TARGETS: Final = {
    **dict.fromkeys(("ups_only_minutes", "generator_minutes", "room_runtime_minutes", "restart_minutes"), _MINUTES),
    "temperature_c": _band,
    "humidity_percent": _band,
}
SHAPE: Final = shape.mapping(
    {
        "title": shape.in_both_languages,
        "supplies": shape.table(shape.mapping({"ups": shape.each(shape.text, at_least=1)}, {"needs": between(1, 16)})),
        "tiers": shape.each(
            shape.mapping(
                {"id": shape.name, "title": shape.in_both_languages, "steps": shape.each(_NAMED_STEP, at_least=1)}, {"when": _WHEN}
            ),
            at_least=1,
        ),
        "monitor": shape.mapping({"subject": shape.text}, _STEP),
    },
    {
        "limits": shape.mapping({}, _LIMITS),
        "targets": shape.mapping({}, _TARGETS),
        "restart": shape.mapping(
            {}, {"charge_percent": _PERCENT, "steps": shape.each(_NAMED_STEP), "checks": shape.each(_NAMED_STEP)}
        ),
        "never": shape.each(shape.text),
        "tell": shape.each(shape.mapping({"name": shape.text, "role": shape.text}, {"contact": shape.note})),
        "battery_is_normal": shape.each(shape.text),
    },
)


def wrongs(value: Mapping[str, Any], known: Mapping[str, str] | None) -> Iterator[Wrong]:
    """Find what a plan of the right shape cannot mean."""
    seen: set[str] = set()
    for index, tier in enumerate(value["tiers"]):
        if tier["id"] in seen or tier["id"] in _RESERVED:
            yield (
                ("tiers", index, "id"),
                f"a second tier {tier['id']}" if tier["id"] in seen else f"{tier['id']} is a reserved name",
            )
        seen.add(tier["id"])
    for keys, step in _steps(value):
        yield from _step(value, keys, step)
    if "playbook" in value["monitor"] or "command" not in value["monitor"]:
        yield ("monitor",), "the monitor ends itself by a command"
    yield from _supplies(value)
    if known is not None:
        yield from _strangers(value, known)


def _steps(value: Mapping[str, Any]) -> Iterator[tuple[Keys, Mapping[str, Any]]]:
    for index, tier in enumerate(value["tiers"]):
        for number, step in enumerate(tier["steps"]):
            yield ("tiers", index, "steps", number), step
    for part in ("steps", "checks"):
        for number, step in enumerate(value.get("restart", {}).get(part, ())):
            yield ("restart", part, number), step


def _step(value: Mapping[str, Any], keys: Keys, step: Mapping[str, Any]) -> Iterator[Wrong]:
    if ("playbook" in step) == ("command" in step):
        yield keys, "needs either a playbook or a command"
    if "playbook" in step and not step.get("tags"):
        # A playbook without tags would run its stopping and its starting plays.
        yield (*keys, "playbook"), "a playbook needs tags: which of its plays are meant"
    for number, subject in enumerate(step["subjects"]):
        place = (*keys, "subjects", number)
        if subject in value.get("never", ()) and keys[0] == "tiers":
            yield place, f"{subject} is never to be touched"
        elif subject == value["monitor"]["subject"] and keys[0] == "tiers":
            yield place, f"{subject} is the monitor: it goes last, by itself"
        elif subject not in value["supplies"]:
            yield place, f"no supply is named for {subject}{nearest(subject, value['supplies'])}"


def _supplies(value: Mapping[str, Any]) -> Iterator[Wrong]:
    if value["monitor"]["subject"] not in value["supplies"]:
        yield ("monitor", "subject"), f"no supply is named for {value['monitor']['subject']}"
    for name, supply in value["supplies"].items():
        if supply.get("needs", 1) > len(set(supply["ups"])):
            yield ("supplies", name, "needs"), f"{name} needs more UPSes than it has"


def _strangers(value: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[Wrong]:
    def stranger(keys: Keys, name: str, fits: Callable[[str], bool]) -> Iterator[Wrong]:
        if name not in known:
            yield keys, f"the inventory has no {name}{nearest(name, known)}"
        elif not fits(known[name]):
            yield keys, f"{name} is a {known[name]}, not a UPS"

    for name, supply in value["supplies"].items():
        yield from stranger(("supplies", name), name, lambda _: True)
        for index, ups in enumerate(supply["ups"]):
            yield from stranger(("supplies", name, "ups", index), ups, lambda kind: kind == "ups")
