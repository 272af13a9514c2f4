# SPDX-License-Identifier: Apache-2.0
"""What the hub acknowledged is in the ledger, whatever is killed, full or overrun."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import system
from hub_load import Line, LostError, enrolled
from hub_site import Site, free_port, inventory

from agents.hub.database import connect
from reports import merkle
from reports.ledger import Ledger

HOSTS = 12


def site_of(folder, database=None):
    made = Site(folder, database)
    pc = {"menshen_kind": "windows", "menshen_baselines": ["agent_pc"]}
    inventory(made.inventory, {f"pc-{number}": pc for number in range(HOSTS)})
    return made


def settled(site):
    """Settle what is left, and give the bodies that are in the ledger: each is a leaf under a receipt's root."""
    while site.settle():
        pass
    database = connect(site.database)
    rows = database.rows("SELECT sequence, host, digest, body FROM inbox WHERE settled = 1 ORDER BY sequence")
    left = database.rows("SELECT count(*) FROM inbox WHERE settled = 0")
    database.close()
    assert [(0,)] == [tuple(one) for one in left]
    covered = set()
    with Ledger(site.ledger, create=False) as ledger:
        for receipt in ledger.rows("hub"):
            within = [row for row in rows if receipt["first"] <= row[0] <= receipt["last"]]
            leaves = [f"{host}:{digest}".encode() for _, host, digest, _ in within]
            if len(within) == receipt["requests"]:
                assert receipt["root"] == merkle.root(leaves).hex()
                covered |= {row[0] for row in within}
    assert {row[0] for row in rows} == covered
    return {line["marker"] for _, _, _, body in rows for line in json.loads(body).get("lines", ()) if "marker" in line}


class Herd:
    """Hosts that log markers as fast as they are let, and remember which ones were acknowledged."""

    def __init__(self, addresses, context, secret):
        self.lines = [
            Line(addresses[number % len(addresses) :] + addresses[: number % len(addresses)], context) for number in range(HOSTS)
        ]
        self.secret, self.acknowledged, self.refused = secret, set(), 0
        self.keys = {}

    async def run(self, seconds, during=None):
        async with asyncio.TaskGroup() as group:
            until = time.monotonic() + seconds
            for number in range(HOSTS):
                group.create_task(self._host(number, until))
            if during:
                group.create_task(during())
        for line in self.lines:
            line.close()

    async def _host(self, number, until):
        line = self.lines[number]
        key = self.keys[number] = await enrolled(line, self.secret, f"pc-{number}")
        count = 0
        while time.monotonic() < until:
            marker = f"{number}-{count}"
            body = {
                "node_key": key,
                "log_type": "result",
                "data": [{"marker": marker, "name": "x", "action": "added", "columns": {}}],
            }
            try:
                status, found = await line.post("log", body)
            except LostError:
                await asyncio.sleep(0.2)
                continue
            if status == 200 and found == {}:
                self.acknowledged.add(marker)
                count += 1
            else:
                self.refused += 1
                await asyncio.sleep(0.05)


def test_nothing_acknowledged_is_lost_when_the_hub_is_killed(tmp_path):
    """The hub is killed (SIGKILL) under load, twice, with its settler at work; every acknowledged line is in the ledger."""
    site = site_of(tmp_path)
    port = free_port()
    secret = site.secret()
    markers = set()
    for turn in range(2):
        with site.serving("--every", "0.5", port=port) as (address, process):
            herd = Herd([address], site.trust, secret)

            async def kill(process=process):
                await asyncio.sleep(2 + random.random())  # noqa: S311 - no secret
                process.send_signal(signal.SIGKILL)

            asyncio.run(herd.run(3.5, kill))
            process.wait(10)
        assert herd.acknowledged
        markers |= herd.acknowledged
        if turn == 0:
            time.sleep(0.5)

    assert markers <= settled(site)
    # The settler ends with the hub, so that two never write at once.
    assert [] == [pid for pid in processes("hub", "settle") if str(site.ledger) in pid]
    site.menshen("verify", "--ledger", site.ledger)


def processes(*words):
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(line)
    return found


