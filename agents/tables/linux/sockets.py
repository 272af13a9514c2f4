# SPDX-License-Identifier: Apache-2.0
"""Sockets of a Linux host: who holds them, and which wait for callers.

The kernel lists sockets per network namespace in /proc/PID/net and their holders in /proc/PID/fd; the inode joins the
two (man 5 proc). A socket held by several processes has a row for each. Without root the holders of other people's
sockets are unknown: pid and fd are NULL then, and -1 where nobody holds the socket.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from agents.tables.linux.plain import read, shown
from agents.tables.linux.processes import GONE, pids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# File of /proc/PID/net: address family and protocol (linux/in.h).
INTERNET: Final = {
    "tcp": (2, 6),
    "tcp6": (10, 6),
    "udp": (2, 17),
    "udp6": (10, 17),
    "udplite": (2, 136),
    "udplite6": (10, 136),
    "icmp": (2, 1),
    "icmp6": (10, 1),
    "raw": (2, 255),
    "raw6": (10, 255),
}
UNIX: Final = 1
TCP: Final = 6
IPV4_DIGITS: Final = 8
# linux/net/tcp_states.h, from 1; osquery gives a state to TCP only.
STATES: Final = (
    "UNKNOWN", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT",
    "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV",
)  # fmt: skip


class Listed(NamedTuple):
    """A socket as the kernel lists it; a unix socket has a path in place of addresses."""

    inode: int
    family: int
    protocol: int
    local: tuple[str, int] = ("", 0)
    remote: tuple[str, int] = ("", 0)
    state: str = ""
    path: str = ""


class Holder(NamedTuple):
    """A process that has the socket open, and as which descriptor; None where that may not be known."""

    pid: int | None
    fd: int | None


def process_open_sockets(host: Host, ask: Ask) -> Iterator[Row]:
    """Give all sockets, or those of the asked processes; state is that of TCP, or empty."""
    for namespace, holder, one in _held(host, ask):
        yield {
            **_shared(namespace, holder, one),
            "local_address": one.local[0],
            "local_port": one.local[1],
            "remote_address": one.remote[0],
            "remote_port": one.remote[1],
            "path": one.path,
            "state": one.state,
        }


def listening_ports(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the sockets without a peer: TCP that listens, UDP and raw that are bound, unix sockets with a name."""
    for namespace, holder, one in _held(host, ask):
        if one.path or (one.family != UNIX and one.remote[1] == 0):
            yield {**_shared(namespace, holder, one), "address": one.local[0], "port": one.local[1], "path": one.path}


def _shared(namespace: str, holder: Holder, one: Listed) -> Row:
    ends = {"pid": holder.pid, "fd": holder.fd, "socket": one.inode}
    return {**ends, "family": one.family, "protocol": one.protocol, "net_namespace": namespace}


def _held(host: Host, ask: Ask) -> Iterator[tuple[str, Holder, Listed]]:
    """Join sockets and holders. With asked processes, only their sockets are given."""
    asked = bool(ask.values("pid"))
    holders: dict[int, list[Holder]] = {}
    spaces: dict[str, list[int]] = {}
    hidden = False
    for pid in pids(host, ask):
        try:
            for inode, fd in _descriptors(host, pid):
                holders.setdefault(inode, []).append(Holder(pid, fd))
            spaces.setdefault(_namespace(host, pid), []).append(pid)
        except GONE:
            continue
        except PermissionError:
            hidden = True
    nobody = Holder(None, None) if hidden else Holder(-1, -1)
    for namespace, members in (spaces or {"0": []}).items():
        for one in _listed_through(host, members):
            for holder in holders.get(one.inode, () if asked else (nobody,)):
                yield namespace, holder, one


def _descriptors(host: Host, pid: int) -> Iterator[tuple[int, int]]:
    folder = host.place(f"/proc/{pid}/fd")
    for fd in os.listdir(folder):  # noqa: PTH208 - names, not paths
        try:
            found = os.readlink(f"{folder}/{fd}")  # noqa: PTH115 - a Path costs more than the call
        except FileNotFoundError:
            continue
        if found.startswith("socket:["):
            yield int(found[8:-1]), int(fd)


def _namespace(host: Host, pid: int) -> str:
    return os.readlink(host.place(f"/proc/{pid}/ns/net")).partition("[")[2].rstrip("]")  # noqa: PTH115 - as above


def _listed_through(host: Host, members: list[int]) -> list[Listed]:
    """List the sockets of a namespace through the first of its processes that lives until the end of the list."""
    for pid in members:
        listed = list(_listed(host, str(pid)))
        if os.path.lexists(host.place(f"/proc/{pid}/stat")):
            return listed
    return list(_listed(host, "self"))


def _listed(host: Host, pid: str) -> Iterator[Listed]:
    folder = host.place(f"/proc/{pid}/net")
    for name, (family, protocol) in INTERNET.items():
        for line in _lines(f"{folder}/{name}"):
            fields = line.split()
            local, remote = address(fields[1]), address(fields[2])
            state = STATES[number] if protocol == TCP and (number := int(fields[3], 16)) < len(STATES) else ""
            yield Listed(int(fields[9]), family, protocol, local, remote, state)
    for line in _lines(f"{folder}/unix"):
        # Num RefCount Protocol Flags Type St Inode Path: a path may hold blanks, and any other byte.
        fields = line.split(b" ", 1)[1].split(maxsplit=6)
        path = shown(os.fsdecode(b"".join(fields[6:])))
        yield Listed(int(fields[5]), UNIX, int(fields[1], 16), path=path)


def _lines(path: str) -> list[bytes]:
    try:
        content = read(path)
    except GONE:
        return []  # the kernel was built, or started, without this protocol
    return [line for line in content.split(b"\n")[1:] if line]


def address(field: bytes) -> tuple[str, int]:
    """Read ADDRESS:PORT of /proc/net, hexadecimal words in the byte order of the machine."""
    words, _, port = field.partition(b":")
    if len(words) == IPV4_DIGITS:
        return socket.inet_ntop(socket.AF_INET, int(words, 16).to_bytes(4, sys.byteorder)), int(port, 16)
    parts = (int(words[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(words), 8))
    return socket.inet_ntop(socket.AF_INET6, b"".join(parts)), int(port, 16)
