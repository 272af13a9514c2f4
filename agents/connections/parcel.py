# SPDX-License-Identifier: Apache-2.0
"""What is sent to a far side: the source of the Linux tables and of what they need, and nothing of the rest."""

from __future__ import annotations

import json
import marshal
import zlib
from functools import cache
from importlib.abc import InspectLoader
from importlib.resources import files
from importlib.util import MAGIC_NUMBER, find_spec
from threading import Lock
from typing import Final

from agents.connections.frames import HEADER

# A package's own source stands in its __init__; the tables are added to these.
PACKAGES: Final = ("agents", "agents.connections", "agents.tables", "agents.tables.linux")
MODULES: Final = ("agents.connections.far", "agents.connections.frames", "agents.host", "agents.source")
FOLDER: Final = "agents.tables.linux"

# How this Python names its bytecode.
BYTECODE: Final = MAGIC_NUMBER.hex()
_MAKING: Final = Lock()

# The only command a far side is ever asked to run. It reads the length and the text of `far_start.py` and runs it: isolated
# from the environment and the current folder (-I), without the packages that were added there (-S), writing no .pyc (-B), names
# and texts in UTF-8 whatever the locale says.
PYTHON: Final = 'python3 -ISB -X utf8 -c "import sys; f = sys.stdin.buffer; exec(f.read(int(f.readline())))"'
PYTHON_AS_ROOT: Final = f"sudo -n -- {PYTHON}"


def command(*, as_root: bool) -> str:
    """Give the command that opens the far side."""
    return PYTHON_AS_ROOT if as_root else PYTHON


@cache
def start() -> bytes:
    """Give what the command reads first: `far_start.py` with its length. It says hello, and waits for `modules`."""
    text = _source("agents.connections.far_start").encode()
    return b"%d\n%b" % (len(text), text)


def modules(*, compiled: bool) -> bytes:
    """Give all modules as one frame, compressed: a letter says how, then name -> package or not, and its code.

    `compiled` is for a far side whose hello names `BYTECODE`: it is sent what this Python has compiled already (C, written
    by marshal). Any other Python is sent the sources (S, as JSON) and compiles them itself.
    """
    # Thirty hosts ask in one moment: one of them makes it, the others wait.
    with _MAKING:
        return _packed(compiled=compiled)


@cache
def _packed(*, compiled: bool) -> bytes:
    if compiled:
        content = b"C" + zlib.compress(marshal.dumps({name: (name in PACKAGES, _code(name)) for name in _names()}))
    else:
        content = b"S" + zlib.compress(json.dumps({name: (name in PACKAGES, _source(name)) for name in _names()}).encode())
    return HEADER.pack(len(content)) + content


def _code(name: str) -> bytes:
    loader = getattr(find_spec(name), "loader", None)
    if not isinstance(loader, InspectLoader):
        message = f"no code of {name}"
        raise TypeError(message)
    return marshal.dumps(loader.get_code(name))


def _names() -> list[str]:
    tables = (entry.name.removesuffix(".py") for entry in files(FOLDER).iterdir() if entry.name.endswith(".py"))
    return sorted({*PACKAGES, *MODULES, *(f"{FOLDER}.{name}" for name in tables if name != "__init__")})


def _source(name: str) -> str:
    package, _, module = (name, "", "__init__") if name in PACKAGES else name.rpartition(".")
    return files(package).joinpath(f"{module}.py").read_text(encoding="utf-8")
