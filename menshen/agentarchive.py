# SPDX-License-Identifier: Apache-2.0
"""Pack the agent for hosts that reach no registry: our two rooms, and the two libraries they need, in one archive."""

from __future__ import annotations

import gzip
import io
import os
import sys
import sysconfig
import tarfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from menshen import __version__
from menshen.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOMS: Final = ("agents", "policies")
LIBRARIES: Final = ("apsw", "yaml")
# What the libraries bring for their own tests and as programs.
SUPERFLUOUS: Final = frozenset({"tests", "sqlite_extra_binaries"})
# Run isolated from the environment, without anything that was added to that Python; only what lies beside is found.
START: Final = """# SPDX-License-Identifier: Apache-2.0
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agents.resident.__main__ import main

sys.exit(main(sys.argv[1:]))
"""


def python() -> str:
    """Give the Python the archive is for: that of this control node, as `3.11 x86_64-linux-gnu`."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {sysconfig.get_config_var('MULTIARCH') or sysconfig.get_platform()}"


def build(path: Path) -> int:
    """Write the archive (tar, gzip), whole or not at all; give its size. Equal sources give equal bytes.

    Raises:
        OSError: it cannot be written.
    """
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(_files()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(gzip.compress(plain.getvalue(), mtime=0))
    part.replace(path)
    return path.stat().st_size


def _files() -> Iterator[tuple[str, bytes]]:
    yield "start.py", START.encode()
    yield "VERSION", f"{__version__} {python()}\n".encode()
    for room in ROOMS:
        yield from _below(ROOT / room, room)
    for library in LIBRARIES:
        spec = find_spec(library)
        if spec is None or spec.origin is None:
            raise FileNotFoundError(library)
        yield from _below(Path(spec.origin).parent, library)


def _below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if SUPERFLUOUS & set(path.relative_to(folder).parts):
            continue
        # The catalogue stays at the control node: a host gets its own questions alone.
        if path.is_file() and path.suffix in {".py", ".so", ".json"} | ({".yml"} if path.parent.name == "schema" else set()):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()
