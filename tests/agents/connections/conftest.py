# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import getpass
import stat

import pytest
import sshd

from agents.connections.target import Target

# Runs what was asked for, as the server would without ForceCommand, after `before`.
WRAPPER = """#!/bin/sh
{before}
exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
"""


class Door:
    """A place for servers and keys; `target` says where a server is."""

    def __init__(self, folder):
        self.folder = folder
        self.public = sshd.key(folder / "user_key")
        self.known_hosts = folder / "known_hosts"

    def target(self, server, **changes):
        """Say where a server is, and write its key into known_hosts."""
        self.known_hosts.write_text(server.line, encoding="ascii")
        settings = {
            "address": server.address,
            "port": server.port,
            "user": getpass.getuser(),
            "key_file": self.folder / "user_key",
            "known_hosts": (self.known_hosts,),
        }
        return Target(**{**settings, **changes})

    def script(self, name, text):
        """Write a program."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def wrapped(self, before):
        """Give the setting of a server that runs `before` (a shell line) before what it is asked for."""
        return f"ForceCommand {self.script('wrapper', WRAPPER.format(before=before))}"


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    return Door(tmp_path_factory.mktemp("door"))


@pytest.fixture(scope="module")
def host(door):
    """A server that does what it is asked for, found under its right key."""
    with sshd.server(door.folder / "host", door.public) as running:
        yield door.target(running)
