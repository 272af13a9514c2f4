# SPDX-License-Identifier: Apache-2.0
"""Who may come in, and how: NTLM with message encryption, a client certificate, or (only if set) basic."""

from __future__ import annotations

import base64
import os
import struct
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path

import spnego
import spnego.exceptions

BOUNDARY = b"--Encrypted Boundary"
PROTOCOL = b"application/HTTP-SPNEGO-session-encrypted"
ENCRYPTED = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'
MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

_LOCK = threading.Lock()
_KNOWN: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Door:
    """The accounts of a PC, by name, and the common names of the client certificates that stand for one.

    `basic` opens the door that Windows keeps shut until somebody sets AllowBasic and AllowUnencrypted.
    """

    users: dict[str, str] = field(default_factory=lambda: {"admin": "Correct-Horse-7"})
    certificates: frozenset[str] = frozenset({"admin"})
    basic: bool = False

    def __post_init__(self) -> None:
        """Write the accounts where the NTLM acceptor looks for them: one file for all PCs of a test run."""
        with _LOCK:
            _KNOWN.update(self.users.items())
            path = os.environ.get("NTLM_USER_FILE") or tempfile.mkstemp(prefix="menshen-ntlm-")[1]
            Path(path).write_text("".join(f":{user}:{password}\n" for user, password in sorted(_KNOWN)), "utf-8")
            os.environ["NTLM_USER_FILE"] = path


class Visitor:
    """One TCP connection: nobody until it has shown who it is."""

    def __init__(self, door: Door, peer: dict | None) -> None:
        self._door = door
        self._peer = peer
        self._context = None
        self.known = False

    def offers(self) -> list[str]:
        """List how one may log on here."""
        return ["Negotiate", *(['Basic realm="WSMAN"'] if self._door.basic else [])]

    def show(self, authorization: str) -> str | None:
        """Take an Authorization header; what to send back where the talk goes on, else None: `known` says the outcome."""
        kind, _, token = authorization.partition(" ")
        if MUTUAL in authorization:
            self.known = self._certificate() in self._door.certificates
        elif kind.lower() == "basic" and self._door.basic:
            user, _, password = base64.b64decode(token).decode().partition(":")
            self.known = self._door.users.get(user) == password
        elif kind.lower() in {"negotiate", "ntlm"} and token:
            return self._negotiate(kind, base64.b64decode(token))
        return None

    def _certificate(self) -> str:
        subject = (self._peer or {}).get("subject", ())
        return next((value for part in subject for name, value in part if name == "commonName"), "")

    def _negotiate(self, kind: str, token: bytes) -> str | None:
        options = spnego.NegotiateOptions.use_ntlm | spnego.NegotiateOptions.wrapping_winrm
        if self._context is None or self._context.complete:
            self.known = False
            self._context = spnego.server(protocol="ntlm", options=options)
        try:
            answer = self._context.step(token)
        except spnego.exceptions.SpnegoError:
            self._context = None
            return None
        user = (self._context.client_principal or "").rpartition("\\")[2] if self._context.complete else ""
        self.known = user.lower() in {name.lower() for name in self._door.users}
        return f"{kind} {base64.b64encode(answer).decode()}" if answer else None

    def opened(self, body: bytes) -> bytes:
        """Decrypt a message."""
        part = body.split(BOUNDARY + b"\r\n")[2].split(b"\r\n", 1)[1]
        part = part[: part.rindex(BOUNDARY + b"--")]
        (size,) = struct.unpack("<i", part[:4])
        return self._context.unwrap_winrm(part[4 : 4 + size], part[4 + size :])

    def sealed(self, body: bytes) -> bytes:
        """Encrypt an answer."""
        done = self._context.wrap_winrm(body)
        return b"".join(
            (
                *(BOUNDARY, b"\r\n\tContent-Type: ", PROTOCOL),
                b"\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % len(body),
                *(BOUNDARY, b"\r\n\tContent-Type: application/octet-stream\r\n"),
                *(struct.pack("<i", len(done.header)), done.header, done.data, BOUNDARY, b"--\r\n"),
            )
        )
