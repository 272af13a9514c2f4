# SPDX-License-Identifier: Apache-2.0
"""A watch that plays a scripted outage by a fast clock, to be killed: python watch_victim.py FOLDER BEGAN SPEED.

For each line on its input it forks one watch and prints its process id: a new interpreter for each of hundreds takes minutes.
Its UPS notes each sample it gives in FOLDER/given before the watch has it; its commands write to FOLDER/done.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from outage_story import BATTERY, ONLINE, PLAN

from agents.devices.sample import Sample, Seen
from agents.watch.store import Store
from agents.watch.watcher import Clock, Watcher, boottime
from policies import outage

WALL = 1_800_000_000.0
# Seconds of the story: the mains go, the battery is low, the mains are back, the battery is charged.
GONE, LOW, BACK, CHARGED, END = 60.0, 500.0, 800.0, 900.0, 1100.0
SLOW = (
    PLAN.replace(b"seconds: 60", b"seconds: 900")
    .replace(b"seconds: 120", b"seconds: 900")
    .replace(b"seconds: 30", b"seconds: 900")
    .replace(b"dead_seconds: 60", b"dead_seconds: 400")
    .replace(b"minutes_on_battery: 10", b"minutes_on_battery: 4")
)


def reading(at):
    """Give what the UPS says at a second of the story; its load names the sample."""
    if at < GONE or at >= BACK:
        found = replace(ONLINE, charge_percent=100 if at < GONE or at >= CHARGED else 30)
    elif at < LOW:
        found = replace(BATTERY, charge_percent=80)
    else:
        found = replace(BATTERY, battery_low=True, charge_percent=10, runtime_minutes=3)
    return replace(found, load_percent=round(at, 3), seconds_on_battery=None)


class Ups:
    """A UPS that is polled every two seconds of the story."""

    name, interval = "ups_a", 2.0

    def __init__(self, clock, folder):
        self._clock, self._given = clock, (folder / "given").open("a", encoding="ascii")

    async def poll(self):
        """Give one sample, and note it before anybody has it."""
        now = self._clock.mono()
        found = reading(now)
        self._given.write(f"{found.load_percent}\n")
        self._given.flush()
        return Sample(self.name, now, Seen(ups=found))


def main(folder, began, speed):
    """Watch until somebody kills it."""

    def mono():
        return (boottime() - began) * speed

    async def sleep(seconds):
        await asyncio.sleep(seconds / speed)

    clock = Clock(mono, lambda: WALL + mono(), lambda: "one boot", sleep)
    with Store(folder / "watch.db", create=True) as store:
        watcher = Watcher(
            outage.read("plan", SLOW),
            store,
            lambda action: ["sh", "-c", f'echo "{action.tier} {",".join(action.subjects)}" >> {folder / "done"}'],
            clock=clock,
        )
        asyncio.run(watcher.run([Ups(clock, folder)]))


def serve(folder, began, speed):
    """Fork a watch for each line that is asked."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            main(folder, began, speed)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
