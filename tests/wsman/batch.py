# SPDX-License-Identifier: Apache-2.0
"""What stands for the script that carries a batch to a PC: files go in, the batch runs, files come out.

Commands that Wine really has run in Wine; those of the tools below are answered by `Tools`; anything else fails the test.
"""

from __future__ import annotations

import base64
import re
import uuid
from typing import TYPE_CHECKING

from wsman.machine import PRETENDED, Done, name

if TYPE_CHECKING:
    from wsman.machine import Machine

# The first lines of each batch only say where it lies and where its programs are.
HEAD = 3
# So many commands start in one cmd.exe of Wine: each takes its time.
PIECE = 40
_CALL = re.compile(r'(?:if not exist "([^"]+)" )?call "([^"]+)"')
_IF = re.compile(r"if (not )?errorlevel 1 (.*)")


def carry(machine: Machine, _params: dict, stdin: bytes) -> Done:
    """Answer the carrying script."""
    folder = rf"C:\Temp\menshen-{uuid.uuid4().hex}"
    machine.native(rf"mkdir {folder}\out")
    for line in stdin.split(b"\r\n"):
        file, _, data = line.partition(b" ")
        if file:
            machine.write(rf"{folder}\{file.decode()}", base64.b64decode(data))
    run(machine, rf"{folder}\run.cmd")
    out = rf"{folder}\out"
    lines = [file.encode() + b" " + base64.b64encode(machine.read(rf"{out}\{file}")) for file in machine.listed(out)]
    machine.remove(folder)
    return Done(0, b"\r\n".join([*lines, b"done", b""]))


def run(machine: Machine, path: str) -> int:
    """Run a batch file; gives its exit code."""
    folder = machine.expand(path).rpartition("\\")[0] + "\\"
    text = machine.read(path).decode("ascii").replace("%D%", folder).replace("%%", "%")
    return _Run(machine).all(text.split("\r\n")[HEAD:])


class _Run:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.code = 0
        self.waiting: list[str] = []

    def all(self, lines: list[str]) -> int:
        for line in filter(None, lines):
            if line.startswith("exit /b"):
                break
            if self._told(line):
                return self.code
        self._flush()
        return self.code

    def _told(self, line: str) -> bool:
        """Do one line; tells whether it ends the batch."""
        call, condition = _CALL.fullmatch(line), _IF.fullmatch(line)
        if call:
            self._flush()
            if not (call[1] and self._is_there(call[1])):
                run(self.machine, call[2])
        elif condition and not self.waiting:
            return self._on((self.code == 0) == bool(condition[1]), condition[2])
        elif condition and condition[2].startswith("exit"):
            self._flush()
            return self._on(self.code != 0, condition[2])
        elif name(line) in self.machine.programs or name(line) in PRETENDED:
            self._flush()
            self.code = self._program(line)
        else:
            if len(self.waiting) >= PIECE and not condition:
                self._flush()
            self.waiting.append(line)
        return False

    def _on(self, holds, line: str) -> bool:
        if holds and line.startswith("exit /b"):
            self.code = int(line.rsplit(maxsplit=1)[-1])
            return True
        if holds:
            self.waiting.append(line)
        return False

    def _program(self, line: str) -> int:
        return self.machine._run(line, b"").code

    def _is_there(self, path: str) -> bool:
        folder, _, file = self.machine.expand(path).rpartition("\\")
        return file.lower() in {one.lower() for one in self.machine.listed(folder)}

    def _flush(self) -> None:
        if self.waiting:
            lines, self.waiting = self.waiting, []
            self.code = self.machine.native("\r\n".join(lines)).code
