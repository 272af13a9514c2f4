# SPDX-License-Identifier: Apache-2.0
"""A site with a hub for tests: an inventory, a certificate of its own, the real `menshen hub serve` in a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.request import urlopen

from commandline import ROOT, menshen
from control_cases import cases, cases_of, known
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

WAIT = 60


def certificate(folder):
    """Make a key and a self-signed certificate for 127.0.0.1 and localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "hub.pem", folder / "hub.key"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return cert, private


def inventory(folder, hosts, **common):
    """Write an inventory of hosts (name -> variables) that report through the hub."""
    folder.mkdir(parents=True, exist_ok=True)
    common = {"menshen_through": "hub", "menshen_site": "hq", **common}
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
    return folder


def recorded(kind, wanted):
    """Give recorded tables of one host on which each of the wanted controls (id -> verdict) gets its verdict.

    Cases of different controls may speak of the same table; the first one to name a table decides.
    """
    tables = {}
    for control, verdict in wanted.items():
        case = next(one for one in cases_of(control, kind) if one.verdict == verdict)
        for table, rows in case.tables.items():
            tables.setdefault(table, rows)
    tables.setdefault("osquery_registry", [{"registry": "table", "name": name, "active": 1} for name in tables])
    return tables


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Site:
    """A folder with everything a hub needs."""

    def __init__(self, folder, database=None):
        self.folder = Path(folder)
        self.database = database or str(self.folder / "hub.db")
        self.ledger = self.folder / "ledger.db"
        self.inventory = self.folder / "inventory"
        self.cert, self.key = certificate(self.folder)
        self.environment = {"MENSHEN_HUB_DATABASE": self.database}

    @property
    def trust(self):
        """Give the client side's TLS context: it trusts the site's certificate and nothing else."""
        return ssl.create_default_context(cafile=str(self.cert))

    def menshen(self, *arguments, expected=(0,), **environment):
        return menshen(*arguments, expected=expected, **self.environment, **environment)

    def secret(self, site="hq", days=1):
        return json.loads(self.menshen("hub", "secrets", "add", "--site", site, "--days", days, "--json").stdout)["secret"]

    def settle(self):
        arguments = ("--inventory", self.inventory, "--ledger", self.ledger, "--json")
        return json.loads(self.menshen("hub", "settle", *arguments).stdout)["settled"]

    @contextmanager
    def serving(self, *options, port=None, environment=None, tls=True):
        """Run the hub; give (address, process)."""
        port = port or free_port()
        command = [sys.executable, "-m", "menshen", "hub", "serve", "--host", "127.0.0.1", "--port", str(port), "--spread", "0"]
        command += ["--inventory", str(self.inventory), "--ledger", str(self.ledger), "--every", "0"]
        command += ["--cert", str(self.cert), "--key", str(self.key)] if tls else []
        environment = {**os.environ, **self.environment, **(environment or {})}
        with (self.folder / f"hub-{port}.log").open("ab") as log:
            process = subprocess.Popen([*command, *map(str, options)], cwd=ROOT, env=environment, stderr=log)
        try:
            self.wait(port, process, tls=tls)
            yield ("127.0.0.1", port), process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def wait(self, port, process, *, tls):
        scheme, context = ("https", self.trust) if tls else ("http", None)
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            assert process.poll() is None, self.log(port)
            try:
                # Our own process on the loopback.
                with urlopen(f"{scheme}://127.0.0.1:{port}/healthz", context=context, timeout=5) as answer:  # noqa: S310
                    assert json.load(answer) == {"status": "ok"}
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.log(port))

    def log(self, port):
        return (self.folder / f"hub-{port}.log").read_text(encoding="utf-8")


__all__ = ["Site", "cases", "inventory", "known", "recorded"]
