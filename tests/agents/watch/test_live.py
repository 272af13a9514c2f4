# SPDX-License-Identifier: Apache-2.0
"""Scripted outages against real servers on the loopback: the events and actions that must come, and no others."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

import devices
import pytest
from outage_story import PLAN, TWO_FEEDS

from agents.connections.device import DeviceTarget
from agents.connections.nut_target import NutTarget
from agents.connections.snmp_target import Auth, Priv, SnmpTarget, Version
from agents.devices import coordinator
from agents.watch.store import Store
from agents.watch.watcher import Clock, Watcher, boottime
from policies import outage

# The plan's limits in seconds that a test can wait for; most tests shed after six seconds on battery.
QUICK = [
    (b"confirm_seconds: 10", b"confirm_seconds: 1"),
    (b"mains_back_seconds: 60", b"mains_back_seconds: 2"),
    (b"dead_seconds: 60", b"dead_seconds: 4"),
    (b"silent_seconds: 300", b"silent_seconds: 3"),
    (b"low_seconds: 30", b"low_seconds: 3"),
]
POLL = 0.25
PATIENCE = 60
SHUTDOWN = ["shed office", "servers server", "monitor watch"]
BACK = ["restart server", "restart office", "checks server,office"]
ENGINE_A, ENGINE_B = "80001f8804616161", "80001f8804626262"


def quick(plan=PLAN, shed=b"0.1", back=b"2"):
    """Give the plan with short limits: a tier due after `shed` minutes, an outage over after `back` seconds."""
    for old, new in [*QUICK, (b"minutes_on_battery: 10", b"minutes_on_battery: " + shed)]:
        plan = plan.replace(old, new)
    return outage.read("plan.yml", plan.replace(b"mains_back_seconds: 2", b"mains_back_seconds: " + back))


def patient():
    """Give the plan whose tier is not due within a test."""
    return quick(shed=b"10", back=b"4")


def by_snmp(name, port, version="2c"):
    """Give a UPS at a port of the loopback."""
    if version == "3":
        line = SnmpTarget(
            "127.0.0.1", port, Version.V3, user=devices.USER, auth=Auth.SHA, auth_key=devices.AUTH_KEY, priv=Priv.AES,
            priv_key=devices.PRIV_KEY,
        )  # fmt: skip
    else:
        line = SnmpTarget("127.0.0.1", port, Version.V2C, community="public")
    return DeviceTarget(name, "ups", line)


@dataclass
class Quick:
    """A coordinator that is polled four times a second."""

    inner: object
    interval: float = POLL

    @property
    def name(self):
        """Give the subject's name."""
        return self.inner.name

    async def poll(self):
        """Look once."""
        return await self.inner.poll()


@dataclass
class Room:
    """A watch on real devices, with what it told and did."""

    folder: object
    targets: list
    plan: object = field(default_factory=quick)
    slow: float = 0
    told: list = field(default_factory=list)

    def play(self, *scenes):
        """Run the watch while each scene is played: (function, what to wait for: seconds, an event, or lines done)."""
        asyncio.run(self._play(scenes))
        return self

    async def _play(self, scenes):
        with Store(self.folder / "watch.db", create=True) as store:
            watcher = Watcher(self.plan, store, self._command, self.told.extend, Clock(boottime))
            pollers = [Quick(coordinator.Coordinator(target.device(), seconds=2.0)) for target in self.targets]
            task = asyncio.ensure_future(watcher.run(pollers))
            seen = watcher.latest
            await self._wait(task, lambda: len(seen) == len(pollers) and all(one.answered for one in seen.values()))
            await asyncio.sleep(1)
            for scene, until in scenes:
                await asyncio.to_thread(scene)
                await self._wait(task, until)
            self.state = watcher.state
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _wait(self, task, until):
        """Wait for seconds, for an event's word, or for what is asked; a busy machine gets a minute."""
        if isinstance(until, int | float):
            await asyncio.wait([task], timeout=until)
            return
        asked = until if callable(until) else lambda: until in self.words
        end = time.monotonic() + PATIENCE
        while not asked() and time.monotonic() < end and not task.done():
            await asyncio.wait([task], timeout=0.1)

    def lines(self, count):
        """Give the question whether so many commands have run."""
        return lambda: len(self.done) >= count

    def _command(self, action):
        line = f'echo "{action.tier} {",".join(action.subjects)}" >> {self.folder / "done"}'
        return ["sh", "-c", f"{line}; sleep {self.slow}"]

    @property
    def done(self):
        """Give the lines of the commands that ran, in order."""
        file = self.folder / "done"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def over(self):
        """Tell whether everything was started and checked again."""
        return any(event.key == "restart" and event.over for event in self.told)

    @property
    def words(self):
        """Give the events as words, in order, those of the plan's own steps left out."""
        own = {"tier", "restart", "restart_waits", "monitor_last"}
        return [f"{event.key}{' over' if event.over else ''}" for event in self.told if event.key not in own]


