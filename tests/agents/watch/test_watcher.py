# SPDX-License-Identifier: Apache-2.0
"""The loop around the machine: everything written before anything is done, carried out once, taken up again after a restart."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, replace

import pytest
from outage_story import BATTERY, ONLINE, PLAN

from agents.devices.reading import Status, TestResult
from agents.devices.sample import Sample, Seen
from agents.watch import runner
from agents.watch.history import HOUR_DAYS, MINUTE_DAYS, RAW_DAYS, History
from agents.watch.journal import Journal
from agents.watch.store import Store, StoreError
from agents.watch.watcher import Clock, Watcher
from policies import outage


@dataclass
class Hands:
    """Clocks that a test sets."""

    mono: float = 1000.0
    wall: float = 1_800_000_000.0
    boot: str = "one"

    def clock(self):
        """Give them as the watcher reads them."""
        return Clock(lambda: self.mono, lambda: self.wall, lambda: self.boot)

    def pass_(self, seconds):
        """Let both go on."""
        self.mono += seconds
        self.wall += seconds


@dataclass
class Desk:
    """A watcher with its store, its hands and a file that its commands write to."""

    folder: object
    plan: object = None
    told: object = None

    def __post_init__(self):
        self.hands, self.told = Hands(), []
        self.path, self.done = self.folder / "watch.db", self.folder / "done"
        self.plan = self.plan or outage.read("p", PLAN)

    def ready(self, action):
        """Write who was stopped, and be slow where the test says so."""
        return ["sh", "-c", f'for s in {" ".join(action.subjects)}; do echo "{action.tier} $s" >> {self.done}; done']

    def open(self):
        """Begin a watch."""
        self.store = Store(self.path, create=True)
        self.watcher = Watcher(self.plan, self.store, self.ready, self.told.extend, self.hands.clock())
        self.watcher.resume()
        return self.watcher

    def close(self):
        """End it, as a kill would."""
        self.store.connection.close()

    def live(self, seconds, reading, every=10):
        """Poll for so long."""
        for _ in range(int(seconds / every)):
            self.hands.pass_(every)
            self.watcher.take(Sample(reading.name, self.hands.mono, Seen(ups=reading)))

    def wait(self, count, seconds=20):
        """Let runners finish: tick until so many lines are done."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.watcher.tick()
            lines = self.done.read_text().splitlines() if self.done.exists() else []
            if len(lines) >= count and not any(act.ended is None for act in self.watcher.state.acts):
                return lines
            time.sleep(0.05)
        pytest.fail(f"only {lines} done")


@pytest.fixture
def desk(tmp_path):
    """Give a desk."""
    made = Desk(tmp_path)
    yield made
    if hasattr(made, "store"):
        made.store.connection.close()


LOW = replace(BATTERY, battery_low=True, charge_percent=15, runtime_minutes=4)


def test_an_outage_is_carried_out_by_real_commands_in_order(desk):
    """A low battery runs the commands of all tiers in the plan's order, each once, the monitor's last."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(20, LOW)
    assert ["shed office", "servers server", "monitor watch"] == desk.wait(3)


def test_a_restart_in_the_middle_repeats_nothing(desk):
    """A second watch on the same file takes the outage up where the first left it."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(700, BATTERY)
    desk.wait(1)
    desk.close()
    desk.open()
    desk.live(60, BATTERY)
    desk.live(20, LOW)
    assert ["shed office", "servers server", "monitor watch"] == desk.wait(3)


def test_after_another_boot_times_go_on_by_the_wall_clock(desk):
    """The monitor was off for five of the ten minutes: the tier is due five minutes later, and nothing is done twice."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(300, BATTERY)
    desk.close()
    desk.hands = Hands(mono=5.0, wall=desk.hands.wall + 280, boot="two")
    desk.open()
    desk.live(30, BATTERY)
    assert ["shed office"] == desk.wait(1)


def test_the_monitors_own_end_is_not_asked_for_again_after_a_boot(desk):
    """A monitor that went down as ordered and is started again with the mains back starts the others, and stays."""
    desk.plan = outage.read("p", PLAN.replace(b"charge_percent: 60", b"charge_percent: 10"))
    desk.open()
    desk.live(60, ONLINE)
    desk.live(20, LOW)
    desk.wait(3)
    desk.close()
    desk.hands = Hands(mono=5.0, wall=desk.hands.wall + 3600, boot="two")
    desk.open()
    desk.live(200, replace(ONLINE, charge_percent=40))
    lines = desk.wait(7)
    assert ["restart server", "restart office", "checks server", "checks office"] == lines[3:]


def test_an_unanswered_start_is_made_good_and_a_second_runner_does_nothing(desk):
    """An action that was written and never begun is begun by the next watch; asked for twice it runs once."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(700, BATTERY)
    desk.wait(1)
    (name,) = [act.id for act in desk.watcher.state.acts]
    assert 0 == runner.main(desk.path, name)
    assert ["shed office"] == desk.done.read_text().splitlines()


