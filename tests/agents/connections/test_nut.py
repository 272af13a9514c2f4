# SPDX-License-Identifier: Apache-2.0
"""NUT against real upsd and dummy-ups, and against servers that speak something else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import devices
import pytest

from agents.connections.nut_line import NutLine
from agents.connections.nut_target import NutTarget
from agents.devices.nut_device import NutDevice
from agents.devices.reading import Status
from agents.source import NotObservedError

ON_MAINS = "ups.status: OL\nbattery.charge: 100\nbattery.runtime: 5400\nups.load: 20\ninput.voltage: 230.1\ndevice.model: Dummy\n"


def look(port, name="rack1", **more):
    return asyncio.run(NutDevice("ups_c", NutLine(NutTarget("127.0.0.1", port, name, **more))).look()).ups


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Run one upsd: a UPS on mains, every recorded dump, and one whose driver is not running."""
    dumps = {
        path.name.split("__")[1].lower().replace("-", "_"): path.with_name(path.name.replace(".expected.json", ".dev"))
        for path in (devices.RECORDINGS / "nut").glob("*.expected.json")
    }
    upses = {"rack1": ON_MAINS, **{name: path.read_text(encoding="utf-8") for name, path in dumps.items()}, "idle": ON_MAINS}
    with devices.upsd(tmp_path_factory.mktemp("nut"), upses, dead=["idle"]) as (port, drivers):
        yield port, drivers


def test_reading(server):
    """A UPS that upsd serves is read, with and without a user."""
    for more in ({}, {"user": "mon", "password": "secret"}):
        found = look(server[0], **more)

        assert (Status.ONLINE, 100.0, 90.0, 20.0, 230.1, "NUT") == (
            found.status,
            found.charge_percent,
            found.runtime_minutes,
            found.load_percent,
            found.input_voltage,
            found.source,
        )


@pytest.mark.parametrize(
    ("name", "status", "charge", "runtime"),
    [
        ("smart_ups_1000", "on_battery", 93.0, 1178.0),
        ("smart_ups_2200", "on_battery", 93.0, None),
        ("back_ups_xs_1200", "unknown", None, None),
        ("93pm", "online", None, None),
        ("5px_2000", "online", 100.0, 17.2),
        ("r5500_xr", "online", 97.0, 780.0),
        ("aviem_power_rt_1000_3000va", "bypass", None, None),
    ],
)
def test_recorded_dumps(server, name, status, charge, runtime):
    """Dumps of real devices, served by upsd, give what they say and can be true."""
    devices.recordings("nut")
    found = look(server[0], name)

    assert (status, charge, runtime) == (found.status, found.charge_percent, found.runtime_minutes)


def test_no_data(server):
    """An unknown UPS, a driver that is not connected and a port without upsd are told apart."""
    for name, words in (("nobody", "serves no UPS named nobody"), ("idle", "has no driver running for idle")):
        with pytest.raises(NotObservedError, match=words):
            look(server[0], name)
    with pytest.raises(NotObservedError, match="cannot be reached: Connection refused"):
        look(devices.free_port(socket.SOCK_STREAM))


def test_names_are_sent_as_one_word(server):
    """A name cannot smuggle another command to upsd."""
    for name in ('rack1"\nFSD rack1', 'rack1" x', "rack1 x"):
        with pytest.raises(NotObservedError):
            look(server[0], name)


@contextlib.contextmanager
def stub(said):
    """Serve TCP with bytes that are said to whoever asks; None says nothing and keeps the line open."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                with contextlib.suppress(OSError):
                    line, _ = server.accept()
                    with line:
                        if said is not None:
                            line.sendall(said)
                            line.recv(1000)
                        ended.wait(8 if said is None else 0.5)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak NUT's protocol"),
        (b"x" * 20000 + b"\n", "does not speak NUT's protocol"),
        (b'BEGIN LIST VAR rack1\nVAR rack1 ups.status "OL\n', "does not speak NUT's protocol"),
        (b'BEGIN LIST VAR rack1\nVAR rack1 ups.status "OL"\n', "broke the connection off"),
        (b"ERR DATA-STALE\n", "has only stale data"),
        (b"ERR ACCESS-DENIED\n", "denies access"),
        (b"BEGIN LIST VAR rack1\n" + b'VAR rack1 a "b"\n' * 3 + b"".join(b'VAR rack1 v%d "1"\n' % n for n in range(2100)), "NUT"),
        (None, "does not answer within"),
    ],
    ids=["http", "long", "cut", "ends", "stale", "denied", "endless", "silent"],
)
def test_what_no_upsd_says(said, words):
    """Rubbish, endless and silent servers are no data, each with its reason."""
    with stub(said) as port, pytest.raises(NotObservedError, match=words):
        look(port)
