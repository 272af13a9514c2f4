# SPDX-License-Identifier: Apache-2.0
import socket

from agents.host import Host


def test_services_are_those_of_the_c_library(rows):
    """Each service is the one the C library finds by name and protocol."""
    found = [row for row in rows("etc_services", Host()) if row["protocol"] in {"tcp", "udp"}][:60]
    assert [socket.getservbyname(row["name"], row["protocol"]) for row in found] == [row["port"] for row in found]


def test_protocols_are_those_of_the_c_library(rows):
    """Each protocol has the number the C library gives."""
    found = rows("etc_protocols", Host())
    assert [socket.getprotobyname(row["name"]) for row in found] == [row["number"] for row in found]


def test_lines_are_split(rows, record):
    """Aliases and comments are told apart; a comment, a lone word and a number that is none stop nothing."""
    host = record({"/etc/services": "# c\nssh\t22/tcp # Secure\nhttp 80/tcp www  web\nlone\nodd x/tcp\n"})
    columns = ("name", "port", "protocol", "aliases", "comment")
    assert [
        ("ssh", 22, "tcp", "", "Secure"),
        ("http", 80, "tcp", "www web", ""),
        ("odd", None, "tcp", "", ""),
    ] == [tuple(row[name] for name in columns) for row in rows("etc_services", host)]