def test_a_herd_after_a_restart_is_survived(tmp_path):
    """Three hundred hosts with keys that nobody knows any more come at once over TLS, and all are in again."""
    site = site_of(tmp_path)
    secret = site.secret()
    with site.serving() as (address, process):

        async def come(number):
            line = Line([address], site.trust)
            status = None
            for attempt in range(10):
                try:
                    status, found = await line.post("config", {"node_key": f"old-{number}"})
                    break
                except LostError:
                    await asyncio.sleep(0.2 * attempt)
            assert (401, {"node_invalid": True}) == (status, found)
            key = await enrolled(line, secret, f"pc-{number}")
            status, _ = await line.post("config", {"node_key": key})
            line.close()
            return status

        async def herd():
            return await asyncio.gather(*(come(number) for number in range(300)))

        assert {200} == set(asyncio.run(herd()))
        assert process.poll() is None


@contextmanager
def small_disk(folder, size):
    system.need_root()
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"this machine mounts nothing: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_told_and_nothing_is_acknowledged_that_is_not_there(tmp_path):
    """On a disk of 3 MiB the hub answers 507 with an error once it is full; what it acknowledged is there; with room it goes on."""
    with small_disk(tmp_path / "small", "3m") as folder:
        site = site_of(tmp_path, str(folder / "hub.db"))
        secret = site.secret()
        filler = folder / "filler"
        filler.write_bytes(b"x" * 1_000_000)
        with site.serving() as (address, _):
            seen, acknowledged = asyncio.run(fill(address, site.trust, secret))
            filler.unlink()
            after = asyncio.run(fill(address, site.trust, secret, lines=1, name="pc-1"))
        database = connect(site.database)
        there = {line["marker"] for (body,) in database.rows("SELECT body FROM inbox") for line in json.loads(body)["lines"]}
        database.close()

    assert 507 in seen
    assert acknowledged <= there
    assert [200] == after[0]


async def fill(address, context, secret, lines=400, name="pc-0"):
    line = Line([address], context)
    key = await enrolled(line, secret, name)
    seen, acknowledged = [], set()
    for number in range(lines):
        marker = f"{name}-{number}"
        body = {"node_key": key, "log_type": "status", "data": [{"marker": marker, "message": os.urandom(8000).hex()}]}
        status, found = await line.post("log", body)
        seen.append(status)
        if status == 200:
            acknowledged.add(marker)
        else:
            assert "error" in found
            break
    line.close()
    return seen, acknowledged


@pytest.fixture(scope="module")
def postgres():
    """A PostgreSQL of Debian's package, on the loopback, for this module."""
    system.need_root()
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        pytest.skip("PostgreSQL is not here: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        subprocess.run(["chown", "postgres", data], check=True)
        yield from served(found[-1], data)


def served(programs, data):
    port = free_port()

    def as_postgres(*command):
        subprocess.run(
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *map(str, command)],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )

    data = data / "data"
    as_postgres(programs / "initdb", "-D", data, "-A", "trust", "-U", "menshen", "--no-sync")
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={data}"
    as_postgres(programs / "pg_ctl", "-D", data, "-o", options, "-l", data / "log", "-w", "start")
    yield f"postgresql://menshen@127.0.0.1:{port}/postgres"
    as_postgres(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def test_two_hubs_share_a_postgresql_and_one_is_killed(tmp_path, postgres):
    """Two hubs take the load together; one is killed, its hosts go to the other, and every acknowledged line is in the ledger."""
    site = site_of(tmp_path, postgres)
    secret = site.secret()
    with site.serving() as (one, _), site.serving() as (other, killed):
        herd = Herd([one, other], site.trust, secret)

        async def kill():
            await asyncio.sleep(2)
            killed.send_signal(signal.SIGKILL)

        asyncio.run(herd.run(5, kill))
        key = herd.keys[1]

        async def still():
            line = Line([one], site.trust)
            found = await line.post("config", {"node_key": key})
            line.close()
            return found

        status, found = asyncio.run(still())

    assert 200 == status
    assert found["schedule"]
    assert len(herd.acknowledged) > HOSTS
    assert herd.acknowledged <= settled(site)
