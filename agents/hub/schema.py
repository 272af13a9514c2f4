# SPDX-License-Identifier: Apache-2.0
"""The hub's tables, the same for SQLite and PostgreSQL. Times are seconds since 1970, UTC; secrets and keys are SHA-256."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from agents.hub.database import StoreError

if TYPE_CHECKING:
    from agents.hub.database import Database

VERSION: Final = "1"

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS secrets (id TEXT PRIMARY KEY, site TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,"
        " made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, revoked_at BIGINT)"
    ),
    # `subject` is the host of the inventory this is, NULL until that is known; `review` says why a person must look.
    (
        "CREATE TABLE IF NOT EXISTS hosts (id TEXT PRIMARY KEY, key_digest TEXT UNIQUE, identifier TEXT NOT NULL,"
        " fingerprint TEXT NOT NULL, site TEXT NOT NULL, subject TEXT, review TEXT NOT NULL, platform TEXT NOT NULL,"
        " hostname TEXT NOT NULL, uuid TEXT NOT NULL, serial TEXT NOT NULL, version TEXT NOT NULL, address TEXT NOT NULL,"
        " enrolled_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, answered_at BIGINT NOT NULL,"
        " swaps BIGINT NOT NULL, swaps_since BIGINT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS hosts_identifier ON hosts (identifier)",
    # Two hubs that take in two machines of one name at once: the second is told to come again, and then waits for review.
    "CREATE UNIQUE INDEX IF NOT EXISTS hosts_subject ON hosts (subject)",
    # What came in and is acknowledged; the same body of a host is there once, however often it is sent.
    (
        "CREATE TABLE IF NOT EXISTS inbox (sequence {serial}, host TEXT NOT NULL, kind TEXT NOT NULL, received_at BIGINT NOT NULL,"
        " digest TEXT NOT NULL, body TEXT NOT NULL, settled BIGINT NOT NULL DEFAULT 0, UNIQUE (host, digest))"
    ),
    "CREATE INDEX IF NOT EXISTS inbox_done ON inbox (received_at) WHERE settled = 1",
    "CREATE INDEX IF NOT EXISTS inbox_open ON inbox (sequence) WHERE settled = 0",
    # The newest thing seen of each control on each subject: derived from the inbox, one writer.
    (
        "CREATE TABLE IF NOT EXISTS latest (subject TEXT NOT NULL, control TEXT NOT NULL, digest TEXT NOT NULL,"
        " observed_at BIGINT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, seen TEXT NOT NULL, source TEXT NOT NULL,"
        " PRIMARY KEY (subject, control))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS campaigns (id TEXT PRIMARY KEY, query TEXT NOT NULL, made_at BIGINT NOT NULL,"
        " expires_at BIGINT NOT NULL, hosts TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS campaign_answers (campaign TEXT NOT NULL, host TEXT NOT NULL, at BIGINT NOT NULL,"
        " status BIGINT NOT NULL, message TEXT NOT NULL, found TEXT NOT NULL, PRIMARY KEY (campaign, host))"
    ),
)


def prepare(database: Database) -> None:
    """Make the tables where they are absent, and the key that signs the names of questions.

    Raises:
        StoreError: the database is of another version.
    """
    serial = "BIGSERIAL PRIMARY KEY" if database.postgres else "INTEGER PRIMARY KEY AUTOINCREMENT"
    with database.writing():
        if database.postgres:
            # Hubs that start together would otherwise make the same table twice.
            database.rows("SELECT pg_advisory_xact_lock(7460117)")
        for table in _TABLES:
            database.rows(table.format(serial=serial))
        keep(database, "version", VERSION)
        keep(database, "key", secrets.token_hex(32))
    if (version := value(database, "version")) != VERSION:
        raise StoreError(f"the hub's database is of version {version}; this Menshen reads version {VERSION}")


def keep(database: Database, name: str, content: str) -> None:
    """Write a fact of the whole database, unless it is there."""
    database.rows("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", (name, content))


def value(database: Database, name: str) -> str:
    """Give such a fact."""
    ((found,),) = database.rows("SELECT value FROM meta WHERE name = ?", (name,))
    return str(found)
