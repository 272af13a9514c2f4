# SPDX-License-Identifier: Apache-2.0
"""Serve ASGI applications by uvicorn, over TLS 1.2 or later."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import uvicorn

if TYPE_CHECKING:
    from pathlib import Path

# osqueryd keeps three or four connections; a herd of hosts comes back at once after a restart.
BACKLOG: Final = 8192
KEEP_ALIVE: Final = 620
SHUTDOWN: Final = 10


class CertificateError(Exception):
    """A certificate or key cannot be used; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The hub's certificate and key (PEM files); with `client_ca`, hosts must show a certificate of it."""

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Give the server side: TLS 1.2 with forward secrecy and AEAD only, or TLS 1.3.

        Raises:
            CertificateError: a file cannot be used.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM")
        context.set_alpn_protocols(["http/1.1"])
        try:
            context.load_cert_chain(self.certificate, self.key)
            if self.client_ca is not None:
                context.load_verify_locations(self.client_ca)
                context.verify_mode = ssl.CERT_REQUIRED
        except (OSError, ssl.SSLError) as error:
            raise CertificateError(f"{self.certificate}, {self.key}: not usable as certificate and key: {error}") from error
        return context


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. `tls` None is plain HTTP, for a load balancer on the same machine only."""

    host: str
    port: int
    tls: Tls | None = None


def server(app: Any, place: Place) -> uvicorn.Server:
    """Make a server; its log names no word of a host, so there is no access log."""
    config = uvicorn.Config(
        app,
        host=place.host,
        port=place.port,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=SHUTDOWN,
        access_log=False,
        server_header=False,
        log_level="warning",
        lifespan="on",
        # Who may say where a request came from: nobody.
        forwarded_allow_ips=[],
        proxy_headers=False,
    )
    config.load()
    config.ssl = place.tls.context() if place.tls else None
    return uvicorn.Server(config)
