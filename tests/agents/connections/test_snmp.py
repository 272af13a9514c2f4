# SPDX-License-Identifier: Apache-2.0
"""SNMP against real snmpd, and against servers that say what no agent says."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from dataclasses import replace

import devices
import pytest

from agents.connections import snmp_engine
from agents.connections.snmp_line import SnmpLine
from agents.connections.snmp_target import Auth, Priv, SnmpTarget, Version
from agents.devices.coordinator import Coordinator
from agents.devices.reading import Status
from agents.devices.sample import Remark
from agents.devices.snmp_device import SnmpDevice
from agents.source import NotObservedError

FIRST, SECOND = "8000000001020304aa", "8000000001020304bb"


@pytest.fixture(scope="module")
def agent(tmp_path_factory):
    """Run one snmpd for all tests that leave it as it is."""
    with devices.snmpd(tmp_path_factory.mktemp("snmpd")) as found:
        yield found


def v3(port, **changes):
    target = SnmpTarget(
        "127.0.0.1",
        port,
        Version.V3,
        user=devices.USER,
        auth=Auth.SHA,
        auth_key=devices.AUTH_KEY,
        priv=Priv.AES,
        priv_key=devices.PRIV_KEY,
    )
    return replace(target, **changes)


def v2(port, community="public", version=Version.V2C):
    return SnmpTarget("127.0.0.1", port, version, community)


def run(work):
    """Run a coroutine, and close the engines of its loop."""

    async def all_of_it():
        try:
            return await work
        finally:
            snmp_engine.close()

    return asyncio.run(all_of_it())


def look(target):
    return run(SnmpDevice("ups_a", "ups", SnmpLine(target)).look()).ups


@pytest.mark.parametrize("make", [lambda port: v2(port, version=Version.V1), v2, v3], ids=["v1", "v2c", "v3"])
def test_every_version(agent, make):
    """The same UPS gives the same reading over v1, v2c and v3 authPriv."""
    reading = look(make(agent.port))

    assert (Status.ONLINE, 100.0, 150.0, 31.0, 230.0, "Scripted 3000") == (
        reading.status,
        reading.charge_percent,
        reading.runtime_minutes,
        reading.load_percent,
        reading.input_voltage,
        reading.model,
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"auth_key": "wrong-key-1"}, "refuses the SNMPv3 authentication key"),
        ({"priv_key": "wrong-key-1"}, "does not answer SNMP version 3"),
        ({"user": "nobody"}, "does not know the SNMPv3 user"),
        ({"priv": Priv.NONE, "priv_key": ""}, "does not let us read"),
    ],
)
def test_wrong_keys(agent, changes, words):
    """Wrong keys, users and levels are named, and no secret stands in the message."""
    with pytest.raises(NotObservedError) as caught:
        look(v3(agent.port, **changes))

    assert words in str(caught.value)
    assert "wrong-key" not in str(caught.value)
    assert devices.AUTH_KEY not in str(caught.value)


def test_wrong_community(agent):
    """A wrong community is an agent that does not answer, and the message says that this may be why."""
    with pytest.raises(NotObservedError, match="or the community is wrong"):
        look(v2(agent.port, "s3cret"))


def test_dead_host():
    """Where nobody listens the look ends within seconds and says so."""
    with pytest.raises(NotObservedError, match="does not answer SNMP version 2c"):
        look(v2(devices.free_port()))


def test_secrets_are_never_shown():
    """No target shows its community or keys."""
    shown = repr(v3(161)) + repr(v2(161, "s3cret"))

    assert not any(secret in shown for secret in (devices.AUTH_KEY, devices.PRIV_KEY, "s3cret"))


def test_two_users_of_one_name(tmp_path):
    """Two agents with one user name and different keys are asked side by side, each with its own."""
    another = "another-pass1"
    with devices.snmpd(tmp_path / "a") as first, devices.snmpd(tmp_path / "b", auth_key=another) as second:
        targets = [v3(first.port), v3(second.port, auth_key=another), v3(first.port, auth_key=another)]

        async def all_of_them():
            looks = [SnmpDevice(str(number), "ups", SnmpLine(target)).look() for number, target in enumerate(targets)]
            return await asyncio.gather(*looks, return_exceptions=True)

        good, also, wrong = run(all_of_them())

    assert (Status.ONLINE, Status.ONLINE) == (good.ups.status, also.ups.status)
    assert isinstance(wrong, NotObservedError)


def test_swapped_card(tmp_path):
    """A card with a new SNMPv3 engine ID at the same address answers again within three polls, and the change is remarked."""
    port = devices.free_port()

    async def polls(coordinator, count):
        return [await coordinator.poll() for _ in range(count)]

    async def swapped():
        coordinator = Coordinator(SnmpDevice("ups_a", "ups", SnmpLine(v3(port))))
        with devices.snmpd(tmp_path / "a", ports=[port], engine_id=FIRST):
            before = await polls(coordinator, 2)
        with devices.snmpd(tmp_path / "b", ports=[port], engine_id=SECOND):
            return before, await polls(coordinator, 4)

    before, after = run(swapped())

    assert [True, True] == [one.answered for one in before]
    assert after[3].answered
    assert any(Remark.ENGINE_ID_CHANGED in one.remarks for one in after)
    assert SECOND in after[3].seen.engine


def test_frozen_agent(tmp_path):
    """An agent that is stopped gives no answer within the deadline; continued, it answers again."""
    with devices.snmpd(tmp_path) as agent:

        async def frozen():
            coordinator = Coordinator(SnmpDevice("ups_a", "ups", SnmpLine(v2(agent.port))), seconds=60.0)
            samples = [await coordinator.poll()]
            agent.process.send_signal(19)
            samples.append(await coordinator.poll())
            agent.process.send_signal(18)
            await asyncio.sleep(0.5)
            return [*samples, await coordinator.poll()]

        samples = run(frozen())

    assert [True, False, True] == [one.answered for one in samples]


def test_changes_are_seen(tmp_path):
    """What changes at the device is in the next poll, and what it no longer has is unknown there."""
    with devices.snmpd(tmp_path) as agent:

        async def outage():
            coordinator = Coordinator(SnmpDevice("ups_a", "ups", SnmpLine(v2(agent.port))))
            before = await coordinator.poll()
            agent.set(_4_1_0=5, _2_2_0=30, _2_4_0=97, _3_3_1_3_1=0)
            return before, await coordinator.poll(), coordinator.interval

        before, after, interval = run(outage())

    assert (Status.ONLINE, Status.ON_BATTERY) == (before.ups.status, after.ups.status)
    assert (30, 97.0, 0.0, 2.0) == (after.ups.seconds_on_battery, after.ups.charge_percent, after.ups.input_voltage, interval)


@contextlib.contextmanager
def stub(answer):
    """Serve UDP with a function from the request to a list of datagrams."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.2)
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                with contextlib.suppress(TimeoutError, OSError):
                    request, sender = server.recvfrom(65535)
                    for datagram in answer(request):
                        server.sendto(datagram, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: [b"\x00" * 40, b"HTTP/1.1 400 Bad Request\r\n\r\n"],
        lambda _: [b"\x30\x82\xff\xff" + b"\x02\x01\x01" * 18000],
        lambda request: [request],
        lambda request: [request[:-3]],
        lambda request: [bytes(255 - one for one in request)],
    ],
    ids=["rubbish", "oversized", "echo", "cut", "inverted"],
)
def test_what_no_agent_says(answer):
    """Rubbish, oversized and echoed answers are a device that does not answer: no other error, no hang."""
    with stub(answer) as port, pytest.raises(NotObservedError):
        look(v2(port))


