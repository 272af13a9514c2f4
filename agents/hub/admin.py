# SPDX-License-Identifier: Apache-2.0
"""The admin API: another port and another key than hosts have, and off unless somebody turns it on."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agents.hub import body, campaigns, hosts, inbox, secret, wire
from agents.hub.database import StoreError
from agents.hub.rate import Rate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from agents.hub.core import Hub
    from agents.hub.measures import Measures

LONGEST_SQL: Final = 65_536
LIVE_SECONDS: Final = 600


class AdminApi:
    """Answers whoever shows the token: hosts, review, live queries, figures."""

    def __init__(self, hub: Hub, measures: Measures, token: str) -> None:
        self._hub, self._measures = hub, measures
        self._digest = secret.digest(token)
        self._failures = Rate(per_second=0.2, burst=10)
        self._flow = body.Flow()

    def app(self) -> Starlette:
        """Give the application."""
        calls = {
            ("GET", "/hosts"): self._hosts,
            ("GET", "/metrics"): self._figures,
            ("GET", "/backlog"): self._backlog,
            ("POST", "/queries"): self._ask,
            ("GET", "/queries/{campaign}"): self._answers,
        }
        routes = [Route(path, self._guarded(call), methods=[method]) for (method, path), call in calls.items()]
        return Starlette(routes=routes)

    def _guarded(self, call: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            address = request.client.host if request.client else ""
            if self._failures.empty(address):
                return _error("too many wrong tokens from this address", 429)
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not secret.same(secret.digest(token.strip()), self._digest):
                self._failures.allows(address)
                return _error("a bearer token is needed", 401)
            try:
                return await call(request)
            except (wire.WireError, body.BodyError) as error:
                return _error(str(error), 400)
            except body.TooLargeError:
                return _error("the body is too large", 413)
            except (StoreError, body.BusyError):
                return _error("the database is not there", 503)

        return endpoint

    async def _hosts(self, _: Request) -> Response:
        return JSONResponse({"hosts": [asdict(one) for one in await self._hub.read(hosts.listed)]})

    async def _figures(self, _: Request) -> Response:
        return Response(self._measures.text(), media_type="text/plain; version=0.0.4")

    async def _backlog(self, _: Request) -> Response:
        return JSONResponse({"unsettled": await self._hub.read(inbox.backlog)})

    async def _ask(self, request: Request) -> Response:
        content = await body.read(request, body.MEBIBYTE, self._flow)
        self._flow.release(len(content))
        found = wire.document(content)
        sql, wanted = found.get("sql"), found.get("subjects")
        if not isinstance(sql, str) or not sql.strip() or len(sql) > LONGEST_SQL:
            raise wire.WireError("sql is not a text of at most 65,536 characters")
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            raise wire.WireError("subjects is not a list of names")
        known = {one.subject: one.id for one in await self._hub.read(hosts.listed) if one.judged}
        asked = [known[name] for name in wanted if name in known]
        now = int(time.time())
        name = await self._hub.write(lambda database: campaigns.start(database, sql, asked, now, LIVE_SECONDS))
        return JSONResponse({"query": name, "asked": len(asked), "unknown": sorted(set(wanted) - known.keys())}, 201)

    async def _answers(self, request: Request) -> Response:
        found = await self._hub.read(campaigns.answers, request.path_params["campaign"][:64])
        names: dict[str, Any] = {one.id: one.subject for one in await self._hub.read(hosts.listed)}
        return JSONResponse({"answers": [{**asdict(one), "subject": names.get(one.host)} for one in found]})


def _error(message: str, code: int) -> Response:
    return JSONResponse({"error": message}, code)
