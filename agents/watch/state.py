# SPDX-License-Identifier: Apache-2.0
"""What the watch knows at one moment: frozen, and to JSON and back without loss. Times are of the monotonic clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Power(StrEnum):
    """What a feed lived on when it was last seen for sure."""

    UNSEEN = "unseen"
    MAINS = "mains"
    BATTERY = "battery"
    BYPASS = "bypass"
    TEST = "test"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Feed:
    """One UPS.

    `since`: when `power` began. `seen_at`: the last answer that was fresh and said where the power comes from.
    `battery_since`: when the battery was first drained in what may be, or is (`confirmed`), an outage; short returns of the
    mains do not end it. `mains_since`: when the mains last came back meanwhile. `doubted`, `earned`: signs of a low battery
    that cried on mains, and those that were right on battery. `low_since`: when the present signs began. `noted`: what was
    already told and lasts.
    """

    name: str
    power: Power = Power.UNSEEN
    since: float = 0
    seen_at: float | None = None
    answered_at: float | None = None
    charge: float | None = None
    runtime: float | None = None
    load: float | None = None
    serial: str = ""
    battery_since: float | None = None
    mains_since: float | None = None
    confirmed: bool = False
    lowest: float | None = None
    slope_from: tuple[float, float] | None = None
    doubted: frozenset[str] = frozenset()
    earned: frozenset[str] = frozenset()
    low_since: float | None = None
    low: bool = False
    noted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """One action of this outage: begun, and once `ended` with its failures (subject -> what went wrong)."""

    id: str
    tier: str
    step: int
    subjects: tuple[str, ...]
    begun: float
    ended: float | None = None
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe of a sensor: its last value, since when it has not moved, and the readings a rise is measured from."""

    name: str
    kind: str
    value: float | None = None
    at: float = 0
    moved: float = 0
    past: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All of it. `outage` counts outages; `began` is None on mains; `latched` are subjects past the point of no return."""

    at: float = 0
    outage: int = 0
    began: float | None = None
    feeds: Mapping[str, Feed] = field(default_factory=dict)
    acts: tuple[Act, ...] = ()
    latched: tuple[str, ...] = ()
    level: int = -1
    forecast: float | None = None
    mains_back: float | None = None
    probes: Mapping[str, Probe] = field(default_factory=dict)
    noted: frozenset[str] = frozenset()

    def feed(self, name: str) -> Feed:
        """Give a feed, unseen where it never answered."""
        return self.feeds.get(name) or Feed(name)

    def with_feed(self, feed: Feed) -> State:
        """Give the state with this feed in it."""
        return replace(self, feeds={**self.feeds, feed.name: feed})

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON data."""
        document = asdict(self)
        document["noted"] = sorted(self.noted)
        for name, feed in self.feeds.items():
            for part in ("doubted", "earned", "noted"):
                document["feeds"][name][part] = sorted(getattr(feed, part))
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> State:
        """Read what `to_json` gave."""
        return cls(
            **{
                **document,
                "feeds": {name: _feed(feed) for name, feed in document["feeds"].items()},
                "acts": tuple(Act(**{**act, "subjects": tuple(act["subjects"])}) for act in document["acts"]),
                "latched": tuple(document["latched"]),
                "probes": {name: _probe(probe) for name, probe in document["probes"].items()},
                "noted": frozenset(document["noted"]),
            }
        )

    def moved(self, seconds: float) -> State:
        """Shift every time by so many seconds: another boot's clock begins elsewhere."""
        return replace(
            self,
            at=self.at + seconds,
            began=_later(self.began, seconds),
            mains_back=_later(self.mains_back, seconds),
            feeds={name: _moved(feed, seconds) for name, feed in self.feeds.items()},
            acts=tuple(_moved(act, seconds) for act in self.acts),
            probes={},
        )


_TIMES = frozenset({"since", "seen_at", "answered_at", "battery_since", "mains_since", "low_since", "begun", "ended"})


def _later(moment: float | None, seconds: float) -> float | None:
    return None if moment is None else moment + seconds


def _moved(record: Any, seconds: float) -> Any:
    changed = {one.name: _later(getattr(record, one.name), seconds) for one in fields(record) if one.name in _TIMES}
    if isinstance(record, Feed) and record.slope_from is not None:
        changed["slope_from"] = (record.slope_from[0] + seconds, record.slope_from[1])  # type: ignore[assignment]
    return replace(record, **changed)


def _feed(document: Mapping[str, Any]) -> Feed:
    sets = {part: frozenset(document[part]) for part in ("doubted", "earned", "noted")}
    slope = document["slope_from"]
    return Feed(**{**document, **sets, "power": Power(document["power"]), "slope_from": tuple(slope) if slope else None})


def _probe(document: Mapping[str, Any]) -> Probe:
    return Probe(**{**document, "past": tuple(tuple(pair) for pair in document["past"])})
