# SPDX-License-Identifier: Apache-2.0
"""Live queries: put to some hosts, answered as they check in, forgotten after a time."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agents.hub.database import Database


@dataclass(frozen=True, slots=True)
class Campaign:
    """One live query and the hosts that are still to answer it."""

    id: str
    sql: str
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """What one host answered: `status` 0 is fine, else `message` says what went wrong; all cells are text."""

    host: str
    at: int
    status: int
    message: str
    rows: list[dict[str, str]]


def start(database: Database, sql: str, hosts: Iterable[str], now: int, seconds: int) -> str:
    """Put a query to hosts (by id) for so many seconds; give its name."""
    name = uuid.uuid4().hex[:16]
    database.rows("INSERT INTO campaigns VALUES (?, ?, ?, ?, ?)", (name, sql, now, now + seconds, json.dumps(sorted(hosts))))
    return name


def stop(database: Database, name: str) -> None:
    """Ask nobody any more."""
    database.rows("UPDATE campaigns SET expires_at = 0 WHERE id = ?", (name,))


def running(database: Database, now: int) -> list[Campaign]:
    """List what is still to be asked of somebody."""
    found = []
    for name, sql, hosts in database.rows("SELECT id, query, hosts FROM campaigns WHERE expires_at > ?", (now,)):
        done = {host for (host,) in database.rows("SELECT host FROM campaign_answers WHERE campaign = ?", (name,))}
        if waiting := frozenset(json.loads(hosts)) - done:
            found.append(Campaign(name, sql, waiting))
    return found


def answer(database: Database, campaign: str, given: Answered) -> None:
    """Keep an answer; a host's first one stands."""
    values: tuple[Any, ...] = (campaign, given.host, given.at, given.status, given.message, json.dumps(given.rows))
    database.rows("INSERT INTO campaign_answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)


def answers(database: Database, campaign: str) -> list[Answered]:
    """List what was answered so far, in the order it came."""
    sql = "SELECT host, at, status, message, found FROM campaign_answers WHERE campaign = ? ORDER BY at, host"
    found = database.rows(sql, (campaign,))
    return [Answered(host, at, status, message, json.loads(rows)) for host, at, status, message, rows in found]


def forget(database: Database, before: int) -> None:
    """Drop campaigns that ended before a time, with their answers."""
    database.rows("DELETE FROM campaign_answers WHERE campaign IN (SELECT id FROM campaigns WHERE expires_at < ?)", (before,))
    database.rows("DELETE FROM campaigns WHERE expires_at < ?", (before,))
