# SPDX-License-Identifier: Apache-2.0
"""The API that osqueryd speaks, as an ASGI application; JSON whatever happens, and 200 only for what is stored.

osqueryd does not look at the HTTP status: an `error` in the body makes it keep what it sent and come again.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents.hub import body, wire
from agents.hub.core import report
from agents.hub.database import StoreError
from agents.hub.measures import Measures
from agents.hub.rate import Rate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from starlette.requests import Request

    from agents.hub.core import Hub
    from agents.hub.hosts import Host

    Call = Callable[[Host, str, Mapping[str, Any]], Awaitable[Response]]

PREFIXES: Final = ("/api/osquery", "/api/v1/osquery")
# Bytes after unpacking. A log may hold 60 lines of 1 MiB: that is what our flag file lets hosts send.
LIMITS: Final = {"enroll": 1, "config": 1, "log": 64, "distributed/read": 1, "distributed/write": 32}
# A body longer than this is read away from the event loop.
LONG: Final = 262_144
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
REFUSED: Final[Mapping[str, Any]] = {"node_invalid": True}


class AgentApi:
    """Answers hosts for one hub. `failures` counts wrong secrets an address, `calls` the requests a host."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.measures = Measures(hub)
        self.failures = Rate(per_second=0.1, burst=10)
        self.calls = Rate(per_second=10, burst=120)
        self._flow = body.Flow()
        self._calls: dict[str, Call] = {
            "config": self._config,
            "log": self._log,
            "distributed/read": self._read,
            "distributed/write": self._write,
        }

    def app(self) -> Starlette:
        """Give the application."""
        routes = [
            Route(f"{prefix}/{call}", self._route(call), methods=["POST"])
            for prefix in PREFIXES
            for call in (*LIMITS, "carve/begin", "carve/block")
        ]
        routes += [
            Route("/healthz", self._health, methods=["GET"]),
            Route("/version", self._version, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]
        failing: Any = {404: _json_error, 405: _json_error, 500: _json_error}
        return Starlette(routes=routes, lifespan=self._life, exception_handlers=failing)

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(self.hub.background())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        with suppress(StoreError):
            await self.hub.flush()
        self.hub.close()

    def _route(self, call: str) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            began = time.perf_counter()
            response = await self._answer(call, request)
            self.measures.seconds.labels(call).observe(time.perf_counter() - began)
            self.measures.requests.labels(call, str(response.status_code)).inc()
            return response

        return endpoint

    async def _answer(self, call: str, request: Request) -> Response:
        if call not in LIMITS:
            return _error("carving is off", 403)
        try:
            content = await body.read(request, LIMITS[call] * body.MEBIBYTE, self._flow)
            try:
                return await self._parsed(call, request, content)
            finally:
                self._flow.release(len(content))
        except (wire.WireError, body.BodyError) as error:
            return _error(str(error), 400)
        except body.TooLargeError:
            return _error("the body is too large", 413)
        except body.BusyError:
            return _error("too many large requests at once", 503)
        except StoreError as error:
            report(f"{call}: {error}")
            full = "not stored: the disk is full", 507
            return _error(*(full if error.full else ("not stored: the database does not take it now", 503)))

    async def _parsed(self, call: str, request: Request, content: bytes) -> Response:
        found = wire.document(content) if len(content) < LONG else await asyncio.to_thread(wire.document, content)
        if call == "enroll":
            return await self._enrol(request, found)
        key = wire.node_key(found, request.headers.get("authorization", ""))
        host = await self.hub.host(key)
        if host is None:
            return JSONResponse(REFUSED, 401)
        if not self.calls.allows(host.id):
            return _error("too many requests", 429)
        return await self._calls[call](host, key, found)

    async def _enrol(self, request: Request, found: Mapping[str, Any]) -> Response:
        address = request.client.host if request.client else ""
        if self.failures.empty(address):
            return _error("too many wrong secrets from this address", 429)
        wanted = wire.enrol(found)
        key = await self.hub.enrol(wanted, address) if wanted.secret and wanted.identifier else None
        if key is None:
            self.failures.allows(address)
            report(f"enrolment refused: {address} {wanted.identifier}")
            return JSONResponse(REFUSED, 401)
        return JSONResponse({"node_key": key, "node_invalid": False})

    async def _config(self, host: Host, _key: str, _found: Mapping[str, Any]) -> Response:
        return Response(self.hub.config(host), media_type="application/json")

    async def _log(self, host: Host, _key: str, found: Mapping[str, Any]) -> Response:
        await self.hub.logged(host, *wire.log(found))
        return JSONResponse({})

    async def _read(self, host: Host, _key: str, _found: Mapping[str, Any]) -> Response:
        return JSONResponse(self.hub.questions(host))

    async def _write(self, host: Host, key: str, found: Mapping[str, Any]) -> Response:
        await self.hub.answered(host, key, wire.answers(found))
        return JSONResponse({})

    async def _health(self, _: Request) -> Response:
        try:
            await self.hub.read(lambda database: database.rows("SELECT 1"))
        except StoreError:
            return _error("the database is not there", 503)
        return JSONResponse({"status": "ok"})

    async def _version(self, _: Request) -> Response:
        # osquery-perf asks for it before each log.
        return JSONResponse({"name": "menshen"})

    async def _metrics(self, request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK:
            return _error("figures are for this machine, or the admin API", 403)
        return Response(self.measures.text(), media_type="text/plain; version=0.0.4")


def _error(message: str, code: int) -> Response:
    headers = {"retry-after": "30"} if code in {429, 503, 507} else None
    return JSONResponse({"error": message}, code, headers)


async def _json_error(_: Request, error: Exception) -> Response:
    code = getattr(error, "status_code", 500)
    return JSONResponse(
        {"error": getattr(error, "detail", "something went wrong in the hub")}, code, getattr(error, "headers", None)
    )
