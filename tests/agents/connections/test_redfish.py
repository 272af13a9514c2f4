# SPDX-License-Identifier: Apache-2.0
"""Redfish against sushy-tools' emulator over TLS: tables, pending settings, password change, sessions, certificates."""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from wsman.certificates import Authority

from agents.connections.redfish import RefusedError
from agents.connections.redfish_target import RedfishTarget
from agents.engine import Engine
from agents.source import NotObservedError
from menshen import access

EMULATOR = Path(__file__).parents[2] / "redfish_emulator.py"
USER, PASSWORD = "auditor", "Redfish-Pass-1"


class Server:
    """A started emulator."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.authority = Authority(folder)
        self.pair = self.authority.issue("controller")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, EMULATOR, str(self.port), self.pair.certificate, self.pair.key, folder, *more]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while True:
            assert self.process.poll() is None
            assert time.monotonic() < end
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return

    def target(self, **more) -> RedfishTarget:
        """Give the way to it."""
        given = {"user": USER, "password": PASSWORD, "ca": self.authority.certificate, **more}
        return RedfishTarget("127.0.0.1", self.port, **given)

    def look(self, path: str = "look", method: str = "GET") -> dict:
        """Look into the emulated server, beside Redfish."""
        context = ssl.create_default_context(cafile=self.authority.certificate)
        with urlopen(Request(f"https://127.0.0.1:{self.port}/tests/{path}", method=method), context=context) as answer:
            return json.loads(answer.read() or b"{}")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Give an emulator with sessions."""
    found = Server(tmp_path_factory.mktemp("redfish"))
    yield found
    found.process.kill()
    found.process.wait()


def ask(target, sql):
    with target.opened(30.0) as source, Engine(source) as engine:
        return engine.query(sql).rows


def why(target):
    with pytest.raises(NotObservedError) as caught:
        ask(target, "SELECT * FROM firmware")
    return str(caught.value)


def test_the_tables_are_read_over_a_session_that_ends(server):
    """Version and state of the BIOS, its settings with their allowed values; afterwards no session is left open."""
    (row,) = ask(server.target(), "SELECT version, admin_password_state AS state, pending_reboot FROM firmware")
    settings = {one["name"]: one for one in ask(server.target(), "SELECT * FROM firmware_settings")}

    assert ("2.19.1", "unknown_vendor") == (row["version"], row["state"])
    assert ("Enabled", "redfish") == (settings["SerialPort1"]["value"], settings["SerialPort1"]["source"])
    assert 0 == server.look()["sessions"]


def test_changed_settings_are_pending_until_the_restart(server):
    """The value of now and the one to come stand side by side; after the restart there is one."""
    sql = "SELECT value, pending_value FROM firmware_settings WHERE name = 'SerialPort1'"
    with server.target().opened(30.0) as source:
        source.set_attributes({"SerialPort1": "Disabled"})
    before = ask(server.target(), sql)
    (waiting,) = ask(server.target(), "SELECT pending_reboot FROM firmware")
    server.look("restart", "POST")

    assert [{"value": "Enabled", "pending_value": "Disabled"}] == before
    assert 1 == waiting["pending_reboot"]
    assert [{"value": "Disabled", "pending_value": None}] == ask(server.target(), sql)


def test_a_setting_the_server_does_not_know_is_refused(server):
    """The refusal is said, and nothing is pending."""
    with server.target().opened(30.0) as source, pytest.raises(RefusedError, match="refused it"):
        source.set_attributes({"NoSuch": "Disabled"})
    assert "NoSuch" not in server.look()["coming"]


def test_a_password_is_changed_with_the_old_one_alone(server):
    """A wrong old password changes nothing; neither appears in the complaint."""
    with server.target().opened(30.0) as source:
        source.change_password("AdminPassword", "", "First-1")
        with pytest.raises(RefusedError) as caught:
            source.change_password("AdminPassword", "Wrong-9", "Second-2")
        source.change_password("AdminPassword", "First-1", "Second-2")

    assert "Second-2" == server.look()["password"]
    assert not any(word in str(caught.value) for word in ("Wrong-9", "Second-2", "First-1"))


def test_a_wrong_password_of_the_controller_is_said(server):
    """Nobody is let in, and the message names the account and not its password."""
    message = why(server.target(password="wrong-one"))

    assert f"does not let {USER} in" in message
    assert "wrong-one" not in message


def test_another_certificate_is_not_spoken_with(server, tmp_path):
    """An unknown authority, another fingerprint: the password is never sent there."""
    other = Authority(tmp_path)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(server.pair.certificate.read_text())).hexdigest()

    assert "certificate that cannot be trusted" in why(server.target(ca=other.certificate))
    assert "certificate that cannot be trusted" in why(server.target(ca=None))
    assert "another certificate" in why(server.target(ca=None, fingerprint="ab" * 32))
    assert ask(server.target(ca=None, fingerprint=digest), "SELECT version FROM firmware")


def test_a_service_without_sessions_is_asked_with_basic(tmp_path):
    """Older controllers have none; the password then goes inside TLS alone."""
    server = Server(tmp_path, "basic")
    try:
        assert [{"version": "2.19.1"}] == ask(server.target(), "SELECT version FROM firmware")
    finally:
        server.process.kill()
        server.process.wait()


def test_nobody_there_is_not_observed():
    """A port that nobody listens on is a reason, not a crash."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        message = why(RedfishTarget("127.0.0.1", probe.getsockname()[1]))

    assert "cannot be reached by Redfish" in message


def test_a_system_that_is_not_there_is_named(server):
    """Several computers behind one controller are told apart by name."""
    assert "menshen_redfish_system" in why(server.target(system="other"))


def test_the_inventory_describes_a_controller():
    """Ansible's words where it has them; a fingerprint with colons; what is wrong is named."""
    problems = []
    words = {"ansible_connection": "redfish", "ansible_host": "192.0.2.9", "ansible_user": "a", "ansible_password": "p"}
    way = access.way("bmc-1", "linux", {**words, "menshen_redfish_fingerprint": ":".join(["AB"] * 32)}, problems)
    access.way("bmc-2", "windows", {**words, "menshen_redfish_fingerprint": "12"}, problems)

    assert RedfishTarget("192.0.2.9", 443, "a", "p", None, "ab" * 32) == way
    assert 1 == len(problems)
    assert "password" not in repr(way)
