# SPDX-License-Identifier: Apache-2.0
"""`menshen demo`: an imagined site."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
