# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import socket
import subprocess
from pathlib import Path

import pytest
from system import need

from agents.host import Host

LIVE = Host()
NAMESPACE = str(Path("/proc/self/ns/net").stat().st_ino)
TCP, UDP = 6, 17


@pytest.fixture
def opened(tmp_path):
    """Open a listening socket of each kind: family, protocol, port or path, and the socket itself."""
    with contextlib.ExitStack() as stack:
        found = []
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            for kind, protocol in ((socket.SOCK_STREAM, TCP), (socket.SOCK_DGRAM, UDP)):
                one = stack.enter_context(socket.socket(family, kind))
                one.bind((address, 0))
                if protocol == TCP:
                    one.listen()
                found.append((int(family), protocol, address, one.getsockname()[1], "", one))
        unix = stack.enter_context(socket.socket(socket.AF_UNIX))
        unix.bind(str(tmp_path / "a b"))
        unix.listen()
        found.append((1, 0, None, None, str(tmp_path / "a b"), unix))
        yield found


def test_own_listeners_are_found(rows, opened):
    """TCP, TCP over IPv6, UDP and unix listeners are listed with holder, descriptor and inode."""
    listed = {row["socket"]: row for row in rows("listening_ports", LIVE) if row["pid"] == os.getpid()}
    for family, protocol, address, port, path, one in opened:
        row = listed[os.fstat(one.fileno()).st_ino]
        assert (family, protocol, path, one.fileno()) == (row["family"], row["protocol"], row["path"], row["fd"])
        if family != 1:
            assert (address, port) == (row["address"], row["port"])
        assert str(Path("/proc/self/ns/net").stat().st_ino) == row["net_namespace"]


@pytest.mark.usefixtures("opened")
def test_listeners_are_those_of_ss(rows):
    """All TCP listeners and unbound-peer UDP sockets that ss lists in our network namespace are rows, and no others."""
    for protocol, option in ((TCP, "-t"), (UDP, "-u")):
        before = ss(option)
        ours = [row for row in rows("listening_ports", LIVE) if row["net_namespace"] == NAMESPACE]
        found = {(row["port"], row["socket"]) for row in ours if row["protocol"] == protocol}
        after = ss(option)
        assert before & after <= found
        assert found <= before | after


def test_a_connection_is_no_listener(rows):
    """Both ends of a connection are open sockets, established, and neither is listed as listening."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        end, _peer = server.accept()
        with end:
            inodes = {os.fstat(one.fileno()).st_ino: one for one in (client, end)}
            found = [row for row in rows("process_open_sockets", LIVE, pid=os.getpid()) if row["socket"] in inodes]
            assert {"ESTABLISHED"} == {row["state"] for row in found}
            expected = {(*one.getsockname(), *one.getpeername()) for one in inodes.values()}
            columns = ("local_address", "local_port", "remote_address", "remote_port")
            assert expected == {tuple(row[name] for name in columns) for row in found}
            assert inodes.keys().isdisjoint(row["socket"] for row in rows("listening_ports", LIVE))


def test_every_holder_has_a_row(rows, opened):
    """A listener that a child inherited is listed for both."""
    one = opened[0][-1]
    child = subprocess.Popen(["sleep", "60"], pass_fds=[one.fileno()])
    try:
        inode = os.fstat(one.fileno()).st_ino
        holders = {row["pid"] for row in rows("listening_ports", LIVE) if row["socket"] == inode}
        assert {os.getpid(), child.pid} == holders
        assert {child.pid} == {row["pid"] for row in rows("process_open_sockets", LIVE, pid=child.pid)}
    finally:
        child.kill()
        child.wait()


@pytest.mark.usefixtures("opened", "as_nobody")
def test_unknown_holders_are_null_without_root(rows):
    """Without root a socket of another user is still listed, its holder NULL and not -1."""
    if rows("processes", LIVE, pid=1)[0]["path"] is not None:
        pytest.skip("this machine lets everybody look into process 1")
    held = {row["pid"] for row in rows("process_open_sockets", LIVE)}
    assert -1 not in held


def test_recorded_sockets(rows, record):
    """From recorded files: addresses of both families, TCP states by name, names of unix sockets; nobody is -1."""
    head = "  sl  local_address rem_address   st\n"
    tail = "00000000:00000000 00:00000000 00000000     0        0"
    host = record({
        "/proc/self/net/tcp": head + f"   0: 0100007F:0016 00000000:0000 0A {tail} 11 1\n"
        f"   1: 0100007F:0016 0200000A:FFFF 06 {tail} 0 1\n",
        "/proc/self/net/tcp6": head + f"   0: 000080FE000000000000000001000000:1F90 {'0' * 32}:0000 0A {tail} 12 1\n",
        "/proc/self/net/udp": head + f"   0: 00000000:0035 00000000:0000 07 {tail} 13 1\n",
        "/proc/self/net/unix": "Num RefCount\nffff: 00000002 00000000 00010000 0001 01 14 /run/a b\n"
        "ffff: 00000002 00000000 0 0001 03 15\n"
        "ffff: 00000002 00000000 00010000 0001 01 16 @abstract\n",
    })  # fmt: skip
    found = {row["socket"]: row for row in rows("process_open_sockets", host)}
    assert ("127.0.0.1", 22, "LISTEN", -1) == tuple(found[11][name] for name in ("local_address", "local_port", "state", "pid"))
    assert ("10.0.0.2", 65535, "TIME_WAIT") == tuple(found[0][name] for name in ("remote_address", "remote_port", "state"))
    assert ("fe80::1", 8080, "") == (found[12]["local_address"], found[12]["local_port"], found[13]["state"])
    assert ["/run/a b", "", "@abstract"] == [found[inode]["path"] for inode in (14, 15, 16)]
    assert [11, 12, 13, 14, 16] == sorted(row["socket"] for row in rows("listening_ports", host))


def ss(option):
    command = [need("ss"), "-H", "-l", "-n", "-e", option]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    inodes = (next(word[4:] for word in line.split() if word.startswith("ino:")) for line in lines)
    return {(int(line.split()[3].rpartition(":")[2]), int(inode)) for line, inode in zip(lines, inodes, strict=True)}
