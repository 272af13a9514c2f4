# SPDX-License-Identifier: Apache-2.0
"""Real SSH servers for tests: on the loopback, or each in a network of its own, like hosts of a site."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import system

SETTINGS = """
ListenAddress {address}
Port {port}
HostKey {host_key}
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
UseDNS no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 100
LogLevel ERROR
Subsystem sftp internal-sftp
{more}
"""
START_SECONDS = 20


@dataclass(frozen=True)
class Server:
    """A server that runs: where it is, and the line of known_hosts that names its key."""

    name: str
    address: str
    port: int
    line: str
    pid: int


def key(path, kind="ed25519"):
    """Make a key pair without a passphrase, and give its public half."""
    subprocess.run(
        [system.need("ssh-keygen"), "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(path)], check=True, stdin=subprocess.DEVNULL
    )
    return Path(f"{path}.pub").read_text(encoding="ascii").strip()


def free_port():
    """Give a port of the loopback on which nobody listens."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def known_line(address, port, public):
    """Give the line of known_hosts for a server's key."""
    return f"{address if port == 22 else f'[{address}]:{port}'} {' '.join(public.split()[:2])}\n"


def settings(folder, address, port, more="", kind="ed25519"):
    """Write a server's settings and key; give the file and the public key."""
    public = key(folder / "host_key", kind)
    file = folder / "sshd_config"
    file.write_text(SETTINGS.format(address=address, port=port, host_key=folder / "host_key", folder=folder, more=more), "ascii")
    return file, public


@contextmanager
def process(command, **more):
    """Run a program for a block; afterwards it and nothing else is ended."""
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, **more)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@contextmanager
def server(folder, user_key, more="", kind="ed25519"):
    """Run an SSH server on the loopback that lets the holder of `user_key` (a public key) in as the user of the tests."""
    folder.mkdir(parents=True, exist_ok=True)
    system.need("sshd")
    system.prepare()
    port = free_port()
    (folder / "authorized_keys").write_text(f"{user_key}\n", encoding="ascii")
    file, public = settings(folder, "127.0.0.1", port, more, kind)
    command = [system.need("sshd"), "-D", "-e", "-f", str(file)]
    with (folder / "log").open("wb") as log, process(command, stderr=log) as running:
        _wait(("127.0.0.1", port), folder / "log")
        yield Server(folder.name, "127.0.0.1", port, known_line("127.0.0.1", port, public), running.pid)


def _wait(place, log):
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(place, 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError(f"no server at {place}: {log.read_text()}")


@dataclass(frozen=True)
class Site:
    """A bridge in a network of its own, with hosts on it; `inside` is what a command is prefixed with to stand on it."""

    folder: Path
    hosts: tuple[tuple[str, str], ...]
    pids: tuple[int, ...]
    inside: tuple[str, ...]
    key: Path
    known_hosts: Path


HOST = """
mount --make-rprivate / && mount -t proc proc /proc && mount -o remount,bind,ro /
for own in /tmp /root /home /var/tmp; do mount -t tmpfs tmpfs $own; done
hostname {name}; exec {sshd} -D -e -f {file}
"""
# A far side finds the machine's own Python, whatever the user of the tests has on the path.
PATH = "SetEnv PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
ACCEPT_AND_SAY_NOTHING = """
import socket
listening = socket.create_server(("{address}", 22))
held = []
while True:
    held.append(listening.accept())
"""


@contextmanager
def site(count, hanging=()):
    """Run `count` hosts, each with its own network, names, processes and /tmp on the machine's files (read-only).

    The hosts with the numbers `hanging` take connections and say nothing.
    """
    import pytest  # noqa: PLC0415 - the bench runs without it

    system.need_root()
    ip, sshd = system.need("ip"), system.need("sshd")
    system.need("unshare")
    system.prepare()
    mark = f"mn{os.getpid() % 100000}"
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="menshen-site-", dir="/run"))
        stack.callback(shutil.rmtree, folder)
        public = key(folder / "user_key")
        center = f"{mark}c"
        try:
            _network(stack, ip, center)
        except subprocess.CalledProcessError:
            pytest.skip("this machine does not let tests make networks")
        _ip(ip, "-n", center, "link", "add", "br0", "type", "bridge")
        _ip(ip, "-n", center, "addr", "add", "10.77.0.1/16", "dev", "br0")
        _ip(ip, "-n", center, "link", "set", "br0", "up")
        hosts, pids, lines = [], [], []
        for number in range(count):
            name, address = f"host-{number:02}", f"10.77.1.{number + 1}"
            own = folder / name
            own.mkdir()
            (own / "authorized_keys").write_text(f"{public}\n", encoding="ascii")
            file, host_key = settings(own, address, 22, PATH)
            lines.append(known_line(address, 22, host_key))
            network = f"{mark}h{number}"
            _network(stack, ip, network)
            _ip(ip, "link", "add", f"v{number}", "netns", center, "type", "veth", "peer", "name", "eth0", "netns", network)
            _ip(ip, "-n", center, "link", "set", f"v{number}", "master", "br0", "up")
            _ip(ip, "-n", network, "addr", "add", f"{address}/16", "dev", "eth0")
            _ip(ip, "-n", network, "link", "set", "eth0", "up")
            if number in hanging:
                program = [sys.executable, "-c", ACCEPT_AND_SAY_NOTHING.format(address=address)]
            else:
                script = HOST.format(name=name, sshd=sshd, file=file)
                program = ["unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "sh", "-ec", script]
            log = stack.enter_context((own / "log").open("wb"))
            running = stack.enter_context(process([ip, "netns", "exec", network, *program], stdout=log, stderr=log))
            hosts.append((name, address))
            pids.append(running.pid)
        (folder / "known_hosts").write_text("".join(lines), encoding="ascii")
        inside = (ip, "netns", "exec", center)
        for name, address in hosts:
            _wait_inside(inside, address, folder / name / "log")
        yield Site(folder, tuple(hosts), tuple(pids), inside, folder / "user_key", folder / "known_hosts")


def _network(stack, ip, name):
    _ip(ip, "netns", "add", name)
    stack.callback(_ip, ip, "netns", "del", name)
    _ip(ip, "-n", name, "link", "set", "lo", "up")


def _ip(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _wait_inside(inside, address, log):
    program = f"""
import socket, time
until = time.monotonic() + {START_SECONDS}
while True:
    try:
        socket.create_connection(("{address}", 22), 1).close()
        break
    except OSError:
        if time.monotonic() > until:
            raise
        time.sleep(0.02)
"""
    done = subprocess.run([*inside, sys.executable, "-IS", "-c", program], check=False)
    assert done.returncode == 0, log.read_text()
