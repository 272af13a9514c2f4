# SPDX-License-Identifier: Apache-2.0
"""What hosts sent and the hub acknowledged, kept until it is settled in the ledger."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.hub.database import Database

DISTRIBUTED: Final = "distributed"
RESULT: Final = "result"
STATUS: Final = "status"


@dataclass(frozen=True, slots=True)
class Received:
    """One acknowledged request: `digest` is the SHA-256 of its `body` (JSON text) as it was stored."""

    sequence: int
    host: str
    kind: str
    received_at: int
    digest: str
    body: str


def text(content: object) -> str:
    """Write what is stored: JSON, UTF-8 without what UTF-8 cannot hold."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def put(database: Database, host: str, kind: str, now: int, body: str) -> None:
    """Store a body; one that this host sent before is there already."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    database.rows(
        "INSERT INTO inbox (host, kind, received_at, digest, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (host, kind, now, digest, body),
    )


def unsettled(database: Database, limit: int) -> list[Received]:
    """Give what is not in the ledger yet, oldest first."""
    sql = "SELECT sequence, host, kind, received_at, digest, body FROM inbox WHERE settled = 0 ORDER BY sequence LIMIT ?"
    return [Received(*row) for row in database.rows(sql, (limit,))]


def backlog(database: Database) -> int:
    """Count what is not in the ledger yet."""
    ((count,),) = database.rows("SELECT count(*) FROM inbox WHERE settled = 0")
    return int(count)


def settle(database: Database, sequences: Sequence[int]) -> None:
    """Mark as being in the ledger."""
    database.many("UPDATE inbox SET settled = 1 WHERE sequence = ?", [(one,) for one in sequences])


def forget(database: Database, before: int, status_before: int) -> None:
    """Drop what is settled and was received before a time; status lines, which are many and judge nothing, before another."""
    with database.writing():
        database.rows("DELETE FROM inbox WHERE settled = 1 AND received_at < ?", (before,))
        database.rows("DELETE FROM inbox WHERE settled = 1 AND kind = ? AND received_at < ?", (STATUS, status_before))


def loaded(body: str) -> Any:
    """Read a stored body."""
    return json.loads(body)
