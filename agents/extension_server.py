# SPDX-License-Identifier: Apache-2.0
"""The socket on which an extension is called: one thread a connection, and an end that really ends."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from osquery.extensions.Extension import Processor
from thrift.protocol import TBinaryProtocol
from thrift.Thrift import TException
from thrift.transport import TSocket, TTransport

if TYPE_CHECKING:
    from agents.extension import Extension

BACKLOG: Final = 16


class Server:
    """Serves an extension on a Unix socket while its block lasts. Only this user may connect."""

    def __init__(self, path: str, extension: Extension | Any, processor: type = Processor) -> None:
        self._path = Path(path)
        self._processor = processor(extension)
        self._lines: set[socket.socket] = set()
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        self._listening.bind(str(self._path))
        self._path.chmod(0o600)
        self._listening.listen(BACKLOG)
        threading.Thread(target=self._accept, name="extension", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # close() alone would leave accept() waiting.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in list(self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self._lines.add(line)
            threading.Thread(target=self._serve, args=(line,), name="extension call", daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        transport = TTransport.TBufferedTransport(_socket(line))
        protocol = TBinaryProtocol.TBinaryProtocol(transport)
        try:
            # A caller that hangs up, or talks nonsense, ends its own connection.
            with suppress(TException, OSError, EOFError):
                while True:
                    self._processor.process(protocol, protocol)
        finally:
            self._lines.discard(line)
            transport.close()


def _socket(line: socket.socket) -> TSocket.TSocket:
    made = TSocket.TSocket()
    made.setHandle(line)
    return made
