# SPDX-License-Identifier: Apache-2.0
"""The names that questions travel under: who may answer which, readable in osqueryd's own logs.

`c/<control>/<digest>` in the schedule; `c/<control>/<digest>/<time>/<mac>` and `q/<campaign>/<mac>` in distributed queries.
The mac binds a name to one host and one time: an answer to something this host was not asked is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from agents.hub import secret


@dataclass(frozen=True, slots=True)
class Named:
    """What a name says: `control` and the `digest` of its question, put at `at`; or a `campaign`."""

    control: str = ""
    digest: str = ""
    at: int = 0
    campaign: str = ""


def scheduled(control: str, digest: str) -> str:
    """Name a question of the schedule."""
    return f"c/{control}/{digest}"


def ending(key: str, host: str, at: int) -> str:
    """Give the end of the names of all questions put to a host at a time (seconds since 1970)."""
    return f"/{at}/{secret.mac(key, 'c', host, str(at))}"


def of_campaign(key: str, host: str, campaign: str) -> str:
    """Name a live query."""
    return f"q/{campaign}/{secret.mac(key, 'q', host, campaign)}"


def of_schedule(name: str) -> Named | None:
    """Read the name of a scheduled question; None for a query that is not one of ours."""
    match name.split("/"):
        case ["c", control, digest]:
            return Named(control, digest)
    return None


def asked(key: str, host: str, name: str) -> Named | None:
    """Read the name under which a distributed answer comes; None where this host was not asked it."""
    match name.split("/"):
        case ["c", control, digest, at, mac] if at.isascii() and at.isdigit() and len(at) <= 12:  # noqa: PLR2004 - seconds
            return Named(control, digest, int(at)) if secret.same(mac, secret.mac(key, "c", host, at)) else None
        case ["q", campaign, mac]:
            return Named(campaign=campaign) if secret.same(mac, secret.mac(key, "q", host, campaign)) else None
    return None
