# SPDX-License-Identifier: Apache-2.0
"""Put the watch together: subjects and plan of an inventory, commands of the plan's steps, notices to people."""

from __future__ import annotations

import json
import queue
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from agents.watch.event import severity
from menshen import alerts, clock, console
from menshen.ansible import PLUGINS, ROOT
from menshen.inventory import hosts_file, read
from menshen.language import say
from menshen.settings import inventory_path
from menshen.trouble import TroubleError
from menshen.watch_words import told
from policies import outage
from policies.outage import MONITOR
from policies.problems import CatalogueError
from reports.notify.memory import AlertStateError
from reports.notify.notice import Notice, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.devices.coordinator import Coordinator
    from agents.watch.event import Action, Event
    from menshen.subject import Subject
    from policies.outage import Plan

PLAN_FILE: Final = "outage.yml"
PLAYBOOKS: Final = ROOT / "playbooks"
WATCHED: Final = ("ups", "sensor")


@runtime_checkable
class Watchable(Protocol):
    """A way to a device that can be watched."""

    def coordinator(self) -> Coordinator:
        """Give what polls it."""
        ...


@dataclass(frozen=True, slots=True)
class Room:
    """What is watched: the devices, and the plan, which may be none (`written` False)."""

    subjects: tuple[Subject, ...]
    plan: Plan
    written: bool
    inventory: Path

    @property
    def devices(self) -> list[Watchable]:
        """List the devices there is a way to."""
        ways: list[object] = [one.target for one in self.subjects]
        return [way for way in ways if isinstance(way, Watchable)]

    def command(self, action: Action) -> list[str]:
        """Give the command of an action: the plan's own, or Ansible limited to its subjects and tags."""
        step = self.plan.tier(action.tier)[action.step]
        if step.command:
            return list(step.command)
        extra = json.dumps({"menshen_tier": action.tier, "menshen_action": action.id})
        return [
            "env",
            f"ANSIBLE_CONFIG={ROOT / 'ansible.cfg'}",
            f"ANSIBLE_CALLBACK_PLUGINS={PLUGINS}",
            "ANSIBLE_CALLBACKS_ENABLED=menshen_outage",
            str(Path(sys.executable).with_name("ansible-playbook")),
            *("--inventory", str(self.inventory), "--limit", ",".join(action.subjects)),
            *("--tags", ",".join(step.tags), "--extra-vars", extra, str(self.playbook(step.playbook))),
        ]

    def shown(self, action: Action) -> list[str]:
        """Give the command of an action as people read it, without what only this machine needs."""
        step = self.plan.tier(action.tier)[action.step]
        if step.command:
            return list(step.command)
        return ["ansible-playbook", step.playbook, "--tags", ",".join(step.tags), "--limit", ",".join(action.subjects)]

    def playbook(self, name: str) -> Path:
        """Find a playbook: in `playbooks` beside the inventory, else among Menshen's own."""
        own = self.inventory.parent / "playbooks" / name
        return own if own.exists() else PLAYBOOKS / name


def room(inventory: Path | None = None) -> Room:
    """Read what is to be watched, and the plan beside it.

    Raises:
        TroubleError: the inventory cannot be read, or a playbook of the plan is not there.
        CatalogueError: the plan is written wrongly.
    """
    source = inventory or inventory_path()
    subjects = read(source)
    file = hosts_file(source).parent / PLAN_FILE
    if not file.exists():
        return Room(_watched(subjects), outage.nothing(), False, hosts_file(source))
    plan = outage.load(file, {one.name: one.kind for one in subjects})
    made = Room(_watched(subjects), plan, True, hosts_file(source))
    for tier in (*(tier.id for tier in plan.tiers), outage.RESTART, outage.CHECKS):
        for step in plan.tier(tier):
            if step.playbook and not made.playbook(step.playbook).exists():
                raise TroubleError(say(f"{file}: there is no playbook {step.playbook}", f"{file}：没有剧本 {step.playbook}"))
    return made


def _watched(subjects: Sequence[Subject]) -> tuple[Subject, ...]:
    return tuple(one for one in subjects if one.kind in WATCHED)


def notices(events: Sequence[Event], plan: Plan, at: str) -> list[Notice]:
    """Make of events what people are told; `at` (UTC stamp) is now."""
    return [
        Notice(
            key=f"watch/{event.key}/{event.about}",
            severity=Severity(str(severity(event.key))),
            subject=event.about or plan.title.en,
            title=told(event),
            since=at,
            command="menshen outage status",
            healed=event.over,
        )
        for event in events
    ]


class Teller:
    """Tells people in a thread of its own: a mail server that hangs must not hold the watch."""

    def __init__(self, plan: Plan, inventory: Path) -> None:
        self._plan = plan
        self._inventory = inventory
        self._waiting: queue.SimpleQueue[list[Notice] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)
        self._thread.start()

    def __call__(self, events: Sequence[Event]) -> None:
        """Write the events to the log, and hand them on."""
        for event in events:
            words = told(event)
            console.tell(f"{event.about or '-'}: {say(words.en, words.zh)}")
        self._waiting.put(notices(events, self._plan, clock.now()))

    def close(self, seconds: float = 10.0) -> None:
        """Let what waits go out."""
        self._waiting.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while (found := self._waiting.get()) is not None:
            try:
                alerts.tell(found, self._inventory)
            except (CatalogueError, AlertStateError) as error:
                console.tell(say(f"nobody could be told: {error}", f"无法通知：{error}"))


__all__ = ["MONITOR", "Room", "Teller", "notices", "room"]
