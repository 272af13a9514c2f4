# SPDX-License-Identifier: Apache-2.0
"""Where things are when nobody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def state_folder() -> Path:
    """Give the folder of what must last: MENSHEN_STATE, else $XDG_STATE_HOME/menshen, else ~/.local/state/menshen."""
    if chosen := os.environ.get("MENSHEN_STATE"):
        return Path(chosen)
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "menshen"


def ledger_path() -> Path:
    """Give the ledger's place."""
    return state_folder() / "ledger.db"


def watch_path() -> Path:
    """Give the place of the server room's history and state."""
    return state_folder() / "watch.db"


def inventory_path() -> Path:
    """Give the inventory that is read when subjects are named: MENSHEN_INVENTORY, else the one beside the code."""
    return Path(os.environ.get("MENSHEN_INVENTORY") or ROOT / "inventory")
