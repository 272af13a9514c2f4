# SPDX-License-Identifier: Apache-2.0
"""Settings of the SSH client (ssh_config(5))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.tables.linux import text_files
from agents.tables.linux.homes import homes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

SYSTEM: Final = "/etc/ssh/ssh_config"
FOLDER: Final = "/etc/ssh/ssh_config.d"


def ssh_configs(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the options of the system's files (uid 0) and of each account's ~/.ssh/config, in lower case as osquery does.

    `block` is the Host or Match line an option stands below, empty before the first.

    Raises:
        NotObservedError: a home or file cannot be read (root may).
    """
    system = [SYSTEM, *(f"{FOLDER}/{name}" for name in host.names(FOLDER) if name.endswith(".conf"))]
    for path in system:
        yield from _options(host, path, 0)
    for uid, _, home in homes(host, ask):
        yield from _options(host, f"{home}/.ssh/config", uid)


def _options(host: Host, path: str, uid: int) -> Iterator[Row]:
    block = ""
    for _, line in text_files.lines(host, path):
        text = line.strip().lower()
        if not text or text.startswith("#"):
            continue
        if text.replace("=", " ").split()[:1] in (["host"], ["match"]):
            block = text
        else:
            yield {"uid": uid, "block": block, "option": text, "ssh_config_file": path}
