# SPDX-License-Identifier: Apache-2.0
"""The names of protocols and services in /etc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.tables.linux.plain import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row


def etc_protocols(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the protocols of /etc/protocols; alias holds all of them, blank between."""
    del ask
    for (name, number, *aliases), comment in _entries(host, "/etc/protocols"):
        yield {"name": name, "number": whole(number), "alias": " ".join(aliases), "comment": comment}


def etc_services(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the services of /etc/services; aliases blank between."""
    del ask
    for (name, ends, *aliases), comment in _entries(host, "/etc/services"):
        port, _, protocol = ends.partition("/")
        yield {"name": name, "port": whole(port), "protocol": protocol, "aliases": " ".join(aliases), "comment": comment}


def _entries(host: Host, path: str) -> Iterator[tuple[list[str], str]]:
    for _number, line in host.lines(path):
        text, _, comment = line.partition("#")
        words = text.split()
        if len(words) > 1:
            yield words, comment.strip()