def test_time_limit_retries_and_what_failed(desk, tmp_path):
    """A command that hangs is ended with all it started and reported; one that fails is tried again; the others go on."""
    plan = PLAN.replace(b'[office], command: ["true"], seconds: 60', b'[office], command: ["true"], seconds: 1, retries: 1')
    desk.plan = outage.read("p", plan)
    count = tmp_path / "count"
    desk.ready = lambda action: [
        "sh",
        "-c",
        f"echo x >> {count}; sleep 60" if action.tier == "shed" else f"echo {action.tier} >> {desk.done}",
    ]
    desk.open()
    desk.live(60, ONLINE)
    desk.live(20, LOW)
    desk.wait(2)
    assert 2 == len(count.read_text().splitlines())
    failed = [dict(event.data) for event in desk.told if event.key == "step_failed"]
    assert [{"tier": "shed", "why": "not done within 1 seconds"}] == failed


def test_a_command_that_is_not_there_is_reported(desk):
    """A missing program is a failure with its reason, not a crash."""
    desk.ready = lambda _action: ["/no/such/program"]
    desk.open()
    desk.live(60, ONLINE)
    desk.live(700, BATTERY)
    end = time.monotonic() + 20
    while not any(event.key == "step_failed" for event in desk.told) and time.monotonic() < end:
        desk.watcher.tick()
        time.sleep(0.05)
    assert ["cannot be started: No such file or directory"] == [e.data["why"] for e in desk.told if e.key == "step_failed"]


def test_outages_events_and_tests_are_on_record(desk):
    """The journal has an outage with its lowest charge and length; a calibration that drained the battery is a discharge test."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(120, replace(BATTERY, charge_percent=93))
    desk.live(200, ONLINE)
    desk.live(1200, replace(ONLINE, status=Status.TEST, charge_percent=60))
    desk.live(60, replace(ONLINE, last_test_result=TestResult.PASSED, charge_percent=61))
    rows = desk.store.connection.execute("SELECT event, ended - started, lowest, result FROM spans ORDER BY id").fetchall()
    assert [("outage", 120.0, 93.0, None), ("discharge_test", 1200.0, 60.0, "passed")] == rows
    assert [("ups_a", 93.0)] == desk.store.connection.execute("SELECT upses, lowest FROM outages").fetchall()


def test_every_sample_is_kept_and_hours_are_rolled_up(desk):
    """Three hours of polls: every sample comes back, finished hours are rows, and what is older than its term is gone."""
    desk.open()
    desk.live(3 * 3600, ONLINE)
    history = History(desk.store.connection)
    series = history.series("ups_a")["ups_a", "charge_percent", ""]
    samples = history.samples(series, 0, 2**40)
    assert [100.0] * 1080 == [value for _, value in samples]
    assert 10 == samples[1][0] - samples[0][0]
    assert 180 <= len(history.minutes(series, 0, 2**40)) <= 181
    hours = history.hours(series, 0, 2**40)
    assert 3600 == hours[1].covered
    for days, find in ((RAW_DAYS, history.samples), (MINUTE_DAYS, history.minutes), (HOUR_DAYS, history.hours)):
        with desk.store.writing():
            history.close_hours(int(desk.hands.wall + (days + 1) * 86400))
        assert [] == find(series, 0, 2**40)


def test_a_store_that_is_none_is_refused_with_its_reason(tmp_path):
    """No file, a text file and another version are told apart."""
    with pytest.raises(StoreError, match="no history yet"):
        Store(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("hello, this is no database at all, only text\n" * 10)
    with pytest.raises(StoreError, match="not a readable history"):
        Store(tmp_path / "text.db")


def test_the_word_of_people_reaches_the_machine(desk):
    """A forecast left in the file is taken once."""
    desk.open()
    desk.live(60, ONLINE)
    desk.live(30, BATTERY)
    with Store(desk.path) as other, other.writing():
        Journal(other.connection).wish("forecast", {"minutes": 180}, 0)
    desk.watcher.tick()
    assert ["shed office"] == desk.wait(1)
    assert 180 == json.loads(desk.store.connection.execute("SELECT body FROM state").fetchone()[0])["forecast"]


def test_a_device_that_hangs_holds_no_other(tmp_path):
    """One task a device: while one poll never ends, the other is polled on time."""

    class Poller:
        def __init__(self, name, hang):
            self.name, self.interval, self.hang, self.polls = name, 0.05, hang, 0

        async def poll(self):
            if self.hang:
                await asyncio.sleep(60)
            self.polls += 1
            return Sample(self.name, 0.0, Seen(ups=replace(ONLINE, name=self.name)))

    pollers = [Poller("ups_a", hang=False), Poller("ups_b", hang=True)]
    with Store(tmp_path / "w.db", create=True) as store:
        watcher = Watcher(outage.read("p", PLAN), store, lambda _: [])

        async def second():
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await watcher.run(pollers)

        asyncio.run(second())
    assert pollers[0].polls >= 10
