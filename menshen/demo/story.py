# SPDX-License-Identifier: Apache-2.0
"""Cast the month of story.yml: which host has which fault when, who is silent, and which exceptions are granted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from menshen.demo.world import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

    from menshen.demo.site import Host

FILE = Path(__file__).parent / "story.yml"
DAY = 86400
# A fault hits one host, and one more for so many hosts of its group.
CROWD = 40


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault (or silence, `fault` "") of one host, from its first moment to just before the last (Unix seconds)."""

    host: str
    fault: str
    start: int
    stop: int | None
    reason: str = ""

    def covers(self, moment: int) -> bool:
        """Tell whether it is so at a moment."""
        return self.start <= moment and (self.stop is None or moment < self.stop)


@dataclass(frozen=True, slots=True)
class Plot:
    """The story, cast for some hosts and an end (Unix seconds)."""

    end: int
    runs: tuple[int, ...]
    reported: int
    drift_since: int
    spells: tuple[Spell, ...]
    exceptions: tuple[Mapping[str, Any], ...]
    papers: Mapping[str, Any]

    def broken(self, host: str, moment: int) -> tuple[Broken, ...]:
        """Give the faults of a host at a moment."""
        return tuple(Broken(one.fault, one.start) for one in self._now(host, moment) if one.fault)

    def silence(self, host: str, moment: int) -> str:
        """Give why a host does not answer at a moment, "" where it does."""
        return next((one.reason for one in self._now(host, moment) if not one.fault), "")

    def _now(self, host: str, moment: int) -> Iterator[Spell]:
        return (one for one in self.spells if one.host == host and one.covers(moment))


@cache
def told() -> dict[str, Any]:
    """Read story.yml."""
    document: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document


def cast(everyone: Sequence[Host], end: int, chance: Random) -> Plot:
    """Give every part of the story to a host."""
    story = told()
    silent = [spell for part in story["silent"] for spell in _spells(part, _queues(everyone, chance), end)]
    # What befalls a host that does not answer, nobody sees.
    heard = [host for host in everyone if host.name not in {spell.host for spell in silent}]
    queues = _queues(heard, chance)
    spells = [*silent, *(spell for part in story["faults"] for spell in _spells(part, queues, end))]
    return Plot(
        end=end,
        runs=tuple(end - days * DAY for days in story["runs"]),
        reported=end - story["reported"] * DAY,
        drift_since=end - story["drift_since"] * DAY,
        spells=tuple(spells),
        exceptions=tuple(_exception(number, entry, spells, end) for number, entry in enumerate(story["exceptions"], 1)),
        papers=story["papers"],
    )


@dataclass(frozen=True, slots=True)
class _Queue:
    """The hosts of a group in the order in which faults take them."""

    hosts: Iterator[str]
    size: int


def _queues(everyone: Sequence[Host], chance: Random) -> dict[str, _Queue]:
    groups: dict[str, list[str]] = {}
    for host in everyone:
        # A group and each of its hosts can be named.
        groups.setdefault(host.group, []).append(host.name)
        groups[host.name] = [host.name]
    return {name: _Queue(cycle(chance.sample(hosts, len(hosts))), len(hosts)) for name, hosts in groups.items()}


def _spells(part: Mapping[str, Any], queues: Mapping[str, _Queue], end: int) -> Iterator[Spell]:
    queue = queues[part["who"]]
    for _ in range(1 + queue.size // CROWD):
        stop = end - part["until"] * DAY if "until" in part else None
        yield Spell(next(queue.hosts), part.get("fault", ""), end - part["from"] * DAY, stop, part.get("reason", ""))


def _exception(number: int, entry: Mapping[str, Any], spells: Sequence[Spell], end: int) -> dict[str, Any]:
    """Write one exception as exceptions.yml has it."""
    host = next(spell.host for spell in spells if spell.fault == entry["fault"])
    kept = ("reason", "approver", "compensating_control", "bank_filing")
    device = {"device": entry["device"]} if "device" in entry else {}
    return {
        "id": f"EX-DEMO-{number:03d}",
        "control": entry["control"],
        "subjects": [host],
        **device,
        **{name: entry[name] for name in kept},
        "from": _date(end - entry["from"] * DAY),
        "until": _date(end - entry["until"] * DAY),
    }


def _date(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
