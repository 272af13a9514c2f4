# SPDX-License-Identifier: Apache-2.0
"""The hosts that enrolled: who each is in the inventory, and when it was last heard of."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from agents.hub import secret
from agents.hub.wire import clean

if TYPE_CHECKING:
    from agents.hub.database import Database
    from agents.hub.plan import Plan
    from agents.hub.wire import Enrol

# Two machines with one identity push each other out: so many new keys within so many seconds, each while the old one was in use.
SWAPS: Final = 3
SWAP_SECONDS: Final = 3600
IN_USE_SECONDS: Final = 300
_COLUMNS: Final = (
    "id, identifier, fingerprint, site, subject, review, platform, hostname, uuid, serial, version, address,"
    " enrolled_at, seen_at, answered_at, swaps, swaps_since"
)


@dataclass(frozen=True, slots=True)
class Host:
    """One enrolled osqueryd; `subject` is its name in the inventory or None, `review` why a person must look ("" : no need).

    Times are seconds since 1970; `answered_at` is when the questions it last answered were put.
    """

    id: str
    identifier: str
    fingerprint: str
    site: str
    subject: str | None
    review: str
    platform: str
    hostname: str
    uuid: str
    serial: str
    version: str
    address: str
    enrolled_at: int
    seen_at: int
    answered_at: int
    swaps: int
    swaps_since: int

    @property
    def judged(self) -> bool:
        """Tell whether what it says counts: it is known who it is, and nothing speaks against it."""
        return self.subject is not None and not self.review


def enrol(database: Database, plan: Plan, request: Enrol, site: str, now: int, address: str) -> tuple[Host, str]:
    """Take a host in, or back in: give it with its new node key. Runs inside a transaction."""
    seen = _described(request, site, now, address)
    same = database.rows(f"SELECT {_COLUMNS} FROM hosts WHERE identifier = ? ORDER BY enrolled_at", (seen.identifier,))  # noqa: S608 - constant
    known = [Host(*row) for row in same]
    mine = next((one for one in known if one.fingerprint == seen.fingerprint), None)
    key = secret.fresh()
    if mine is not None:
        host = _back(mine, seen, now)
    else:
        subject, why = plan.match(seen)
        taken = subject and database.rows("SELECT id FROM hosts WHERE subject = ?", (subject,))
        reason = why
        if known:
            reason = "another machine already has this identifier"
        elif taken:
            reason = f"{subject} is another machine already"
        host = replace(seen, subject=None if reason else subject, review=reason)
    _store(database, host, secret.digest(key))
    return host, key


def _described(request: Enrol, site: str, now: int, address: str) -> Host:
    uuid_, serial = request.detail("system_info", "uuid").lower(), request.detail("system_info", "hardware_serial")
    hostname = request.detail("system_info", "hostname") or request.detail("system_info", "computer_name")
    return Host(
        id=uuid.uuid4().hex,
        identifier=request.identifier,
        fingerprint=secret.digest(f"{uuid_}\0{serial}\0{hostname.lower()}"),
        site=site,
        subject=None,
        review="",
        platform=clean(request.detail("os_version", "platform") or request.platform, 64),
        hostname=clean(hostname),
        uuid=clean(uuid_, 64),
        serial=clean(serial, 128),
        version=clean(request.detail("osquery_info", "version"), 64),
        address=clean(address, 64),
        enrolled_at=now,
        seen_at=now,
        answered_at=0,
        swaps=0,
        swaps_since=now,
    )


def _back(known: Host, seen: Host, now: int) -> Host:
    """Take a host back that has lost its key, or a second one that only says it has."""
    fresh = now - known.swaps_since > SWAP_SECONDS
    in_use = now - known.seen_at < IN_USE_SECONDS
    swaps = (0 if fresh else known.swaps) + in_use
    reason = "two machines report as this one (cloned disk or identifier)" if swaps >= SWAPS else ""
    return replace(
        known,
        site=seen.site,
        review=reason or known.review,
        version=seen.version,
        platform=seen.platform,
        address=seen.address,
        enrolled_at=now,
        seen_at=now,
        swaps=swaps,
        swaps_since=now if fresh else known.swaps_since,
    )


def _store(database: Database, host: Host, key_digest: str) -> None:
    database.rows("DELETE FROM hosts WHERE id = ?", (host.id,))
    database.rows(
        f"INSERT INTO hosts ({_COLUMNS}, key_digest) VALUES ({', '.join('?' * 18)})",  # noqa: S608 - constant
        (*(getattr(host, name.strip()) for name in _COLUMNS.split(",")), key_digest),
    )


def by_key(database: Database, key: str) -> Host | None:
    """Find the host a node key belongs to."""
    found = database.rows(f"SELECT {_COLUMNS} FROM hosts WHERE key_digest = ?", (secret.digest(key),))  # noqa: S608 - constant
    return Host(*found[0]) if found else None


def listed(database: Database) -> list[Host]:
    """List all hosts, by subject and host name."""
    rows = database.rows(f"SELECT {_COLUMNS} FROM hosts")  # noqa: S608 - constant
    return sorted((Host(*row) for row in rows), key=lambda host: (host.subject or "~", host.hostname, host.id))


def of_subject(database: Database, subject: str) -> Host | None:
    """Find the host that is a subject."""
    found = database.rows(f"SELECT {_COLUMNS} FROM hosts WHERE subject = ? ORDER BY seen_at DESC", (subject,))  # noqa: S608 - constant
    return Host(*found[0]) if found else None


def bind(database: Database, host: str, subject: str) -> bool:
    """Say that a host is this subject: a person has looked, and whoever held the name before is to be reviewed."""
    reason = "a person gave its name to another machine"
    with database.writing():
        database.rows("UPDATE hosts SET subject = NULL, review = ? WHERE subject = ? AND id <> ?", (reason, subject, host))
        return bool(
            database.rows(
                "UPDATE hosts SET subject = ?, review = '', swaps = 0, answered_at = 0 WHERE id = ? RETURNING id", (subject, host)
            )
        )


def remove(database: Database, host: str) -> bool:
    """Forget a host: its key opens nothing any more, and it enrols anew if its secret is still good."""
    return bool(database.rows("DELETE FROM hosts WHERE id = ? RETURNING id", (host,)))
