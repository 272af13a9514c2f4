# SPDX-License-Identifier: Apache-2.0
import asyncio

from agents.devices.coordinator import BATTERY_SECONDS, MAINS_SECONDS, Coordinator
from agents.devices.reading import Status, UpsReading
from agents.devices.sample import Remark, Seen
from agents.source import NotObservedError


class Scripted:
    """A device that says what a test wrote down: a look, an error, or seconds to sleep."""

    name = "ups_a"
    kind = "ups"

    def __init__(self, *looks):
        self.looks = list(looks)
        self.forgotten = 0

    async def look(self):
        """Say what is written next."""
        what = self.looks.pop(0)
        if isinstance(what, float):
            await asyncio.sleep(what)
        if isinstance(what, Exception):
            raise what
        return what

    def forget(self):
        """Count."""
        self.forgotten += 1


def on(status, *, pulse=None, wear=None, engine="", serial="A1"):
    return Seen(UpsReading("ups_a", status=status, serial=serial), pulse=pulse, wear=wear, engine=engine)


def play(*looks, step=10.0, seconds=8.0):
    """Poll once for each look, `step` seconds apart."""
    now = [1000.0]
    device = Scripted(*looks)
    coordinator = Coordinator(device, seconds=seconds, clock=lambda: now[0])
    samples = []
    for _ in looks:
        samples.append(asyncio.run(coordinator.poll()))
        now[0] += step
    return coordinator, device, samples


def test_answer():
    """An answer is handed on, with the time of the monotonic clock."""
    _, _, (sample,) = play(on(Status.ONLINE))

    assert (True, Status.ONLINE, 1000.0, False) == (sample.answered, sample.ups.status, sample.at, sample.stale)


def test_no_answer():
    """A device that does not answer gives a sample without readings that says why; from the second on it is learnt anew."""
    _, device, samples = play(NotObservedError("it is dead"), NotObservedError("it is dead"))

    assert [(False, None, "it is dead")] * 2 == [(one.answered, one.ups, one.trouble) for one in samples]
    assert 1 == device.forgotten


def test_hung_device():
    """A device that hangs is given up at the deadline."""
    _, _, (sample,) = play(30.0, seconds=0.05)

    assert (False, "no answer within 0.05 seconds") == (sample.answered, sample.trouble)


def test_frozen_uptime():
    """An agent whose uptime stands still serves a copy; one whose values stand still but whose uptime moves is fresh."""
    _, _, frozen = play(*[on(Status.ONLINE, pulse=77)] * 5)
    _, _, alive = play(*[on(Status.ONLINE, pulse=ticks) for ticks in range(5)])

    assert [False, False, False, True, True] == [one.stale for one in frozen]
    assert 40.0 == frozen[-1].unchanged_seconds
    assert [False] * 5 == [one.stale for one in alive]


def test_frozen_battery():
    """A battery of which nothing moves for minutes on battery is an old reading; on mains it may well stand still."""
    _, _, drained = play(*[on(Status.ON_BATTERY, wear=(90.0, 30.0))] * 5, step=60.0)
    _, _, full = play(*[on(Status.ONLINE, wear=(100.0, 30.0))] * 5, step=60.0)

    assert [False, False, False, True, True] == [one.stale for one in drained]
    assert [False] * 5 == [one.stale for one in full]


def test_polls_faster_on_battery():
    """The next poll is due sooner while the battery carries the load, also after an answer that did not come."""
    online, _, _ = play(on(Status.ONLINE))
    battery, _, _ = play(on(Status.ON_BATTERY), NotObservedError("gone"))

    assert (MAINS_SECONDS, BATTERY_SECONDS) == (online.interval, battery.interval)


def test_swapped_card():
    """A new engine ID, an uptime that went back and another serial number are remarked; a wrapped uptime is not."""
    _, _, swapped = play(on(Status.ONLINE, pulse=500, engine="80aa"), on(Status.ONLINE, pulse=5, engine="80bb", serial="B2"))
    _, _, wrapped = play(on(Status.ONLINE, pulse=2**32 - 5), on(Status.ONLINE, pulse=5))

    assert (Remark.ENGINE_ID_CHANGED, Remark.RESTARTED, Remark.SERIAL_CHANGED) == swapped[1].remarks
    assert () == wrapped[1].remarks
