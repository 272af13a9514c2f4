# SPDX-License-Identifier: Apache-2.0
"""The hub keeps what its OpenAPI document says, whatever is sent: right bodies, wrong ones, and anything in between."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agents.hub import secret
from agents.hub.app import AgentApi
from agents.hub.core import Hub, Pace
from agents.hub.database import connect
from agents.hub.rate import Rate

DOCUMENT = json.loads((Path(__file__).resolve().parents[3] / "agents" / "hub" / "openapi.json").read_text(encoding="utf-8"))
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance)


class Plan:
    def questions(self, _):
        return ()

    def match(self, host):
        return host.hostname, ""


def api():
    """Give an application that nothing slows down, and a node key that is good."""
    url = str(Path(tempfile.mkdtemp()) / "hub.db")
    made = AgentApi(Hub(url, Plan(), Pace(spread=0)))
    made.calls = made.failures = Rate(1e9, 1e9)
    database = connect(url)
    _, text = secret.add(database, "hq", int(time.time()), 3600)
    database.close()
    app = made.app()
    details = {"system_info": {"hostname": "pc-1"}}
    body = {"enroll_secret": text, "host_identifier": "pc-1", "host_details": details}

    async def enrol():
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
            return (await client.post("/api/osquery/enroll", json=body)).json()["node_key"]

    return app, asyncio.run(enrol())


# The client that the library brings along has a newer name elsewhere; that is the library's to settle.
pytestmark = pytest.mark.filterwarnings("ignore:Using .httpx. with")

APP, KEY = api()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


async def without_lifespan(scope, receive, send):
    """Serve requests alone: the library starts and ends an application for every one, and the hub ends once."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await APP(scope, receive, send)


SCHEMA.app = without_lifespan


@SCHEMA.parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
def test_the_api_keeps_its_document(case):
    """Strangers' requests get a described answer; no server error, and JSON always."""
    case.call_and_validate(checks=CHECKS)


@SCHEMA.include(path_regex="config|log|distributed").parametrize()
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
def test_the_api_keeps_its_document_for_a_host(case):
    """The same with a good node key, in the body and in the header."""
    if isinstance(case.body, dict):
        case.body["node_key"] = KEY
    case.call_and_validate(checks=CHECKS, headers={"authorization": f"NodeKey {KEY}"})
