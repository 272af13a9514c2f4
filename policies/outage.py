# SPDX-License-Identifier: Apache-2.0
"""The outage plan of a site: what is stopped in which order when the mains are gone, and how it comes back."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from policies import located, outage_shape
from policies.problems import CatalogueError, Problem
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# The tier that is the monitor's own end; no tier of a plan may be called so.
MONITOR: Final = "monitor"
# What comes back after an outage, as the tiers of a restart.
RESTART: Final = "restart"
CHECKS: Final = "checks"


@dataclass(frozen=True, slots=True)
class Limits:
    """When something counts. Seconds of the monotonic clock, per cent of charge, minutes of runtime.

    `confirm_seconds`: on battery for so long before it is an outage. `mains_back_seconds`: on mains for so long before it
    is over. `dead_seconds`: silent on battery for so long and the feed is lost. `low_seconds`: one sign of a low battery
    alone must last so long; two that agree count at once. `test_minutes`: a test that lasts longer is reported.
    """

    confirm_seconds: float = 10
    mains_back_seconds: float = 60
    dead_seconds: float = 60
    silent_seconds: float = 300
    low_seconds: float = 30
    charge_percent: float = 20
    runtime_minutes: float = 10
    test_minutes: float = 30


@dataclass(frozen=True, slots=True)
class Targets:
    """The figures of the source documents against which an outage or a drill is measured."""

    ups_only_minutes: float = 60
    generator_minutes: float = 1440
    room_runtime_minutes: float = 120
    restart_minutes: float = 240
    temperature_c: tuple[float, float] = (22, 24)
    humidity_percent: tuple[float, float] = (45, 55)


@dataclass(frozen=True, slots=True)
class When:
    """On which condition a tier is due; any one of them is enough, None is none.

    Minutes on battery reached, runtime or charge fallen to, forecast length of the outage beyond, temperature reached.
    """

    minutes_on_battery: float | None = None
    runtime_minutes: float | None = None
    charge_percent: float | None = None
    forecast_minutes: float | None = None
    temperature_c: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to some subjects: a playbook with tags, or a command on the monitor; `seconds` is its time limit a try."""

    name: str
    subjects: tuple[str, ...]
    playbook: str = ""
    tags: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    seconds: float = 300
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Tier:
    """What is stopped together; without conditions (`when` None) only in a shutdown, when the power is about to be lost."""

    id: str
    title: Text
    when: When | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Supply:
    """On which UPSes a subject hangs, and how many of them it needs (NUT's MINSUPPLIES)."""

    subject: str
    upses: tuple[str, ...]
    needs: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Who is told, and what for."""

    name: str
    role: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Restart:
    """How it comes back: from which charge, in which order, checked how."""

    charge_percent: float = 50
    steps: tuple[Step, ...] = ()
    checks: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan. `battery_is_normal` names plants whose usual state is the battery; `digest` is over the file's text."""

    supplies: Mapping[str, Supply]
    tiers: tuple[Tier, ...]
    monitor: Step
    limits: Limits = Limits()
    targets: Targets = Targets()
    restart: Restart = Restart()
    never: tuple[str, ...] = ()
    tell: tuple[Person, ...] = ()
    battery_is_normal: frozenset[str] = frozenset()
    title: Text = field(default_factory=lambda: Text(en="Power outage", zh="停电"))
    file: str = ""
    digest: str = ""
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def upses(self) -> tuple[str, ...]:
        """List the UPSes the plan speaks of, each once."""
        return tuple(dict.fromkeys(ups for supply in self.supplies.values() for ups in supply.upses))

    def tier(self, name: str) -> tuple[Step, ...]:
        """Give the steps of a tier, of the monitor's end, of the restart or of its checks."""
        own = {MONITOR: (self.monitor,), RESTART: self.restart.steps, CHECKS: self.restart.checks}
        return own[name] if name in own else next(tier.steps for tier in self.tiers if tier.id == name)


def nothing() -> Plan:
    """Give the plan of a site that has written none: everything is watched and told, nothing is done."""
    return Plan({}, (), Step(MONITOR, ()))


def load(path: Path, known: Mapping[str, str] | None = None) -> Plan:
    """Read outage.yml; `known` is subject -> kind of the inventory (None: names are not checked).

    Raises:
        CatalogueError: the file cannot be read, or everything wrong in it, each at its line.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError([Problem(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    return read(str(path), raw, known)


def read(path: str, raw: bytes, known: Mapping[str, str] | None = None) -> Plan:
    """Read the text of a plan; see `load`."""
    document = located.read(path, raw)
    wrong = list(outage_shape.SHAPE(document.value)) or list(outage_shape.wrongs(document.value, known))
    if wrong:
        raise CatalogueError([document.problem(message, keys) for keys, message in wrong])
    return of(document.value, path)


def of(value: Mapping[str, Any], path: str = "") -> Plan:
    """Make a plan from a checked document (as `to_json` of the file gives it)."""
    restart = value.get("restart", {})
    return Plan(
        supplies={name: _supply(name, entry) for name, entry in value["supplies"].items()},
        tiers=tuple(_tier(entry) for entry in value["tiers"]),
        monitor=_step({"name": MONITOR, "subjects": [value["monitor"]["subject"]], "seconds": 60, **value["monitor"]}),
        limits=Limits(**value.get("limits", {})),
        targets=_targets(value.get("targets", {})),
        restart=Restart(
            restart.get("charge_percent", 50),
            tuple(map(_step, restart.get("steps", ()))),
            tuple(map(_step, restart.get("checks", ()))),
        ),
        never=tuple(value.get("never", ())),
        tell=tuple(Person(one["name"], one["role"], one.get("contact", "")) for one in value.get("tell", ())),
        battery_is_normal=frozenset(value.get("battery_is_normal", ())),
        title=Text.of(value["title"]),
        file=path,
        digest=outage_shape.digest(value),
        document=value,
    )


def _supply(name: str, entry: Mapping[str, Any]) -> Supply:
    return Supply(name, tuple(entry["ups"]), entry.get("needs", 1))


def _targets(entry: Mapping[str, Any]) -> Targets:
    return Targets(**_tuples(entry))


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _tier(entry: Mapping[str, Any]) -> Tier:
    when = entry.get("when")
    return Tier(entry["id"], Text.of(entry["title"]), When(**when) if when else None, tuple(map(_step, entry["steps"])))


def _step(entry: Mapping[str, Any]) -> Step:
    names = {one.name for one in fields(Step)}
    return Step(**{name: value for name, value in _tuples(entry).items() if name in names})
