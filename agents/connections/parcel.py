# SPDX-License-Identifier: Apache-2.0
"""What is sent to a far side: the source of the Linux tables and of what they need, and nothing of the rest."""

from __future__ import annotations

import json
import zlib
from functools import cache
from importlib.resources import files
from typing import Final

from agents.connections.frames import HEADER

# A package's own source stands in its __init__; the tables are added to these.
PACKAGES: Final = ("agents", "agents.connections", "agents.tables", "agents.tables.linux")
MODULES: Final = ("agents.connections.far", "agents.connections.frames", "agents.host", "agents.source")
FOLDER: Final = "agents.tables.linux"

# The only command a far side is ever asked to run. It reads the length and the text of `far_start.py` and runs it: isolated
# from the environment and the current folder (-I), writing no .pyc (-B), names and texts in UTF-8 whatever the locale says.
PYTHON: Final = 'python3 -IB -X utf8 -c "import sys; f = sys.stdin.buffer; exec(f.read(int(f.readline())))"'
PYTHON_AS_ROOT: Final = f"sudo -n -- {PYTHON}"


def command(*, as_root: bool) -> str:
    """Give the command that opens the far side."""
    return PYTHON_AS_ROOT if as_root else PYTHON


@cache
def parcel() -> bytes:
    """Give what the command reads first: `far_start.py` with its length, then all modules, compressed."""
    modules = {name: [name in PACKAGES, _source(name)] for name in _names()}
    packed = zlib.compress(json.dumps(modules).encode(), 9)
    start = _source("agents.connections.far_start").encode()
    return b"%d\n%b%b%b" % (len(start), start, HEADER.pack(len(packed)), packed)


def _names() -> list[str]:
    tables = (entry.name.removesuffix(".py") for entry in files(FOLDER).iterdir() if entry.name.endswith(".py"))
    return sorted({*PACKAGES, *MODULES, *(f"{FOLDER}.{name}" for name in tables if name != "__init__")})


def _source(name: str) -> str:
    package, _, module = (name, "", "__init__") if name in PACKAGES else name.rpartition(".")
    return files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
