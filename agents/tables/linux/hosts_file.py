# SPDX-License-Identifier: Apache-2.0
"""Names the host itself gives to addresses (hosts(5))."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row


def etc_hosts(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the lines of /etc/hosts: `hostnames` divided by single blanks.

    Raises:
        NotObservedError: the file cannot be read.
    """
    del ask
    for _, line in host.lines("/etc/hosts"):
        address, *names = line.partition("#")[0].split() or [""]
        if address:
            yield {"address": address, "hostnames": " ".join(names)}