def _circle(request):
    """Answer every question with one and the same variable: an agent that goes in circles."""
    from pysnmp.proto import api  # noqa: PLC0415 - half a second, for this test only

    v2c = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    from pyasn1.codec.ber import decoder, encoder  # noqa: PLC0415 - the same

    message, _ = decoder.decode(request, asn1Spec=v2c.Message())
    pdu = v2c.apiMessage.get_pdu(message)
    response = v2c.apiPDU.get_response(pdu)
    oid = v2c.ObjectIdentifier((1, 3, 6, 1, 2, 1, 33, 1, 1, 1, 0))
    v2c.apiPDU.set_varbinds(response, [(oid, v2c.OctetString(b"x"))] * max(1, len(v2c.apiPDU.get_varbinds(pdu))))
    v2c.apiMessage.set_pdu(message, response)
    return [encoder.encode(message)]


def test_agent_that_goes_in_circles():
    """An agent whose walk never ends is left."""
    with stub(_circle) as port, pytest.raises(NotObservedError, match="goes in circles"):
        look(v2(port))


def test_one_hung_device_delays_no_other(agent):
    """While one device hangs, the others are polled one after the other, and it is still waited for when they are done."""

    async def side_by_side(dead):
        live = Coordinator(SnmpDevice("live", "ups", SnmpLine(v2(agent.port))), seconds=60.0)
        await live.poll()
        waiting = asyncio.create_task(Coordinator(SnmpDevice("hung", "ups", SnmpLine(v2(dead))), seconds=60.0).poll())
        samples = [await live.poll() for _ in range(5)]
        return samples, waiting.done(), await waiting

    with stub(lambda _: []) as dead:
        samples, done, hung = run(side_by_side(dead))

    assert [True] * 5 == [one.answered for one in samples]
    assert (False, False) == (done, hung.answered)
