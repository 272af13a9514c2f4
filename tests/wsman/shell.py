# SPDX-License-Identifier: Apache-2.0
"""Remote shells and the commands in them: what goes in, what comes out, and how long a client waits for it."""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

from wsman import envelope
from wsman.envelope import FaultError

if TYPE_CHECKING:
    from wsman.envelope import Request
    from wsman.machine import Machine

# One answer of the real service holds about so much output (MaxEnvelopeSizekb 150 in base64).
PIECE = 96 * 1024


class Command:
    """One command of a shell, run in a thread of its own once its input is complete."""

    def __init__(self, machine: Machine, line: str, *, waits: bool) -> None:
        self._machine = machine
        self._line = line
        self._input = bytearray()
        self._out = self._err = b""
        self._code: int | None = None
        self._changed = threading.Condition()
        self._started = False
        if not waits:
            self._start()

    def send(self, data: bytes, *, end: bool) -> None:
        """Take input; the command begins when its end has come."""
        self._input += data
        if end:
            self._start()

    def receive(self, seconds: float) -> tuple[bytes, bytes, int | None]:
        """Give what there is, after at most `seconds`; raises FaultError where nothing came."""
        until = time.monotonic() + seconds
        with self._changed:
            while self._code is None:
                left = until - time.monotonic()
                if left <= 0:
                    raise FaultError(envelope.TIMED_OUT, "The WS-Management service cannot complete the operation in time.")
                self._changed.wait(left)
            out, self._out = self._out[:PIECE], self._out[PIECE:]
            err, self._err = self._err[:PIECE], self._err[PIECE:]
            return out, err, None if self._out or self._err else self._code

    def _start(self) -> None:
        if not self._started:
            self._started = True
            threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        done = self._machine.run(self._line, bytes(self._input))
        with self._changed:
            self._out, self._err, self._code = done.out, done.err, done.code
            self._changed.notify_all()


class Shells:
    """All shells of one PC."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._open: dict[str, dict[str, Command]] = {}

    def do(self, request: Request) -> bytes:
        """Do what a message asks and give the answer; raises FaultError."""
        doing = getattr(self, f"_{request.action.lower()}", None)
        if doing is None:
            raise FaultError(envelope.UNKNOWN_ACTION, f"The action {request.action} is not supported.")
        if request.action == "Create":
            return self._create(request)
        if request.shell not in self._open:
            raise FaultError(envelope.UNKNOWN_SHELL, "The shell was not found on the server.")
        return doing(request)

    def _create(self, request: Request) -> bytes:
        if self._machine.rights == "none":
            raise FaultError(envelope.ACCESS_DENIED, "Access is denied.")
        shell = str(uuid.uuid4()).upper()
        self._open[shell] = {}
        return envelope.answer(request, f"{envelope.TRANSFER}/CreateResponse", envelope.created(shell))

    def _command(self, request: Request) -> bytes:
        command = str(uuid.uuid4()).upper()
        line = f"{request.command} {request.arguments}".strip()
        waits = request.options.get("WINRS_CONSOLEMODE_STDIN", "TRUE").upper() == "FALSE"
        self._open[request.shell][command] = Command(self._machine, line, waits=waits)
        body = f"<rsp:CommandResponse><rsp:CommandId>{command}</rsp:CommandId></rsp:CommandResponse>"
        return envelope.answer(request, f"{envelope.SHELL}/CommandResponse", body)

    def _send(self, request: Request) -> bytes:
        self._open[request.shell][request.command_id].send(request.stream, end=request.end)
        return envelope.answer(request, f"{envelope.SHELL}/SendResponse", "<rsp:SendResponse/>")

    def _receive(self, request: Request) -> bytes:
        out, err, code = self._open[request.shell][request.command_id].receive(request.seconds)
        body = envelope.received(request.command_id, out, err, code)
        return envelope.answer(request, f"{envelope.SHELL}/ReceiveResponse", body)

    def _signal(self, request: Request) -> bytes:
        self._open[request.shell].pop(request.command_id, None)
        return envelope.answer(request, f"{envelope.SHELL}/SignalResponse", "<rsp:SignalResponse/>")

    def _delete(self, request: Request) -> bytes:
        del self._open[request.shell]
        return envelope.answer(request, f"{envelope.TRANSFER}/DeleteResponse", "")
