# SPDX-License-Identifier: Apache-2.0
"""One conversation with a far side over one channel: hello, then question and answer, with a limit on everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import paramiko

from agents.connections import frames, parcel
from agents.connections.far import TABLE_SECONDS
from agents.connections.far_start import MAGIC, OLDEST
from agents.connections.frames import FrameError
from agents.connections.login import place
from agents.source import NotObservedError

if TYPE_CHECKING:
    from agents.connections.deadline import Deadline
    from agents.connections.target import Target

# A login shell may print this much before the far side says hello.
NOISE_LIMIT: Final = 64 * 1024
# All answers of one host together; an honest one stays far below.
TOTAL_LIMIT: Final = 512 * 1024 * 1024
# The far side gives a table up before that; who is silent for longer hangs.
SILENCE_SECONDS: Final = TABLE_SECONDS + 5
COMPLAINT_LIMIT: Final = 300
PIECE: Final = 64 * 1024
_COMMAND_NOT_FOUND: Final = 127


class Conversation:
    """Asks a far side; after the first failure every further question gets the same answer."""

    def __init__(self, client: paramiko.SSHClient, target: Target, deadline: Deadline) -> None:
        """Start the far side and wait for its hello. Raises NotObservedError."""
        self._target = target
        self._deadline = deadline
        self._received = bytearray()
        self._total = 0
        self._failure: NotObservedError | None = None
        self._channel = self._open(client)
        self._greet()

    def ask(self, request: dict[str, Any]) -> Any:
        """Send a question and give the answer.

        Raises:
            NotObservedError: the host is lost, too slow, or says what no far side says.
        """
        if self._failure is not None:
            raise NotObservedError(str(self._failure)) from self._failure
        try:
            self._send(frames.pack(request))
            return self._answer(request["id"])
        except NotObservedError as error:
            self._failure = error
            raise

    def _answer(self, number: int) -> Any:
        answer = self._frame()
        # A query that was stopped while it waited has left its answer behind.
        while isinstance(answer, dict) and isinstance(late := answer.get("id"), int) and late < number:
            answer = self._frame()
        return answer

    def rubbish(self, error: FrameError) -> NotObservedError:
        """Say what is wrong with an answer, and listen no more."""
        self._failure = NotObservedError(f"{place(self._target)} does not answer as it should: {error}")
        return self._failure

    def _open(self, client: paramiko.SSHClient) -> paramiko.Channel:
        transport = client.get_transport()
        if transport is None:
            raise NotObservedError(f"the connection with {place(self._target)} broke off")
        try:
            channel = transport.open_session(timeout=self._deadline.left(SILENCE_SECONDS))
            channel.exec_command(parcel.command(as_root=self._target.as_root))
        except (paramiko.SSHException, EOFError, OSError) as error:
            if self._deadline.over:
                raise self._deadline.error() from error
            raise NotObservedError(f"{place(self._target)} lets us in but starts no command") from error
        return channel

    def _greet(self) -> None:
        self._send(parcel.start())
        while MAGIC not in self._received:
            if len(self._received) > NOISE_LIMIT:
                raise self.rubbish(FrameError("its shell prints without end"))
            self._receive()
        del self._received[: self._received.index(MAGIC) + len(MAGIC)]
        hello = self._frame()
        version = hello.get("python") if isinstance(hello, dict) else None
        if not isinstance(version, list) or not all(isinstance(part, int) for part in version):
            raise self.rubbish(FrameError("its hello is unknown"))
        if tuple(version) < OLDEST:
            found, oldest = ".".join(map(str, version)), ".".join(map(str, OLDEST))
            raise NotObservedError(f"{place(self._target)} has Python {found}: at least {oldest} is needed there")
        self._send(parcel.modules(compiled=hello.get("bytecode") == parcel.BYTECODE))

    def _send(self, data: bytes) -> None:
        try:
            self._channel.settimeout(self._deadline.left(SILENCE_SECONDS))
            self._channel.sendall(data)
        except TimeoutError as error:
            raise self._silent() from error
        except OSError:
            # Whoever has hung up may have said why: reading finds out.
            pass

    def _frame(self) -> Any:
        """Take one frame, or leave all of it: whoever stops waiting in between must not lose its beginning."""
        begin = frames.HEADER.size
        try:
            self._await(begin)
            end = begin + frames.length(bytes(self._received[:begin]))
            self._await(end)
            content = bytes(self._received[begin:end])
            del self._received[:end]
            return frames.unpack(content)
        except FrameError as error:
            raise self.rubbish(error) from error

    def _await(self, size: int) -> None:
        while len(self._received) < size:
            self._receive()

    def _receive(self) -> None:
        try:
            self._channel.settimeout(self._deadline.left(SILENCE_SECONDS))
            piece = self._channel.recv(PIECE)
        except TimeoutError as error:
            raise self._silent() from error
        except OSError as error:
            raise self._ended() from error
        if not piece:
            raise self._ended()
        self._received += piece
        self._total += len(piece)
        if self._total > TOTAL_LIMIT:
            raise self.rubbish(FrameError(f"it sent more than {TOTAL_LIMIT} bytes"))

    def _silent(self) -> NotObservedError:
        if self._deadline.over:
            return self._deadline.error()
        return NotObservedError(f"{place(self._target)} hangs: no answer within {SILENCE_SECONDS:g} seconds")

    def _ended(self) -> NotObservedError:
        """Say why the far side is gone: its exit code and the last line of its complaint."""
        if self._deadline.over:
            return self._deadline.error()
        complaint, code = self._complaint()
        where = place(self._target)
        if code == _COMMAND_NOT_FOUND:
            return NotObservedError(f"{where} has no python3 (or no sudo) for {self._target.user or 'us'}: install it there")
        if "sudo:" in complaint:
            return NotObservedError(f"{where} does not let sudo work without a password: {complaint}")
        if code is None or code < 0:
            return NotObservedError(f"the connection with {where} broke off")
        return NotObservedError(f"the far side of {where} ended ({code}): {complaint or 'no message'}")

    def _complaint(self) -> tuple[str, int | None]:
        seconds = min(1.0, self._deadline.left(1.0))
        self._channel.settimeout(seconds)
        code = self._channel.recv_exit_status() if self._channel.status_event.wait(seconds) else None
        try:
            text = self._channel.recv_stderr(PIECE).decode("utf-8", "replace")
        except OSError:
            text = ""
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        return (lines[-1][:COMPLAINT_LIMIT] if lines else ""), code
