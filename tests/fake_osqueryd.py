# SPDX-License-Identifier: Apache-2.0
"""An osqueryd as strict as the real one about its TLS remote API, and as forgiving: it retries, buffers, re-enrols.

Written from the protocol (osquery plugins/remote, plugins/logger, plugins/distributed, osquery/remote/utility.h). SQL is
answered by the embedded engine over recorded rows, so that what it sends is what a host would. Time is counted, not waited for.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agents.connections.recorded import RecordedSource
from agents.engine import Engine, NotObservedError, NotServedError, QueryError

if TYPE_CHECKING:
    import ssl

LINE = 1024 * 1024
BATCH = 1024
CONFIG = 4 * 1024 * 1024
DAY = 86_400


class ProtocolError(AssertionError):
    """The server said something that osqueryd would stumble over."""


def version_of(text):
    return tuple(int(part) for part in text.split("."))


def depth_of(found):
    if isinstance(found, dict | list):
        return 1 + max((depth_of(one) for one in (found.values() if isinstance(found, dict) else found)), default=0)
    return 0


@dataclass
class Link:
    """One keep-alive connection, as each of osqueryd's threads has one."""

    address: tuple
    context: ssl.SSLContext | None
    opened: int = 0
    _connection: http.client.HTTPConnection | None = None

    def post(self, path, body, headers):
        """Send a body and give the answer's bytes; a connection that the server closed is opened again, once."""
        for attempt in (1, 2):
            try:
                connection = self._open()
                connection.request("POST", path, body, headers)
                return connection.getresponse().read()
            except (http.client.HTTPException, ConnectionError):
                self.close()
                if attempt == 2:
                    raise
        return b""

    def _open(self):
        if self._connection is None:
            host, port = self.address
            self._connection = (
                http.client.HTTPSConnection(host, port, context=self.context, timeout=16)
                if self.context
                else http.client.HTTPConnection(host, port, timeout=16)
            )
            self.opened += 1
        return self._connection

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Osqueryd:
    """One host. `tables` are its recorded rows; `now` is its clock in seconds since 1970."""

    address: tuple
    secret: str
    identifier: str
    kind: str
    tables: dict
    now: int
    version: str = "5.23.1"
    hostname: str = "pc"
    context: ssl.SSLContext | None = None
    prefix: str = "/api/osquery"
    node_key: str = ""
    config: dict = field(default_factory=dict)
    buffered: list = field(default_factory=list)
    denylist: dict = field(default_factory=dict)
    enrolments: int = 0
    counter: int = 0

    def __post_init__(self):
        self.links = {name: Link(self.address, self.context) for name in ("config", "log", "distributed")}

    def close(self):
        for link in self.links.values():
            link.close()

    # The protocol, a call at a time.

    def call(self, link, path, body):
        """Make a call as TLSTransport does: the status code is not looked at, the body is. None is a failure."""
        headers = {"Content-Type": "application/json", "User-Agent": f"osquery/{self.version}", "Accept": "application/json"}
        if self.node_key and version_of(self.version) >= (5, 23):
            headers["Authorization"] = f"NodeKey {self.node_key}"
        try:
            answer = self.links[link].post(f"{self.prefix}/{path}", json.dumps(body).encode(), headers)
        except (http.client.HTTPException, OSError):
            return None
        if not answer:
            return {}
        try:
            found = json.loads(answer)
        except ValueError as error:
            raise ProtocolError(f"{path}: the answer is no JSON: {answer[:80]!r}") from error
        if not isinstance(found, dict):
            raise ProtocolError(f"{path}: the answer is no object")
        if "node_invalid" in found and not isinstance(found["node_invalid"], bool):
            raise ProtocolError(f"{path}: node_invalid is no bool")
        return None if "error" in found else found

    def authed(self, link, path, body):
        """Make a call with the node key; on node_invalid drop it, enrol again and come again next time."""
        if not self.node_key and not self.enrol():
            return None
        found = self.call(link, path, {"node_key": self.node_key, **body})
        if found and found.get("node_invalid"):
            self.node_key = ""
            return None
        return found

    def enrol(self, attempts=3):
        """Enrol: i-squared seconds between the attempts, at most 600."""
        for attempt in range(1, attempts + 1):
            found = self.call("config", "enroll", self.enrolment())
            key = (found or {}).get("node_key", (found or {}).get("id", ""))
            if found and not found.get("node_invalid") and key:
                if not isinstance(key, str):
                    raise ProtocolError("the node key is no text")
                self.node_key = key
                self.enrolments += 1
                return True
            self.now += min(attempt**2, 600)
        return False

    def enrolment(self):
        windows = self.kind == "windows"
        uuid = hashlib.sha256(self.identifier.encode()).hexdigest()[:32]
        return {
            "enroll_secret": self.secret,
            "host_identifier": self.identifier,
            "platform_type": "2" if windows else "9",
            "host_details": {
                "os_version": {"platform": "windows" if windows else "debian", "name": "x", "version": "12"},
                "osquery_info": {"version": self.version, "build_platform": "windows" if windows else "linux"},
                "system_info": {"hostname": self.hostname, "computer_name": self.hostname, "uuid": uuid, "hardware_serial": "S1"},
                "platform_info": {"vendor": "x"},
            },
        }

    def refresh(self):
        """Fetch the configuration; False where that failed, and the old one stays."""
        found = self.authed("config", "config", {})
        if found is None:
            return False
        if len(json.dumps(found)) > CONFIG or depth_of(found) > 32:
            raise ProtocolError("the configuration is too large or too deep")
        for name, query in found.get("schedule", {}).items():
            if not name or not query.get("query") or not 0 < int(query["interval"]) <= 604_800:
                raise ProtocolError(f"the scheduled query {name!r} is not one")
        self.config = found
        return True

    # Queries.

    def answer(self, sql):
        """Run SQL as osqueryd does: status, message, rows of text with '' for NULL."""
        with Engine(RecordedSource(self.kind, self.tables, "fake")) as engine:
            try:
                rows = engine.query(sql).rows
            except NotServedError as error:
                return 1, f"no such table: {str(error).split()[1]}", []
            except (QueryError, NotObservedError) as error:
                return 1, str(error), []
        return 0, "", [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]

    def run_schedule(self, *, texts=False):
        """Run every scheduled query once into the buffer; `texts` writes figures as the documentation has them."""
        self.counter += 1
        for name, query in self.config.get("schedule", {}).items():
            status, message, rows = self.answer(query["query"])
            if status:
                self.status_line(2, f"Error executing scheduled query {name}: {message}")
                continue
            figure = str if texts else int
            self.buffered.append(
                (
                    "result",
                    {
                        "snapshot": rows,
                        "action": "snapshot",
                        "name": name,
                        "hostIdentifier": self.identifier,
                        "calendarTime": "Wed Nov 25 02:00:00 2026 UTC",
                        "unixTime": figure(self.now),
                        "epoch": figure(0),
                        "counter": figure(self.counter),
                        "numerics": False,
                        "decorations": {},
                    },
                )
            )

    def status_line(self, severity, message):
        line = {"severity": str(severity), "filename": "scheduler.cpp", "line": "1", "message": message, "version": self.version}
        extra = {"hostIdentifier": self.identifier, "calendarTime": "x", "unixTime": str(self.now), "decorations": {}}
        self.buffered.append(("status", {**line, **extra}))

    def flush(self, attempts=1):
        """Send what is buffered, type by type; a batch leaves the buffer only when it was taken. Give what is left."""
        for attempt in range(1, attempts + 1):
            for kind in ("result", "status"):
                while batch := [line for line in self.buffered if line[0] == kind][:BATCH]:
                    lines = [line for _, line in batch if len(json.dumps(line)) <= LINE]
                    if self.authed("log", "log", {"log_type": kind, "data": lines}) is None:
                        break
                    self.buffered = [line for line in self.buffered if not any(line is sent for sent in batch)]
            if not self.buffered:
                break
            self.now += attempt**2 * 10
        return len(self.buffered)

    def distributed(self, *, killed_by=()):
        """Read distributed queries, run them, write the answers; give the names that ran, None where a call failed.

        `killed_by` are names during whose run the watchdog kills the worker: they are denylisted for a day.
        """
        found = self.authed("distributed", "distributed/read", {})
        if found is None:
            return None
        queries, discovery = found.get("queries", {}), found.get("discovery", {})
        if "accelerate" in found and not isinstance(found["accelerate"], int):
            raise ProtocolError("accelerate is no number")
        if any(not name or not sql for name, sql in [*queries.items(), *discovery.items()]):
            raise ProtocolError("an empty query or name")
        chosen = self.discovered(queries, discovery)
        written = {"queries": {}, "statuses": {}, "messages": {}, "stats": {}}
        for name in chosen:
            self.run_one(name, queries[name], written, killed=name in killed_by)
        if not chosen:
            return []
        if version_of(self.version) < (4, 4):
            del written["messages"]
        if version_of(self.version) < (5, 8, 1):
            del written["stats"]
        if version_of(self.version) < (3, 0):
            written["statuses"] = {name: str(status) for name, status in written["statuses"].items()}
        return None if self.authed("distributed", "distributed/write", written) is None else chosen

    def discovered(self, queries, discovery):
        """Choose what runs: an error in any discovery query drops the whole batch."""
        passed = set()
        for name, sql in discovery.items():
            status, message, rows = self.answer(sql)
            if status:
                raise ProtocolError(f"discovery {sql!r} failed, and with it the whole batch: {message}")
            if rows:
                passed.add(name)
        if discovery and version_of(self.version) < (5, 8, 1):
            return [name for name in queries if name in passed]
        return [name for name in queries if name not in discovery or name in passed]

    def run_one(self, name, sql, written, *, killed):
        digest = hashlib.sha256(sql.encode()).hexdigest()
        if killed:
            self.denylist[digest] = self.now + DAY
        if self.denylist.get(digest, 0) > self.now:
            written["statuses"][name], written["queries"][name] = 1, []
            written["messages"][name] = "distributed query is denylisted"
            return
        status, message, rows = self.answer(sql)
        written["queries"][name], written["statuses"][name], written["messages"][name] = rows, status, message
        written["stats"][name] = {"wall_time_ms": 1, "user_time": 0, "system_time": 0, "memory": 0}
