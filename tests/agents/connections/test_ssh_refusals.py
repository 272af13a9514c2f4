# SPDX-License-Identifier: Apache-2.0
"""Whoever does not let us in, is not who we know, or is no honest far side, is told apart by one clear sentence."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import paramiko
import pytest
import sshd
import system

from agents.connections import conversation, ssh
from agents.connections.far_start import MAGIC
from agents.engine import Engine, Limits, NotObservedError, QueryError

# A far side that is not ours: it says hello as ours does, and then what `then` makes of each question.
FAKE = f"""#!{sys.executable} -IS
import json, struct, sys, time
out = sys.stdout.buffer
def say(document):
    content = json.dumps(document).encode()
    out.write(struct.pack(">I", len(content)) + content)
    out.flush()
out.write({MAGIC!r})
{{hello}}
sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
def take():
    size = struct.unpack(">I", sys.stdin.buffer.read(4))[0]
    return sys.stdin.buffer.read(size)
take()
while True:
    asked = json.loads(take())
    number = asked["id"]
    columns = asked.get("columns", [])
{{then}}
"""
HELLO = 'say({"python": [3, 11, 0]})'


def refused(target, seconds=30.0):
    with pytest.raises(NotObservedError) as caught, ssh.opened(target, seconds) as source:
        Engine(source).query("SELECT * FROM os_version")
    return str(caught.value)


@contextmanager
def listener(behave):
    """Listen on the loopback and treat every connection by `behave`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        held = []

        def serve():
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                held.append(line)
                behave(line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        yield sshd.Server("listener", "127.0.0.1", port, "", 0)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        for line in held:
            line.close()


def test_nobody_listens(door):
    """A closed port is said to refuse."""
    server = sshd.Server("nobody", "127.0.0.1", sshd.free_port(), "", 0)

    assert f"cannot connect to [127.0.0.1]:{server.port}: Connection refused" == refused(door.target(server))


def test_no_such_name(door):
    """A name that does not resolve is said so."""
    server = sshd.Server("nobody", "no-such-host.invalid", 22, "", 0)

    assert refused(door.target(server)).startswith("cannot connect to no-such-host.invalid: ")


def test_one_that_says_nothing(door):
    """A host that takes the connection and says nothing is given up in its time."""
    started = time.monotonic()
    with listener(lambda _line: None) as server:
        assert refused(door.target(server), 1.5) == "the host was given up after 1.5 seconds: it answers too slowly or hangs"

    assert time.monotonic() - started < 6


def test_one_that_drips(door):
    """A host that sends a line now and then, so that no single wait is too long, is given up all the same."""

    def drip(line):
        try:
            for _ in range(100):
                line.sendall(b"have patience\r\n")
                time.sleep(0.15)
        except OSError:
            return

    started = time.monotonic()
    with listener(drip) as server:
        assert "given up after 2 seconds" in refused(door.target(server), 2.0)

    assert time.monotonic() - started < 8


class Mute(paramiko.ServerInterface):
    """Lets everybody in, and never answers the wish to run a command."""

    def __init__(self, release):
        self._release = release

    def check_auth_publickey(self, _username, _key):
        """Accept."""
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, _username):
        """Name the only way."""
        return "publickey"

    def check_channel_request(self, _kind, _number):
        """Accept."""
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, _channel, _command):
        """Wait for the end of the test."""
        self._release.wait(20)
        return False


def test_one_that_lets_us_in_and_starts_nothing(door):
    """A server that never says whether it runs the command is given up in its time."""
    host_key = paramiko.ECDSAKey.generate()
    release = threading.Event()
    servers = []

    def serve(line):
        servers.append(paramiko.Transport(line))
        servers[-1].add_server_key(host_key)
        servers[-1].start_server(threading.Event(), Mute(release))

    started = time.monotonic()
    with listener(serve) as server:
        line = sshd.known_line(server.address, server.port, f"{host_key.get_name()} {host_key.get_base64()}")
        reason = refused(door.target(sshd.Server("mute", server.address, server.port, line, 0)), 3.0)
        release.set()
        for one in servers:
            one.close()

    assert "given up after 3 seconds" in reason
    assert time.monotonic() - started < 9


def test_one_that_is_no_ssh_server(door):
    """A service that speaks something else is told apart."""
    with listener(lambda line: (line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), line.close())) as server:
        assert "SSH" in refused(door.target(server))


