# SPDX-License-Identifier: Apache-2.0
"""Many simulated hosts in one process, each with a keep-alive connection: for load, herds and kills."""

from __future__ import annotations

import asyncio
import json

HOST_SECONDS = 16


class LostError(Exception):
    """No whole answer came: the host does not know whether it was heard."""


class Line:
    """A keep-alive HTTP/1.1 connection, as thin as can be: the hosts must not be what is measured."""

    def __init__(self, addresses, context=None):
        self.addresses, self.context = addresses, context
        self._streams = None
        self._turn = 0

    async def post(self, call, body):
        """Post JSON; give (status, document). Raises LostError."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = f"POST /api/osquery/{call} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n\r\n"
        try:
            async with asyncio.timeout(HOST_SECONDS):
                reader, writer = await self._open()
                writer.write(head.encode() + content)
                return await self._answer(reader)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            self.close()
            raise LostError from error

    async def _answer(self, reader):
        head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head[1:] if b": " in line)
        return int(head[0].split()[1]), json.loads(await reader.readexactly(int(fields[b"content-length"])) or b"{}")

    async def _open(self):
        if self._streams is None:
            # A load balancer in front of several hubs: whoever is there next.
            host, port = self.addresses[self._turn % len(self.addresses)]
            self._turn += 1
            name = "localhost" if self.context else None
            self._streams = await asyncio.open_connection(host, port, ssl=self.context, server_hostname=name)
        return self._streams

    def close(self):
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


def enrolment(secret, name):
    """Give the body with which a simulated host enrols."""
    details = {
        "system_info": {"hostname": name, "uuid": f"uuid-{name}", "hardware_serial": name},
        "osquery_info": {"version": "5.23.1"},
        "os_version": {"platform": "windows"},
    }
    return {"enroll_secret": secret, "host_identifier": name, "platform_type": "2", "host_details": details}


async def enrolled(line, secret, name, tries=20):
    """Enrol, trying again as osqueryd does; give the node key."""
    for attempt in range(tries):
        try:
            status, found = await line.post("enroll", enrolment(secret, name))
        except LostError:
            status, found = 0, {}
        if status == 200 and found.get("node_key"):
            return found["node_key"]
        await asyncio.sleep(0.1 * (attempt + 1))
    raise AssertionError(f"{name} could not enrol")
