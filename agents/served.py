# SPDX-License-Identifier: Apache-2.0
"""Which tables a subject of each kind can be asked; beside the tables themselves, of which a far side is sent a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.connections.device import TABLES as DEVICE
from agents.tables.linux import TABLES as LINUX
from agents.tables.windows import TABLES as WINDOWS
from agents.watch.tables import TABLES as WATCHED

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

# Rows of the project's own data (`agents.named`), the same for every subject.
COMMON: Final = frozenset({"firmware_names"})
# What a subject of each kind can be asked today, without a recording.
SERVED: Final[Mapping[str, Container[str]]] = {
    "linux": LINUX,
    "windows": WINDOWS,
    # The site is served from the ledger: what people attested and filed, and the time it is judged at.
    "site": frozenset({"attestations", "documents", "time"}) | WATCHED["site"],
    # A device as it is, and what the watch has on record of it.
    "ups": DEVICE["ups"] | WATCHED["ups"],
    "sensor": DEVICE["sensor"] | WATCHED["sensor"],
}


def served(table: str, kind: str) -> bool:
    """Tell whether a subject of `kind` can be asked `table` today, without a recording."""
    return table in SERVED.get(kind, ()) or (table in COMMON and kind in {"linux", "windows"})
