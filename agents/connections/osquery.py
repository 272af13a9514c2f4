# SPDX-License-Identifier: Apache-2.0
"""The osqueryd of this machine, asked over its extension socket; what it has no table for is read by ourselves."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.connections.local import LocalSource
from agents.source import NotObservedError
from policies.template import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.source import Ask, Row, Source

SOCKET: Final = "/var/osquery/osquery.em"
VARIABLE: Final = "MENSHEN_OSQUERY_SOCKET"
OPEN_SECONDS: Final = 1.0
ANSWER_MILLISECONDS: Final = 30_000
_REGISTERED: Final = "SELECT name FROM osquery_registry WHERE registry = 'table' AND active = 1"


class OsquerySource:
    """Answers from osqueryd's tables, and from `own` where osqueryd has none; the label says which osqueryd."""

    kind = "linux"

    def __init__(self, client: Any, own: Source) -> None:
        self._client = client
        self._own = own
        ((version,),) = (tuple(row.values()) for row in self._asked("SELECT version FROM osquery_info"))
        self._tables = frozenset(row["name"] for row in self._asked(_REGISTERED))
        self.label = f"osquery/osqueryd {version} and {own.label}"

    def serves(self, table: str) -> bool:
        """Tell whether osqueryd or we have the table."""
        return table in self._tables or self._own.serves(table)

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Give the rows of `table`: osqueryd's where it has it."""
        if table not in self._tables:
            return self._own.rows(table, ask)
        return self._asked(statement(table, ask))

    def _asked(self, sql: str) -> list[dict[str, str]]:
        from thrift.Thrift import TException  # noqa: PLC0415 - a machine without osqueryd does without thrift

        try:
            answer = self._client.query(sql)
        except (TException, OSError, EOFError) as error:
            message = f"osqueryd did not answer: {error}"
            raise NotObservedError(message) from error
        if answer.status.code:
            message = f"osqueryd here cannot answer: {answer.status.message}"
            raise NotObservedError(message)
        return list(answer.response)


def statement(table: str, ask: Ask) -> str:
    """Write what one scan wants as osquery's SQL: its columns, and the constraints a table can use."""
    columns = ", ".join(f'"{name}"' for name in sorted(ask.columns)) or "1"
    terms = [f'"{name}" {one.operator} {_literal(one.value)}' for name, listed in sorted(ask.constraints.items()) for one in listed]
    where = f" WHERE {' AND '.join(terms)}" if terms else ""
    return f'SELECT {columns} FROM "{table}"{where}'  # noqa: S608 - names of the schema; values are literals


def _literal(value: Any) -> str:
    return "NULL" if value is None else literal(value)


def socket_path() -> str:
    """Give where osqueryd's socket would be: MENSHEN_OSQUERY_SOCKET, else where its package puts it; "" where none is."""
    path = os.environ.get(VARIABLE, SOCKET)
    try:
        return path if stat.S_ISSOCK(Path(path).stat().st_mode) else ""
    except OSError:
        return ""


@contextmanager
def opened() -> Iterator[Source]:
    """Open this machine for a block: through its osqueryd where there is one that answers, else by the embedded engine alone."""
    path = socket_path()
    found = _opened(path) if path else None
    if found is None:
        yield LocalSource()
        return
    client, source = found
    try:
        yield source
    finally:
        client.close()


def _opened(path: str) -> tuple[Any, Source] | None:
    from osquery.extension_client import ExtensionClient  # noqa: PLC0415 - as above
    from thrift.transport import TTransport  # noqa: PLC0415 - as above

    client = ExtensionClient(path=path)
    # Another user's osqueryd, or a socket that was left behind, is no reason not to look.
    if not client.open(timeout=OPEN_SECONDS):
        return None
    try:
        socket = client._transport._TBufferedTransport__trans  # noqa: SLF001 - the bindings have no way to set a time limit
        socket.setTimeout(ANSWER_MILLISECONDS)
    except (AttributeError, TTransport.TTransportException):
        client.close()
        return None
    try:
        return client, OsquerySource(client.extension_manager_client(), LocalSource())
    except (NotObservedError, ValueError):
        client.close()
        return None


__all__ = ["OsquerySource", "opened", "socket_path", "statement"]
