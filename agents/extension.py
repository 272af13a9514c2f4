# SPDX-License-Identifier: Apache-2.0
"""Menshen's own tables inside a running osqueryd: `python -m agents.extension --socket /var/osquery/osquery.em`.

A process of its own, so that neither can take the other down. It registers over osqueryd's extension socket, serves its
tables on `<socket>.<uuid>`, and registers again when osqueryd was restarted. Run it as a service, never by autoload.
Source: osquery.thrift (ExtensionManager, Extension), osquery/core/tables.h (ColumnOptions, ConstraintOperator).
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from osquery.extension_client import DEFAULT_SOCKET_PATH, ExtensionClient
from osquery.extensions.ttypes import ExtensionException, ExtensionResponse, ExtensionStatus, InternalExtensionInfo
from thrift.Thrift import TException

from agents import __version__
from agents.connections.local import LocalSource
from agents.extension_server import Server
from agents.source import FAULTS, Ask, Constraint, NotObservedError, NotServedError
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agents.source import Source
    from policies.schema import Column, Table

NAME: Final = "menshen"
# osqueryd answers a ping in well under a millisecond; one that does not within this is gone.
PING_SECONDS: Final = 3.0
LOST: Final = (OSError, TException, EOFError)
_BITS: Final = {"index": 1, "required": 2, "additional": 4, "optimized": 8, "hidden": 16}
_OPERATORS: Final = {2: "=", 4: ">", 8: "<=", 16: "<", 32: ">=", 65: "LIKE", 66: "GLOB", 67: "REGEXP"}


def own_tables(source: Source) -> dict[str, Table]:
    """Give the tables that osqueryd lacks and this source can answer, by name."""
    return {
        table.name: table for table in schema.for_kind(source.kind) if table.origin == schema.MENSHEN and source.serves(table.name)
    }


def routes(table: Table, kind: str) -> list[dict[str, str]]:
    """Describe a table as osqueryd wants it told; `op` holds the column's options as bits."""
    return [{"id": "column", "name": one.name, "type": one.type, "op": str(_op(one))} for one in table.columns_for(kind)]


def _op(column: Column) -> int:
    return sum(bit for name, bit in _BITS.items() if getattr(column, name, False))


class Extension:
    """What osqueryd calls: the tables of one source (thrift service Extension)."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tables = own_tables(source)
        self.stopping = threading.Event()

    @property
    def registry(self) -> dict[str, dict[str, list[dict[str, str]]]]:
        """Give what is registered."""
        return {"table": {name: routes(table, self._source.kind) for name, table in self._tables.items()}}

    def ping(self) -> ExtensionStatus:
        """Say that we are there."""
        return ExtensionStatus(code=0, message="OK")

    def shutdown(self) -> None:
        """Stop serving this osqueryd; it is on its way out."""
        self.stopping.set()

    def call(self, registry: str, item: str, request: Mapping[str, str]) -> ExtensionResponse:
        """Answer one call of a plugin; whatever is wrong with it is its status, not the end of us."""
        table = self._tables.get(item) if registry == "table" else None
        if table is None:
            return _refused(f"no such plugin: {registry} {item}")
        action = request.get("action", "")
        if action == "columns":
            return _answered(routes(table, self._source.kind))
        if action != "generate":
            return _refused(f"unknown action: {action}")
        try:
            return _answered(self._rows(table, request.get("context", "")))
        except (NotObservedError, NotServedError) as error:
            return _refused(str(error))
        except FAULTS as error:
            return _refused(f"{table.name}: {type(error).__name__}")

    def _rows(self, table: Table, context: str) -> list[dict[str, str]]:
        ask = asked(table, self._source.kind, json.loads(context) if context else {})
        if table.required and not any(
            ask.values(name, one.operator) for name in table.required for one in ask.constraints.get(name, ())
        ):
            raise NotObservedError(f"table {table.name} was queried without a required column in the WHERE clause")
        names = [column.name for column in table.columns_for(self._source.kind) if column.name in ask.columns]
        # osquery has no NULL on this way: the bindings would write None as a text.
        return [
            {name: "" if row.get(name) is None else str(row[name]) for name in names} for row in self._source.rows(table.name, ask)
        ]


def asked(table: Table, kind: str, context: Mapping[str, Any]) -> Ask:
    """Read a query's context: the columns it uses and the constraints on columns that can make a table read less."""
    columns = {column.name: column for column in table.columns_for(kind)}
    used = frozenset(context.get("colsUsed", columns)) & columns.keys()
    constraints: dict[str, tuple[Constraint, ...]] = {}
    for one in context.get("constraints", ()):
        column = columns.get(one.get("name", ""))
        listed = one.get("list")
        # A column without a constraint has "" in place of the list.
        if column is not None and column.constrains and isinstance(listed, list):
            found = [(_OPERATORS.get(int(term["op"])), str(term["expr"])) for term in listed]
            constraints[column.name] = tuple(Constraint(operator, value) for operator, value in found if operator)
    return Ask(used or frozenset(columns), constraints)


def _answered(rows: Sequence[Mapping[str, str]]) -> ExtensionResponse:
    return ExtensionResponse(status=ExtensionStatus(code=0, message="OK"), response=list(rows))


def _refused(message: str) -> ExtensionResponse:
    return ExtensionResponse(status=ExtensionStatus(code=1, message=message), response=[])


class Registration:
    """One registration with one osqueryd, while it lives."""

    def __init__(self, socket: str, source: Source) -> None:
        self._socket, self._extension = socket, Extension(source)
        self._client = ExtensionClient(path=socket)

    def serve(self, every: float) -> bool:
        """Register and serve until osqueryd is gone or asks us to end; False where there was none to register with."""
        if not self._client.open(timeout=PING_SECONDS):
            return False
        try:
            core = self._client.extension_manager_client()
            info = InternalExtensionInfo(name=NAME, version=__version__, sdk_version="5.0.0", min_sdk_version="1.8.0")
            status = core.registerExtension(info, self._extension.registry)
            if status.code:
                # Its last registration of us may not have expired yet.
                _say(f"osqueryd refused: {status.message}")
                return False
            with Server(f"{self._socket}.{status.uuid}", self._extension):
                _say(f"registered {len(self._extension.registry['table'])} tables as {status.uuid}")
                while not self._extension.stopping.wait(every) and core.ping().code == 0:
                    pass
        except ExtensionException as error:
            _say(f"osqueryd refused: {error.message}")
            return False
        except LOST:
            _say("osqueryd is gone")
        finally:
            self._client.close()
        return True


def run(socket: str, source: Source, *, every: float = PING_SECONDS, stop: threading.Event | None = None) -> None:
    """Stay registered with whatever osqueryd listens on `socket`, until `stop` is set."""
    stop = stop or threading.Event()
    while not stop.is_set():
        if not Registration(socket, source).serve(every):
            stop.wait(every)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} menshen extension: {line}\n")


def main() -> None:
    """Run for this machine."""
    parser = argparse.ArgumentParser(prog="python -m agents.extension", description="Menshen's tables for osqueryd.")
    parser.add_argument("--socket", default=DEFAULT_SOCKET_PATH, help="osqueryd's extension socket")
    parser.add_argument("--interval", type=float, default=PING_SECONDS, help="seconds between two looks at osqueryd")
    given = parser.parse_args()
    run(given.socket, LocalSource(), every=given.interval)


if __name__ == "__main__":
    main()
