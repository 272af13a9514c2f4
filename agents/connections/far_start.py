# SPDX-License-Identifier: Apache-2.0
"""The first code that runs at the far side: it says hello, takes the rest into memory and starts it.

Any Python 3 must be able to read this file, so that one that is too old can say so: no newer syntax, no annotations that
are not names. It is no module there; what it is given comes over its standard input.
"""

# ruff: noqa: UP036, PLC0415 - any Python 3 runs this file, and what it imports later has not arrived yet
import importlib.util
import json
import marshal
import os
import struct
import sys
import zlib
from typing import Any

OLDEST = (3, 9)
# Before this a login shell may have printed what it likes.
MAGIC = b"\0menshen\0"


class Parcel:
    """Finds and loads the modules that came, so that nothing is ever written to a disk."""

    def __init__(self, modules: Any) -> None:
        self.modules = modules

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Tell Python's import that a module is here."""
        if name not in self.modules:
            return None
        package, _ = self.modules[name]
        return importlib.util.spec_from_loader(name, self, is_package=package)  # type: ignore[arg-type]

    def create_module(self, _spec: Any) -> None:
        """Let Python make the module."""

    def exec_module(self, module: Any) -> None:
        """Run a module: its code, or its source."""
        name = module.__name__
        given = self.modules[name][1]
        # Compiled code came from a Python with the very bytecode that our hello named.
        code = marshal.loads(given) if isinstance(given, bytes) else compile(given, "<menshen>/" + name, "exec", dont_inherit=True)  # noqa: S302 - from who runs us
        exec(code, module.__dict__)  # noqa: S102 - the code is ours


def lend() -> None:
    """Give Python 3.9 the two words of 3.10 that the tables use: slots of dataclasses, and zip's check for equal lengths."""
    import builtins
    import dataclasses

    plain_zip, plain_dataclass = builtins.zip, dataclasses.dataclass

    def strict_zip(*given: Any, strict: bool = False) -> Any:
        lists = [list(one) for one in given] if strict else given
        if strict and len(set(map(len, lists))) > 1:
            raise ValueError("zip() was given lists of unequal lengths")
        return plain_zip(*lists)

    def dataclass(cls: Any = None, *, slots: bool = False, **options: Any) -> Any:  # noqa: ARG001 - 3.9 has no slots
        return plain_dataclass(cls, **options)

    setattr(builtins, "zip", strict_zip)  # noqa: B010 - a class may not be assigned to, says mypy
    setattr(dataclasses, "dataclass", dataclass)  # noqa: B010 - the same


def unpacked(parcel: bytes) -> Any:
    """Read the modules out of what came: compiled, or sources."""
    content = zlib.decompress(parcel[1:])
    return marshal.loads(content) if parcel[:1] == b"C" else json.loads(content.decode())  # noqa: S302 - from who runs us


def start() -> None:
    """Say who is there, take the parcel, and serve until the other side hangs up."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints to the standard output must not spoil the conversation.
    os.dup2(2, 1)
    hello = json.dumps({"python": list(sys.version_info[:3]), "bytecode": importlib.util.MAGIC_NUMBER.hex()}).encode()
    answers.write(MAGIC + struct.pack(">I", len(hello)) + hello)
    answers.flush()
    if sys.version_info < OLDEST:
        return
    if sys.version_info < (3, 10):
        lend()
    requests = sys.stdin.buffer
    (size,) = struct.unpack(">I", requests.read(4))
    sys.meta_path.insert(0, Parcel(unpacked(requests.read(size))))

    from agents.connections import far

    far.serve(requests, answers)


if __name__ == "__main__":
    start()
