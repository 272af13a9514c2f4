# SPDX-License-Identifier: Apache-2.0
"""A stand-in for osqueryd's extension socket, built on the bindings' own generated thrift Processor.

SQL is answered by our engine: core tables of this machine, and those of registered extensions by calling back on
`<socket>.<uuid>`, as osqueryd does.
"""

from __future__ import annotations

import itertools
import json
import threading

from osquery.extension_client import ExtensionClient
from osquery.extensions.ExtensionManager import Processor
from osquery.extensions.ttypes import ExtensionResponse, ExtensionStatus, InternalExtensionInfo, InternalOptionInfo

from agents.connections.local import LocalSource
from agents.engine import Engine, NotObservedError, NotServedError, QueryError
from agents.extension_server import Server
from policies import schema

CODES = {"=": 2, ">": 4, "<=": 8, "<": 16, ">=": 32, "LIKE": 65, "GLOB": 66, "REGEXP": 67}


class Core:
    """What an extension and a client call (thrift service ExtensionManager)."""

    def __init__(self, socket, version="5.23.1", without=()):
        self.socket, self.version, self.without = socket, version, set(without)
        self.registered = {}
        self.calls = []
        self._numbers = itertools.count(1)
        self._server = None
        self._lock = threading.Lock()

    def start(self):
        self._server = Server(self.socket, self, Processor)
        self._server.__enter__()
        return self

    def stop(self):
        self._server.__exit__()
        self.registered.clear()

    def ping(self):
        return ExtensionStatus(code=0, message="OK")

    def extensions(self):
        return {uuid: InternalExtensionInfo(name=name) for uuid, (name, _) in self.registered.items()}

    def options(self):
        return {"extensions_socket": InternalOptionInfo(value=self.socket, default_value="", type="string")}

    def registerExtension(self, info, registry):  # noqa: N802 - thrift's name
        if info.name in {name for name, _ in self.registered.values()}:
            return ExtensionStatus(code=1, message=f"Duplicate extension registered: {info.name}")
        uuid = next(self._numbers)
        self.registered[uuid] = info.name, registry
        return ExtensionStatus(code=0, message="OK", uuid=uuid)

    def deregisterExtension(self, uuid):  # noqa: N802 - thrift's name
        self.registered.pop(uuid, None)
        return ExtensionStatus(code=0, message="OK")

    def call(self, registry, item, request):
        for uuid, (_, known) in self.registered.items():
            if item in known.get(registry, {}):
                return self.of(uuid, registry, item, request)
        return ExtensionResponse(status=ExtensionStatus(code=1, message="no such plugin"), response=[])

    def of(self, uuid, registry, item, request):
        client = ExtensionClient(path=self.socket, uuid=uuid)
        assert client.open(timeout=3)
        try:
            return client.extension_client().call(registry, item, request)
        finally:
            client.close()

    def query(self, sql):
        source = CoreSource(self)
        with Engine(source) as engine:
            try:
                rows = engine.query(sql).rows
            except (QueryError, NotServedError, NotObservedError) as error:
                return ExtensionResponse(status=ExtensionStatus(code=1, message=str(error)), response=[])
        text = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]
        return ExtensionResponse(status=ExtensionStatus(code=0, message="OK"), response=text)

    def getQueryColumns(self, sql):  # noqa: N802 - thrift's name
        return ExtensionResponse(status=ExtensionStatus(code=0, message="OK"), response=[{"sql": sql}])


class CoreSource:
    """Tables as osqueryd has them: its own, and those of its extensions."""

    kind = "linux"
    label = "core"

    def __init__(self, core):
        self.core, self.local = core, LocalSource()

    def serves(self, table):
        return table in {"osquery_info", "osquery_registry"} or self._uuid(table) is not None or self._has(table)

    def _has(self, table):
        return schema.find(table).origin == schema.OSQUERY and table not in self.core.without and self.local.serves(table)

    def _uuid(self, table):
        return next((uuid for uuid, (_, known) in self.core.registered.items() if table in known.get("table", {})), None)

    def rows(self, table, ask):
        if table == "osquery_info":
            return [{"version": self.core.version}]
        if table == "osquery_registry":
            names = [one.name for one in schema.for_kind("linux") if self.serves(one.name)]
            return [{"registry": "table", "name": name, "active": 1} for name in names]
        uuid = self._uuid(table)
        if uuid is None:
            return self.local.rows(table, ask)
        listed = [
            {"name": name, "list": [{"op": CODES[one.operator], "expr": str(one.value)} for one in found], "affinity": "TEXT"}
            for name, found in ask.constraints.items()
        ]
        context = {"constraints": listed, "colsUsed": sorted(ask.columns), "colsUsedBitset": 0}
        self.core.calls.append((table, context))
        answer = self.core.of(uuid, "table", table, {"action": "generate", "context": json.dumps(context)})
        if answer.status.code:
            raise NotObservedError(answer.status.message)
        return answer.response
