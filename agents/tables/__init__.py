# SPDX-License-Identifier: Apache-2.0
"""The tables the embedded engine serves, one folder a subject kind, one table family a file."""

from __future__ import annotations

from agents.tables.linux import TABLES as LINUX

# The site is served from the ledger: what people attested and filed, and the time it is judged at.
SITE = frozenset({"attestations", "documents", "time"})


def served(table: str, kind: str) -> bool:
    """Tell whether a subject of `kind` can be asked `table` today, without a recording."""
    return table in LINUX if kind == "linux" else kind == "site" and table in SITE