def test_an_unknown_key(door, host):
    """A host whose key no file names is not spoken with, and the fingerprint is the one ssh-keygen prints."""
    nothing = door.folder / "nothing"
    target = type(host)(host.address, host.port, host.user, host.key_file, (nothing,))
    printed = subprocess.run(
        [system.need("ssh-keygen"), "-lf", str(door.folder / "host/host_key.pub")], capture_output=True, text=True, check=True
    )
    fingerprint = printed.stdout.split()[1]

    assert (
        f"the host key of [127.0.0.1]:{host.port} is not known ({fingerprint}): compare it with that on the machine, then add its "
        f"line to {nothing}"
    ) == refused(target)


def test_another_key_than_known(door):
    """A host that shows another key than the known one is not spoken with."""
    other = sshd.key(door.folder / "other_key")
    with sshd.server(door.folder / "changed", door.public) as server:
        target = door.target(server)
        door.known_hosts.write_text(sshd.known_line(server.address, server.port, other), "ascii")

        assert "shows another host key than the known one" in refused(target)


def test_a_revoked_key(door):
    """A key that is known and revoked is not trusted."""
    with sshd.server(door.folder / "revoked", door.public) as server:
        target = door.target(server)
        kind, text = server.line.split()[1:]
        door.known_hosts.write_text(f"{server.line}@revoked * {kind} {text}\n", "ascii")

        assert "is revoked in known_hosts" in refused(target)


def test_a_key_that_opens_no_door(door, monkeypatch):
    """A private key that the host does not accept is said so, with the account, and no password is tried."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    sshd.key(door.folder / "stranger")
    with sshd.server(door.folder / "closed", door.public) as server:
        reason = refused(door.target(server, user="root", key_file=door.folder / "stranger"))

    assert reason.endswith("does not let root in: none of the private keys is accepted (passwords are not tried)")


def test_a_key_with_a_passphrase(door, monkeypatch):
    """A private key that needs a passphrase is told apart."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    locked = door.folder / "locked"
    command = [system.need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "opensesame", "-f", str(locked)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    with sshd.server(door.folder / "passphrase", f"{door.public}\n{locked.with_suffix('.pub').read_text('ascii')}") as server:
        reason = refused(door.target(server, key_file=locked))

    assert "the private key has a passphrase, load it into ssh-agent" in reason
    assert "opensesame" not in reason


def test_no_python(door):
    """A host without python3 says what to install."""
    with sshd.server(door.folder / "bare", door.public, door.wrapped("export PATH=/nonexistent")) as server:
        assert "has no python3 (or no sudo)" in refused(door.target(server))


def test_sudo_that_asks(door):
    """Where sudo wants a password the reason carries sudo's own words."""
    folder = door.folder / "fake_sudo"
    folder.mkdir()
    door.script("fake_sudo/sudo", "#!/bin/sh\necho 'sudo: a password is required' >&2\nexit 1\n")
    with sshd.server(door.folder / "asking", door.public, door.wrapped(f"export PATH={folder}:$PATH")) as server:
        reason = refused(door.target(server, as_root=True))

    assert reason.endswith("does not let sudo work without a password: sudo: a password is required")


def test_a_far_side_that_fails(door):
    """A far side that ends at once gives its code and its last words."""
    more = f"ForceCommand {door.script('fails', '#!/bin/sh' + chr(10) + 'echo first >&2; echo no room >&2; exit 3' + chr(10))}"
    with sshd.server(door.folder / "fails_host", door.public, more) as server:
        assert refused(door.target(server)).endswith("ended (3): no room")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nyes", "its shell prints without end"),
        ("#!/bin/sh\nhead -c 200000 /dev/zero", "its shell prints without end"),
        (FAKE.format(hello="out.write(b'\\xff' * 9); out.flush()", then="    pass"), "a frame of 4294967295 bytes is announced"),
        (FAKE.format(hello="out.write(b'\\0\\0\\0\\4{{{{'); out.flush()", then="    pass"), "a frame is no JSON"),
        (FAKE.format(hello="say('[' * 5)", then="    pass"), "its hello is unknown"),
        (FAKE.format(hello="say({'python': [3, 8, 18]})", then="    pass"), "has Python 3.8.18: at least 3.9 is needed there"),
        (FAKE.format(hello=HELLO, then="    say({'id': number + 1, 'rows': []})"), "an answer belongs to no question"),
        (FAKE.format(hello=HELLO, then="    say([])"), "an answer belongs to no question"),
        (FAKE.format(hello=HELLO, then="    say({'id': number, 'rows': 5})"), "an answer has no rows"),
        (FAKE.format(hello=HELLO, then="    say({'id': number, 'rows': [[]]})"), "a row has another shape than asked"),
        (
            FAKE.format(hello=HELLO, then="    say({'id': number, 'rows': [[[1]] * len(columns)], 'end': True})"),
            "a row has another shape than asked",
        ),
        (FAKE.format(hello=HELLO, then="    say({'id': number, 'error': ['fatal', 5]})"), "an error is of no known kind"),
        (FAKE.format(hello=HELLO, then="    out.write(b'\\0\\0\\1\\0' + b'[' * 256); out.flush()"), "a frame is no JSON"),
        (FAKE.format(hello=HELLO, then="    sys.exit(0)"), "ended (0): no message"),
    ],
)
def test_rubbish(door, script, reason):
    """Whatever a far side says instead of an answer is an error of that host alone, with what was wrong."""
    more = f"ForceCommand {door.script('fake', script)}"
    with sshd.server(door.folder / f"fake-{abs(hash(script))}", door.public, more) as server:
        assert reason in refused(door.target(server))


