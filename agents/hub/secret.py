# SPDX-License-Identifier: Apache-2.0
"""Enrolment secrets, node keys and signed names: made at random, kept as digests, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agents.hub.database import Database

_MAC_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class Secret:
    """One enrolment secret, without the secret; times are seconds since 1970, `revoked_at` None while it is good."""

    id: str
    site: str
    made_at: int
    expires_at: int
    revoked_at: int | None


def fresh() -> str:
    """Make a secret of 256 bits: so long that a plain digest of it is as good as the slowest one."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Give what is stored of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def mac(key: str, *parts: str) -> str:
    """Sign some words with the hub's key, so that a name that comes back is known to be ours and meant for this host."""
    return hmac.new(key.encode(), "\0".join(parts).encode("utf-8", "replace"), "sha256").hexdigest()[:_MAC_DIGITS]


def same(one: str, other: str) -> bool:
    """Compare two digests without telling by time where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def add(database: Database, site: str, now: int, seconds: int) -> tuple[Secret, str]:
    """Make a secret for a site; it is given once and stored as its digest."""
    text = fresh()
    made = Secret(uuid.uuid4().hex[:12], site, now, now + seconds, None)
    database.rows("INSERT INTO secrets VALUES (?, ?, ?, ?, ?, NULL)", (made.id, site, digest(text), now, made.expires_at))
    return made, text


def listed(database: Database) -> list[Secret]:
    """List all secrets, newest first."""
    rows = database.rows("SELECT id, site, made_at, expires_at, revoked_at FROM secrets ORDER BY made_at DESC, id")
    return [Secret(*row) for row in rows]


def revoke(database: Database, name: str, now: int) -> bool:
    """End a secret now; hosts that enrolled with it stay. False where there is none."""
    return bool(database.rows("UPDATE secrets SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING id", (now, name)))


def site_of(database: Database, text: str, now: int) -> str | None:
    """Give the site whose good secret this is; None for a wrong, ended or expired one."""
    found = database.rows(
        "SELECT site FROM secrets WHERE digest = ? AND expires_at > ? AND revoked_at IS NULL", (digest(text), now)
    )
    return str(found[0][0]) if found else None