def nothing():
    """Let time pass."""


@pytest.mark.parametrize("version", ["2c", "3"])
def test_outage_shutdown_and_return(tmp_path, version):
    """Mains gone, battery low, mains back: shed in time, shut down in order, everything started and checked again."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port, version)])
        room.play(
            (lambda: agent.set(_4_1_0=5, _2_3_0=60), room.lines(1)),
            (lambda: agent.set(_2_1_0=3, _2_4_0=10, _2_3_0=3), room.lines(3)),
            (lambda: agent.set(_4_1_0=3, _2_1_0=2, _2_4_0=95, _2_3_0=150), lambda: room.over),
        )
    assert [*SHUTDOWN, *BACK] == room.done
    assert ["outage", "low_battery", "lost", "latched", "lost over", "outage over"] == room.words
    assert None is room.state.began


def test_flapping_stops_nothing(tmp_path):
    """On and off battery every half second: at most one outage is told, and nothing is done."""
    with devices.snmpd(tmp_path / "agent") as agent:

        def flap():
            for _ in range(3):
                agent.set(_4_1_0=5)
                time.sleep(0.4)
                agent.set(_4_1_0=3)
                time.sleep(0.4)

        room = Room(tmp_path, [by_snmp("ups_a", agent.port)], patient())
        room.play((flap, lambda: {"blip", "outage over"} & set(room.words)))
    assert ([], True) == (room.done, room.words in (["outage", "outage over"], ["blip"]))


def test_a_false_low_battery_stops_nothing(tmp_path):
    """The battery-low flag is up on mains and through a short outage: told as doubtful, nothing is done."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port)], patient()).play(
            (lambda: agent.set(_2_1_0=3), "low_doubted"),
            (lambda: agent.set(_4_1_0=5), "outage"),
            (nothing, 4),
            (lambda: agent.set(_4_1_0=3), "outage over"),
        )
    assert ([], ["low_doubted", "outage", "outage over"]) == (room.done, room.words)


def test_a_self_test_is_no_outage(tmp_path):
    """The UPS says battery and test in progress with mains at its input: a test is told, nothing is done."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port)]).play(
            (lambda: agent.set(_7_3_0=5), 0.1),
            (lambda: agent.set(_4_1_0=5), "self_test"),
            (nothing, 7),
            (lambda: agent.set(_4_1_0=3), 0.1),
            (lambda: agent.set(_7_3_0=1), "self_test over"),
        )
    assert ([], ["self_test", "self_test over"]) == (room.done, room.words)


def test_comms_lost_on_mains_is_an_alarm_only(tmp_path):
    """The agent is stopped and goes on: silence and its end are told, nothing is done."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port)]).play(
            (lambda: agent.process.send_signal(signal.SIGSTOP), "silence"),
            (nothing, 3),
            (lambda: agent.process.send_signal(signal.SIGCONT), "silence over"),
        )
    assert ([], ["silence", "silence over"]) == (room.done, room.words)


