# SPDX-License-Identifier: Apache-2.0
"""Speak to a running QEMU: one JSON object a line on its socket (QEMU Machine Protocol)."""

from __future__ import annotations

import json
import socket
import time


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    """One conversation."""

    def __init__(self, path, seconds: float):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        until = time.monotonic() + seconds
        while True:
            try:
                self.socket.connect(str(path))
                break
            except (FileNotFoundError, ConnectionRefusedError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.lines.readline()
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments):
        """Run a command and give what it returns; events in between are passed over."""
        asked = {"execute": command, "arguments": {key.replace("_", "-"): value for key, value in arguments.items()}}
        self.socket.sendall(json.dumps(asked).encode() + b"\n")
        while True:
            line = self.lines.readline()
            if not line:
                raise QmpError(f"{command}: QEMU has ended")
            answer = json.loads(line)
            if "error" in answer:
                raise QmpError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def wait(self, command: str, wanted, seconds: float = 60):
        """Ask again and again until `wanted(answer)` is true; give the answer."""
        until = time.monotonic() + seconds
        while not wanted(answer := self.ask(command)):
            if time.monotonic() > until:
                raise TimeoutError(f"{command}: {answer}")
            time.sleep(0.1)
        return answer

    def close(self) -> None:
        """Hang up."""
        self.lines.close()
        self.socket.close()
