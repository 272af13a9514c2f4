# SPDX-License-Identifier: Apache-2.0
"""Real receivers on this machine's loopback: an SMTP server with TLS and log-on, and an HTTP server that answers as told.

As a program, `receivers.py FOLDER`, they run in the network of whoever starts them, write their ports to FOLDER/ports and
what they get to FOLDER/letters and FOLDER/requests, a JSON document a line, until their standard input ends.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import sys
import threading
import warnings
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "correct-horse-9"


def certificate(folder):
    """Write a certificate of its own authority for 127.0.0.1 and localhost, and its key; give both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, private


def free_port():
    """Give a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class _Box:
    """Keeps every letter; refuses recipients that begin with `nobody`."""

    def __init__(self):
        self.letters = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802, ARG002
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(
            SimpleNamespace(
                to=list(envelope.rcpt_tos),
                subject=letter["Subject"],
                text=letter.get_content(),
                raw=envelope.content.decode(errors="replace"),
                tls=server.transport.get_extra_info("ssl_object") is not None,
                user=session.login_data,
            )
        )
        return "250 taken"


@contextmanager
def smtp(folder, security="none", *, demand_login=False):
    """Run an SMTP server; give its letters, port and authority file."""
    cert, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    box = _Box()

    def authenticator(_server, _session, _envelope, _mechanism, data):
        fine = (data.login, data.password) == (b"menshen", PASSWORD.encode())
        return AuthResult(success=fine, handled=False, auth_data=data.login if fine else None)

    # The server does not see by itself that TLS began with the first byte.
    words = {"authenticator": authenticator, "auth_required": demand_login, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        words |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        words["ssl_context"] = context
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS")
        controller = Controller(box, "127.0.0.1", free_port(), **words)
        controller.start()
    try:
        yield SimpleNamespace(letters=box.letters, port=controller.port, ca_file=str(cert))
    finally:
        controller.stop()


@contextmanager
def http(answer=b'{"errcode": 0, "code": 0}', status=200, headers=()):
    """Run an HTTP server that gives one answer to every POST; give its requests and address."""
    requests = []
    settings = SimpleNamespace(answer=answer, status=status, headers=dict(headers), requests=requests, url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append(SimpleNamespace(path=self.path, headers=dict(self.headers), raw=body, body=json.loads(body)))
            self.send_response(settings.status)
            for name, value in settings.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(settings.answer)))
            self.end_headers()
            self.wfile.write(settings.answer)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield settings
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main(folder):
    """Serve until standard input ends."""
    with smtp(folder) as box, http() as hook:
        (folder / "ports").write_text(json.dumps({"smtp": box.port, "http": hook.url}), encoding="utf-8")
        told = {"letters": 0, "requests": 0}
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            found = {"letters": [vars(one) for one in box.letters], "requests": [{"body": one.body} for one in hook.requests]}
            for name, kept in found.items():
                with (folder / name).open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(one, default=str) + "\n" for one in kept[told[name] :])
                told[name] = len(kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
