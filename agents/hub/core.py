# SPDX-License-Identifier: Apache-2.0
"""What the hub does for a host, without HTTP: who it is, what it is asked, what it said."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from agents.hub import campaigns, hosts, inbox, names, schema, secret
from agents.hub.database import connect
from agents.hub.wire import WireError, clean
from agents.hub.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.hub.campaigns import Campaign
    from agents.hub.database import Database
    from agents.hub.hosts import Host
    from agents.hub.plan import Plan
    from agents.hub.wire import Answer, Enrol
    from policies.compile.question import Question

# A question put and not answered is put again after this.
PATIENCE: Final = 300
# Another hub, or a person, may have changed what is known of a host.
KNOWN_SECONDS: Final = 60.0
LIVE_SECONDS: Final = 1.0
TOUCH_SECONDS: Final = 10.0
ACCELERATE: Final = 60
OLDEST: Final = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Pace:
    """How often hosts are asked, in seconds.

    `distributed`: every control, as a distributed query; `scheduled`: the same by the host's own schedule, which it keeps
    while the hub is away; `spread`: over how long new hosts are first asked; `refresh`: how often they fetch the configuration.
    """

    distributed: int = 3600
    scheduled: int = 14_400
    spread: int = 300
    refresh: int = 300


class Hub:
    """One hub. Its coroutines run in one event loop; several hubs may share a PostgreSQL database."""

    def __init__(self, url: str, plan: Plan, pace: Pace | None = None) -> None:
        self.plan = plan
        self.pace = pace or Pace()
        self._reader = connect(url)
        schema.prepare(self._reader)
        self._key = schema.value(self._reader, "key")
        self.writer = Writer(url)
        self._reading = ThreadPoolExecutor(1, "hub-reader")
        self._known: dict[str, tuple[Host, float]] = {}
        self._key_of: dict[str, str] = {}
        self._asked: dict[str, int] = {}
        self._touched: dict[str, int] = {}
        self._live: list[Campaign] = []
        self._configs: dict[int, tuple[Sequence[Question], bytes]] = {}

    async def read(self, work: Any, *values: Any) -> Any:
        """Run a function of the database in the reader's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, work, self._reader, *values)

    async def write(self, work: Any) -> Any:
        """Run a function of the database in the next transaction; back when it is on disk."""
        return await asyncio.wrap_future(self.writer.put(work))

    async def host(self, key: str) -> Host | None:
        """Find a host by its node key."""
        if not key:
            return None
        name, now = secret.digest(key), time.monotonic()
        found = self._known.get(name)
        if found is None or now - found[1] > KNOWN_SECONDS:
            host = await self.read(hosts.by_key, key)
            if host is None:
                self._known.pop(name, None)
                return None
            found = self._known[name] = host, now
            self._key_of[host.id] = name
        self._touched[found[0].id] = int(time.time())
        return found[0]

    async def enrol(self, request: Enrol, address: str) -> str | None:
        """Take a host in and give its node key; None where its secret is not good."""
        now = int(time.time())
        site = await self.read(secret.site_of, request.secret, now)
        if site is None:
            return None
        host, key = await self.write(lambda database: hosts.enrol(database, self.plan, request, site, now, address))
        # The key it had opens nothing any more, here at once and at other hubs within KNOWN_SECONDS.
        self._known.pop(self._key_of.get(host.id, ""), None)
        return str(key)

    def config(self, host: Host) -> bytes:
        """Give the configuration of a host as JSON: the questions of its subject, as snapshots."""
        questions = self.plan.questions(host.subject) if host.judged and host.subject else ()
        kept = self._configs.get(id(questions))
        if kept is None or kept[0] is not questions:
            kept = self._configs[id(questions)] = questions, json.dumps(configuration(questions, self.pace)).encode()
        return kept[1]

    def questions(self, host: Host) -> dict[str, Any]:
        """Give the distributed queries a host is to run now."""
        now = int(time.time())
        live = {names.of_campaign(self._key, host.id, one.id): one.sql for one in self._live if host.id in one.waiting}
        queries, discovery = dict(live), {}
        if self._due(host, now):
            self._asked[host.id] = now
            end = names.ending(self._key, host.id, now)
            for one in self.plan.questions(host.subject or ""):
                name = names.scheduled(one.control, one.digest) + end
                queries[name] = one.sql
                if one.own:
                    discovery[name] = one.discovery
        if discovery:
            # Before 5.8.1, only queries with a discovery run once any has one.
            discovery = {name: discovery.get(name, "SELECT 1") for name in queries}
        answer: dict[str, Any] = {"queries": queries}
        if discovery:
            answer["discovery"] = discovery
        if live:
            answer["accelerate"] = ACCELERATE
        return answer

    def _due(self, host: Host, now: int) -> bool:
        if not host.judged or now - self._asked.get(host.id, 0) < min(PATIENCE, self.pace.distributed):
            return False
        if host.answered_at == 0 and self.pace.spread:
            return now >= host.enrolled_at + int(host.id[:8], 16) % self.pace.spread
        return now - host.answered_at >= self.pace.distributed

    async def answered(self, host: Host, key: str, found: Mapping[str, Answer]) -> None:
        """Store what distributed queries gave.

        Raises:
            WireError: an answer to something this host was not asked.
            StoreError: it could not be stored; then nothing of it was.
        """
        now = int(time.time())
        controls: dict[str, Any] = {}
        live: dict[str, campaigns.Answered] = {}
        at = 0
        for name, answer in found.items():
            named = names.asked(self._key, host.id, name)
            if named is None or named.at > now or (named.control and named.at < now - OLDEST):
                raise WireError("an answer to a question that this host was not asked")
            if named.campaign:
                live[named.campaign] = campaigns.Answered(host.id, now, answer.status, answer.message, answer.rows)
            else:
                at = named.at
                controls[named.control] = [named.digest, answer.status, answer.message, answer.rows]
        if not controls and not live:
            return
        body = inbox.text({"at": at, "answers": controls, "version": host.version}) if controls else ""

        def work(database: Database) -> None:
            if body:
                inbox.put(database, host.id, inbox.DISTRIBUTED, now, body)
                database.rows("UPDATE hosts SET answered_at = ? WHERE id = ? AND answered_at < ?", (at, host.id, at))
            for campaign, one in live.items():
                campaigns.answer(database, campaign, one)

        await self.write(work)
        if controls:
            self._known[secret.digest(key)] = replace(host, answered_at=max(at, host.answered_at)), time.monotonic()
        self._live = [replace(one, waiting=one.waiting - {host.id}) if one.id in live else one for one in self._live]

    async def logged(self, host: Host, kind: str, lines: list[Any]) -> None:
        """Store the lines of a log.

        Raises:
            StoreError: they could not be stored; then none of them was.
        """
        if lines:
            body, now = inbox.text({"lines": lines, "version": host.version}), int(time.time())
            await self.write(lambda database: inbox.put(database, host.id, kind, now, body))

    async def background(self) -> None:
        """Look for live queries, and note when hosts were last heard of, until cancelled."""
        flushed = time.monotonic()
        while True:
            try:
                self._live = await self.read(campaigns.running, int(time.time()))
                if time.monotonic() - flushed > TOUCH_SECONDS:
                    flushed = time.monotonic()
                    await self.flush()
            except Exception as error:  # noqa: BLE001 - the main loop: a lost database comes back
                report(f"background: {error}")
            await asyncio.sleep(LIVE_SECONDS)

    async def flush(self) -> None:
        """Write down when hosts were last heard of."""
        touched, self._touched = self._touched, {}
        if touched:
            values = [(at, host, at) for host, at in touched.items()]
            await self.write(lambda database: database.many("UPDATE hosts SET seen_at = ? WHERE id = ? AND seen_at < ?", values))

    def close(self) -> None:
        """Finish what waits, and let go of the database."""
        self.writer.close()
        self._reading.shutdown()
        self._reader.close()


def configuration(questions: Sequence[Question], pace: Pace) -> dict[str, Any]:
    """Give osquery's configuration for some questions."""
    schedule = {
        names.scheduled(one.control, one.digest): {"query": one.sql, "interval": pace.scheduled, "snapshot": True}
        for one in questions
        # A scheduled query on a table that is absent fails again and again; those go as distributed queries, with discovery.
        if not one.own
    }
    options = {
        "config_refresh": pace.refresh,
        "distributed_interval": 60,
        "logger_tls_period": 60,
        "logger_snapshot_event_type": False,
        "schedule_splay_percent": 10,
    }
    return {"options": options, "schedule": schedule}


def report(line: str) -> None:
    """Write one line to the hub's log (stderr); hosts' own words in it cannot make two of it."""
    import sys  # noqa: PLC0415 - only here

    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    sys.stderr.write(f"{stamp} menshen hub: {clean(line, 1000)}\n")
