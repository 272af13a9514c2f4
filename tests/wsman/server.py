# SPDX-License-Identifier: Apache-2.0
"""The HTTP side: one server on loopback, any number of PCs behind it, each at a path of its own."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from wsman import door, envelope
from wsman.door import Door, Visitor
from wsman.envelope import FaultError
from wsman.powershell import powershell
from wsman.shell import Shells

if TYPE_CHECKING:
    from pathlib import Path

    from wsman.machine import Machine


@dataclass
class Manners:
    """How a PC may misbehave: `rubbish` is what it says instead of an answer, `silence` the seconds before each."""

    rubbish: bytes | None = None
    silence: float = 0.0


@dataclass
class Pc:
    """One PC behind the server; `seen` counts its requests (also those that were turned away) and the bytes both ways."""

    machine: Machine
    door: Door = field(default_factory=Door)
    manners: Manners = field(default_factory=Manners)
    seen: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.machine.programs.setdefault("powershell", powershell)
        self.shells = Shells(self.machine)


class Server(ThreadingHTTPServer):
    """Serves PCs by path: `/wsman` or `/NAME/wsman`."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, pcs: dict[str, Pc], tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pcs = pcs
        self.tls = tls

    @property
    def port(self) -> int:
        """Give the port the server got."""
        return self.server_address[1]

    def handle_error(self, request, client_address) -> None:
        """Say nothing of clients that hang up: tests make them do so."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        self.peer = None
        self.visitor = None
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.server.tls is not None:
            self.request.settimeout(20)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
            self.peer = self.request.getpeercert()
        super().setup()

    def finish(self) -> None:
        super().finish()
        # The server only knows the socket that TLS has taken over.
        self.request.close()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pc = self.server.pcs.get(self.path.strip("/").removesuffix("wsman").strip("/"))
        if pc is None:
            self._answer(None, 404, b"")
            return
        pc.seen.update(requests=1, received=len(body))
        time.sleep(pc.manners.silence)
        if pc.manners.rubbish is not None:
            self._answer(pc, 200, pc.manners.rubbish, {"Content-Type": "text/html"})
            return
        if self._let_in(pc):
            self._serve(pc, body)

    def _let_in(self, pc: Pc) -> bool:
        if self.visitor is None:
            self.visitor = Visitor(pc.door, self.peer)
        shown = self.headers.get("Authorization")
        more = self.visitor.show(shown) if shown else None
        if self.visitor.known:
            return True
        offers = [more] if more else self.visitor.offers()
        self._answer(pc, 401, b"", {"WWW-Authenticate": offers})
        return False

    def _serve(self, pc: Pc, body: bytes) -> None:
        sealed = "encrypted" in (self.headers.get("Content-Type") or "")
        if not body:
            self._answer(pc, 200, b"")
            return
        if not sealed and self.server.tls is None and not pc.door.basic:
            # AllowUnencrypted is off, as on every PC that nobody has weakened.
            self._answer(pc, 500, b"")
            return
        pc.seen.update(encrypted=int(sealed))
        request = envelope.read(self.visitor.opened(body) if sealed else body)
        try:
            status, said = 200, pc.shells.do(request)
        except FaultError as error:
            status, said = 500, envelope.fault(request, error)
        kind = door.ENCRYPTED if sealed else "application/soap+xml;charset=UTF-8"
        self._answer(pc, status, self.visitor.sealed(said) if sealed else said, {"Content-Type": kind})

    def _answer(self, pc: Pc | None, status: int, body: bytes, headers: dict | None = None) -> None:
        if pc is not None:
            pc.seen.update(sent=len(body))
        self.send_response(status)
        for name, value in (headers or {}).items():
            for one in value if isinstance(value, list) else [value]:
                self.send_header(name, one)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def tls_context(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """Speak TLS with a certificate, and ask for one of the client without insisting, as WinRM does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


@contextmanager
def serving(pcs: dict[str, Pc], tls: ssl.SSLContext | None = None):
    """Serve PCs until the block ends; gives the server, whose `port` the clients need.

    Raises:
        AssertionError: at the end, where a PC was asked for a command that Wine only pretends to run.
    """
    server = Server(pcs, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    pretended = {name: pc.machine.pretended for name, pc in pcs.items() if pc.machine.pretended}
    assert not pretended, f"commands that nothing here really runs: {pretended}"