def test_comms_lost_on_battery_is_the_end(tmp_path):
    """The agent goes silent on battery: after the dead time everything is stopped in order."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port)], patient())
        room.play(
            (lambda: agent.set(_4_1_0=5), "outage"),
            (lambda: agent.process.send_signal(signal.SIGSTOP), room.lines(3)),
        )
    assert SHUTDOWN == room.done
    assert ["outage", "silence", "lost", "latched"] == room.words
    assert "silent on battery" in [event.data.get("why") for event in room.told]


def test_a_frozen_agent_is_told_and_stops_nothing(tmp_path, monkeypatch):
    """An agent whose uptime stands still serves old values: stale, then silent, nothing is done."""
    monkeypatch.setattr(coordinator, "PULSE_SECONDS", 2.0)
    data = tmp_path / "data"
    data.mkdir()
    kinds = {"integer": "2", "gauge": "66", "octet_str": "4"}
    values = [(oid, *text.split(" ", 1)) for oid, text in devices.ON_MAINS.items()]
    lines = ["1.3.6.1.2.1.1.2.0|6|1.3.6.1.2.1.33", "1.3.6.1.2.1.1.3.0|67|4711"]
    lines += [f"{devices.UPS_MIB}.{oid}|{kinds[kind]}|" + value.strip('"') for oid, kind, value in values]
    (data / "public.snmprec").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "cache").mkdir()
    with devices.snmpsim(data, tmp_path / "cache", "public") as port:
        room = Room(tmp_path, [by_snmp("ups_a", port)]).play((nothing, "stale"), (nothing, 5))
    # A busy machine may have been silent before its first answers.
    assert ([], {"stale", "silence"}) == (room.done, {word for word in room.words if not word.endswith("over")})
    assert frozenset({"stale", "silence"}) == room.state.feeds["ups_a"].noted


def test_a_swapped_card_is_told_and_stops_nothing(tmp_path):
    """Another SNMPv3 engine answers at the address: told, polled again within seconds, nothing is done."""
    with ExitStack() as first, ExitStack() as second:
        agent = first.enter_context(devices.snmpd(tmp_path / "a", engine_id=ENGINE_A))

        def swap():
            first.close()
            second.enter_context(devices.snmpd(tmp_path / "b", ports=[agent.port], engine_id=ENGINE_B))

        room = Room(tmp_path, [by_snmp("ups_a", agent.port, "3")]).play((swap, "card_changed"), (nothing, 1))
    assert [] == room.done
    assert {"card_changed", "card_restarted", "silence", "silence over"} >= set(room.words)
    assert frozenset() == room.state.feeds["ups_a"].noted


def test_two_feeds_with_one_dead(tmp_path):
    """One UPS dies with the mains on: its silence is told. Then the other loses the mains: stopped in order."""
    with devices.snmpd(tmp_path / "a") as a, devices.snmpd(tmp_path / "b") as b:
        room = Room(tmp_path, [by_snmp("ups_a", a.port), by_snmp("ups_b", b.port)], quick(TWO_FEEDS))
        room.play(
            (lambda: b.process.send_signal(signal.SIGSTOP), "silence"),
            (lambda: a.set(_4_1_0=5, _2_3_0=60), room.lines(1)),
            (lambda: a.set(_2_1_0=3, _2_4_0=10, _2_3_0=3), room.lines(3)),
        )
    assert SHUTDOWN == room.done
    assert ["silence", "outage", "low_battery", "lost", "latched"] == [word for word in room.words if "redundancy" not in word]


def test_mains_back_in_the_middle_of_the_shutdown(tmp_path):
    """The mains come back while the first tier is being stopped: the servers follow, the monitor stays, all is started again."""
    with devices.snmpd(tmp_path / "agent") as agent:
        room = Room(tmp_path, [by_snmp("ups_a", agent.port)], slow=6.0)
        room.play(
            (lambda: agent.set(_4_1_0=5, _2_1_0=3, _2_4_0=10, _2_3_0=3), room.lines(1)),
            (lambda: agent.set(_4_1_0=3, _2_1_0=2, _2_4_0=95, _2_3_0=150), lambda: room.over),
        )
    assert ["shed office", "servers server", *BACK] == room.done


def test_nut_plays_an_outage(tmp_path):
    """NUT's upsd with a scripted driver: OL, OB, OB LB with a low charge, OL again; shut down in order and started again."""
    common = "device.serial: N1\nups.load: 30\nbattery.runtime: 5400\n"
    script = (
        f"ups.status: OL\nbattery.charge: 100\n{common}TIMER 8\nups.status: OB DISCHRG\nbattery.charge: 80\nTIMER 14\n"
        "ups.status: OB LB DISCHRG\nbattery.charge: 9\nbattery.runtime: 120\nTIMER 14\n"
        "ups.status: OL CHRG\nbattery.charge: 95\nbattery.runtime: 5400\nTIMER 120\n"
    )
    with devices.upsd(tmp_path / "nut", {"rack": script}) as (port, _):
        room = Room(tmp_path, [DeviceTarget("ups_a", "ups", NutTarget("127.0.0.1", port, "rack"))])
        room.play((nothing, lambda: room.over))
    assert [*SHUTDOWN, *BACK] == room.done
    # The driver of the test plays its script word by word: between two of them the status may be none.
    told = [word for word in room.words if "status_unknown" not in word]
    assert ["outage", "low_battery", "lost", "latched", "lost over", "outage over"] == told
