# SPDX-License-Identifier: Apache-2.0
"""When each account last logged on (lastlog(8), lastlog2(8))."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import Ask, NotObservedError
from agents.tables.linux import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.host import Host
    from agents.source import Row

SPARSE: Final = "/var/log/lastlog"
DATABASE: Final = "/var/lib/lastlog/lastlog2.db"
# struct lastlog of Linux: time in 32 bits on every architecture, terminal, host. Read as unsigned, it lasts until 2106.
RECORD: Final = struct.Struct("=I32s256s")

_Seen = tuple[int, str, str]


def lastlog(host: Host, ask: Ask) -> Iterator[Row]:
    """Give every account of /etc/passwd with the later of what the old record and lastlog2 know of it.

    Raises:
        NotObservedError: the host keeps neither record, so that it is not known who logged on, or one cannot be read.
    """
    del ask
    names = {int(str(row["uid"])): str(row["username"]) for row in accounts.users(host, Ask(frozenset({"uid", "username"})))}
    old, new = _sparse(host, names), _database(host)
    if old is None and new is None:
        message = f"neither {SPARSE} nor {DATABASE} exists: the host does not record log-ons"
        raise NotObservedError(message)
    for uid, name in names.items():
        found = [seen for seen in ((old or {}).get(uid), (new or {}).get(name)) if seen]
        time, terminal, origin = max(found, default=(None, "", ""), key=lambda seen: seen[0] or 0)
        yield {"uid": uid, "username": name, "last_login": time, "terminal": terminal, "host": origin}


def _sparse(host: Host, names: Mapping[int, str]) -> dict[int, _Seen] | None:
    """Read one record an account: the file is as long as the largest id, and mostly a hole."""
    found: dict[int, _Seen] = {}
    try:
        with host.path(SPARSE).open("rb") as stream:
            for uid in names:
                stream.seek(uid * RECORD.size)
                record = stream.read(RECORD.size)
                if len(record) == RECORD.size:
                    time, terminal, origin = RECORD.unpack(record)
                    if time:
                        found[uid] = time, _text(terminal), _text(origin)
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise NotObservedError(needs_root(SPARSE)) from error
    return found


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _database(host: Host) -> dict[str, _Seen] | None:
    place = host.path(DATABASE)
    if not place.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT Name, Time, TTY, RemoteHost FROM Lastlog2 WHERE Time > 0").fetchall()
    except sqlite3.Error as error:
        message = f"cannot read {DATABASE}: {error}"
        raise NotObservedError(message) from error
    return {str(name): (int(time), str(terminal or ""), str(origin or "")) for name, time, terminal, origin in rows}
