# SPDX-License-Identifier: Apache-2.0
"""The PowerShell that is ever sent to a PC: files beside this one, word for word; what they are given arrives as data."""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import Final

# One script a file below scripts/objects; each gives objects of identifiers, integers and names, never formatted text.
OBJECTS: Final[frozenset[str]] = frozenset(
    {
        *(
            "accounts",
            "adapters",
            "bios_passwords",
            "bios_settings",
            "bitlocker",
            "disks",
            "domains",
            "drives",
            "engine",
            "features",
            "files",
            "local_groups",
        ),
        *("patches", "ports", "processes", "scheduled_tasks", "secure_boot", "security_products", "services", "shares"),
        *("system", "tpm", "updates"),
    }
)


@cache
def text(name: str) -> str:
    """Give a script: `boot`, `collect`, or `objects/NAME`."""
    return files(__package__).joinpath("scripts", f"{name}.ps1").read_text("utf-8")


@cache
def encoded_boot() -> str:
    """Give the first script as powershell.exe takes it on its command line."""
    code = "\n".join(line for line in text("boot").splitlines() if not line.startswith("#"))
    return base64.b64encode(code.encode("utf-16-le")).decode("ascii")


@cache
def boot() -> str:
    """Give the first script as the PC sees it: without its comment, since a command line is short."""
    return base64.b64decode(encoded_boot()).decode("utf-16-le")