def test_rows_without_end(door):
    """Well-formed rows that never end meet the limits of the query, and the conversation goes on afterwards."""
    then = """
    end = "table" in asked and asked["table"] == "users"
    say({"id": number, "rows": [["x" * 1000 for _ in range(%d)]] * 100, "end": end})
"""
    script = FAKE.format(hello=HELLO, then=then % 1)
    more = f"ForceCommand {door.script('endless', script)}"
    with sshd.server(door.folder / "endless_host", door.public, more) as server, ssh.opened(door.target(server)) as source:
        engine = Engine(source, Limits(seconds=2, memory=16 * 1024 * 1024))
        with pytest.raises(QueryError, match=re.compile("memory|seconds")):
            engine.query("SELECT name FROM os_version")
        assert 100 == engine.query("SELECT count(username) AS n FROM users").rows[0]["n"]


def test_one_that_falls_silent(door):
    """A far side that says hello and then nothing is given up in its time."""
    more = f"ForceCommand {door.script('silent', FAKE.format(hello=HELLO, then='    time.sleep(60)'))}"
    started = time.monotonic()
    with sshd.server(door.folder / "silent_host", door.public, more) as server:
        assert "given up after 4 seconds" in refused(door.target(server), 4.0)

    assert time.monotonic() - started < 10


def test_an_answer_that_comes_too_late_is_not_taken_for_another(door):
    """A query that is stopped while its host still works leaves the next ones right."""
    then = """
    if asked["table"] == "users":
        time.sleep(1)
    say({"id": number, "rows": [[asked["table"]] * len(columns)], "end": True})
"""
    more = f"ForceCommand {door.script('late', FAKE.format(hello=HELLO, then=then))}"
    with sshd.server(door.folder / "late_host", door.public, more) as server, ssh.opened(door.target(server)) as source:
        engine = Engine(source, Limits(seconds=0.3))
        with pytest.raises(QueryError, match=r"stopped after 0\.3 seconds"):
            engine.query("SELECT username FROM users")
        time.sleep(1)
        assert [{"name": "os_version"}] == engine.query("SELECT name FROM os_version").rows


def test_an_abandoned_read_is_dropped_with_the_next_question(door):
    """The host is told which read nobody wants any more, once."""
    then = """
    cell = str(asked["drop"])
    say({"id": number, "rows": [[cell] * len(columns)], "end": asked.get("table") != "users"})
"""
    more = f"ForceCommand {door.script('dropping', FAKE.format(hello=HELLO, then=then))}"
    with sshd.server(door.folder / "dropping_host", door.public, more) as server, ssh.opened(door.target(server)) as source:
        engine = Engine(source)
        engine.query("SELECT username FROM users LIMIT 1")
        engine.fresh()

        assert [{"name": "[1]"}] == engine.query("SELECT name FROM os_version").rows
        assert [{"hostname": "[]"}] == engine.query("SELECT hostname FROM system_info").rows


def test_all_answers_of_a_host_have_a_limit(door, monkeypatch):
    """A host that sends more than any honest one is listened to no more."""
    monkeypatch.setattr(conversation, "TOTAL_LIMIT", 1024 * 1024)
    then = "    say({'id': number, 'rows': [['x' * 1000]] * 100, 'end': False})"
    more = f"ForceCommand {door.script('flood', FAKE.format(hello=HELLO, then=then))}"
    with (
        sshd.server(door.folder / "flood_host", door.public, more) as server,
        ssh.opened(door.target(server)) as source,
        pytest.raises(NotObservedError, match="it sent more than 1048576 bytes"),
    ):
        Engine(source).query("SELECT count(name) FROM os_version")
