# SPDX-License-Identifier: Apache-2.0
"""A drill as the ledger keeps it, and as rows of the table `drills`: one a UPS that took part."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.verdict import Cell

DRILL: Final = "drill"


def drill_rows(entry: Mapping[str, Any]) -> Iterator[dict[str, Cell]]:
    """Give a drill's rows."""
    for ups in entry["upses"]:
        yield {
            "name": ups,
            "number": entry["number"],
            "held_at": int(datetime.fromisoformat(entry["held_at"]).timestamp()),
            "plan": entry["plan"],
            "leader": entry["leader"],
            "minutes": entry["minutes"],
            "tiers": entry["tiers"],
            "failed": entry["failed"],
            "result": entry["result"],
            "sha256": entry["sha256"],
        }
