# SPDX-License-Identifier: Apache-2.0
"""Run a hub: its ports, its plan kept up to date, and the settler beside it in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from agents.hub.admin import AdminApi
from agents.hub.app import AgentApi
from agents.hub.core import Hub, report
from agents.hub.serving import server
from menshen.hub.memory import DATABASE, opened
from menshen.hub.plan import of_inventory, stamp_of
from menshen.hub.settle import Settler
from menshen.trouble import TroubleError
from policies.problems import CatalogueError

if TYPE_CHECKING:
    from pathlib import Path

    from agents.hub.core import Pace
    from agents.hub.serving import Place

TOKEN: Final = "MENSHEN_HUB_ADMIN_TOKEN"  # noqa: S105 - the name of a variable
RELOAD_SECONDS: Final = 30.0
RESTART_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Running:
    """What a hub is started with; `admin` None leaves the admin API off; `every` is how often to settle, in seconds, 0 never."""

    database: str
    inventory: Path
    ledger: Path
    place: Place
    admin: Place | None
    pace: Pace
    every: float


def serve(running: Running) -> None:
    """Serve until told to stop (SIGINT, SIGTERM)."""
    hub = Hub(running.database, of_inventory(running.inventory), running.pace)
    agents = AgentApi(hub)
    servers: list[Any] = [server(agents.app(), running.place)]
    if running.admin is not None:
        servers.append(server(AdminApi(hub, agents.measures, os.environ[TOKEN]).app(), running.admin))
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(running, hub, servers))


async def _serve(running: Running, hub: Hub, servers: list[Any]) -> None:
    tasks = [asyncio.create_task(_reload(running, hub))]
    if running.every:
        tasks.append(asyncio.create_task(_settling(running)))
    place = running.place
    report(f"listens on {place.host}:{place.port}, {'TLS' if place.tls else 'no TLS'}")
    try:
        await asyncio.gather(*(one.serve() for one in servers))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _reload(running: Running, hub: Hub) -> None:
    """Read the inventory anew when its files change; one that is wrong leaves the old plan in force."""
    known = stamp_of(running.inventory)
    while True:
        await asyncio.sleep(RELOAD_SECONDS)
        try:
            if (found := stamp_of(running.inventory)) != known:
                hub.plan = await asyncio.to_thread(of_inventory, running.inventory)
                known = found
                report("read the inventory anew")
        except (TroubleError, CatalogueError, OSError) as error:
            report(f"the inventory is wrong, the old one stays: {error}")


async def _settling(running: Running) -> None:
    """Keep a settler running; it ends by itself when its standard input does, however this process ends."""
    command = [sys.executable, "-m", "menshen", "hub", "settle", "--every", str(running.every)]
    command += ["--inventory", str(running.inventory), "--ledger", str(running.ledger)]
    environment = {**os.environ, DATABASE: running.database}
    while True:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment, start_new_session=True
        )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            await process.wait()
            raise
        report(f"the settler ended ({code}), and is started again")
        await asyncio.sleep(RESTART_SECONDS)


def settle(database: str, inventory: Path, ledger: Path, every: float) -> int:
    """Settle once (`every` 0), or until standard input ends; give how many requests were settled."""
    count, known = 0, stamp_of(inventory)
    with opened(database) as connection:
        settler = Settler(connection, of_inventory(inventory), ledger)
        while True:
            count += settler.run()
            if not every or not _wait(every):
                return count
            if (found := stamp_of(inventory)) != known:
                settler, known = settler.with_plan(of_inventory(inventory)), found


def _wait(seconds: float) -> bool:
    """Wait; False when standard input has ended: whoever started us is gone."""
    import select

    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([0], [], [], left)[0] and not os.read(0, 4096):
            return False
    return True
