# SPDX-License-Identifier: Apache-2.0
"""Effective settings that a program prints itself: the SSH server's and APT's."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from agents.host import COMMAND_PATH, needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

APT_LINE: Final = re.compile(r'(\S+) "(.*)";')


def sshd_config(host: Host, ask: Ask) -> Iterator[Row]:
    """Give what `sshd -T` prints: keys in lower case, one row for each value of a repeated key; none without sshd.

    The settings are those outside Match blocks.

    Raises:
        NotObservedError: not root, a recorded tree, or sshd refuses its configuration.
    """
    del ask
    if not installed(host, "sshd"):
        return
    if host.live and os.geteuid():
        raise NotObservedError(needs_root("the effective configuration of sshd"))
    yield from sshd_settings(host.run("sshd", "-T"))


def sshd_settings(printed: str) -> Iterator[Row]:
    """Read the lines of `sshd -T`."""
    for line in filter(str.strip, printed.splitlines()):
        key, _, value = line.strip().partition(" ")
        yield {"key": key.lower(), "value": value}


def apt_config(host: Host, ask: Ask) -> Iterator[Row]:
    """Give what `apt-config dump` prints; the keys of lists end in `::`. None without APT.

    Raises:
        NotObservedError: a recorded tree, or APT refuses its configuration.
    """
    del ask
    if installed(host, "apt-config"):
        yield from apt_settings(host.run("apt-config", "dump"))


def apt_settings(printed: str) -> Iterator[Row]:
    """Read the lines of `apt-config dump`.

    Raises:
        NotObservedError: a line has another form.
    """
    for line in filter(None, printed.splitlines()):
        found = APT_LINE.fullmatch(line)
        if found is None:
            message = f"apt-config printed a line of an unknown form: {line[:80]!r}"
            raise NotObservedError(message)
        yield {"key": found[1], "value": found[2]}


def installed(host: Host, tool: str) -> bool:
    """Tell whether a program lies where `Host.run` would look for it."""
    return any(host.path(f"{folder}/{tool}").exists() for folder in COMMAND_PATH.split(":"))
