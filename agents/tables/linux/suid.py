# SPDX-License-Identifier: Apache-2.0
"""Programs that run with the rights of their owner or group."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import Ask, NotObservedError
from agents.tables.linux import accounts
from agents.tables.linux.plain import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Row

FOLDERS: Final = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/tmp")  # noqa: S108 - looked at


def suid_bin(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the files with such rights in the folders osquery looks through, and below: `permissions` is S, G or SG.

    A name without an account is its number. /bin is passed over where it is a link to /usr/bin.

    Raises:
        NotObservedError: a folder may not be listed (root may).
    """
    del ask
    everything = Ask(frozenset({"uid", "gid", "username", "groupname"}))
    owners = {row["uid"]: row["username"] for row in accounts.users(host, everything)}
    groups = {row["gid"]: row["groupname"] for row in accounts.groups(host, everything)}
    for folder in FOLDERS:
        place = host.place(folder)
        if os.path.islink(place):  # noqa: PTH114 - a text from here on
            continue
        for path, state in _files(place):
            letters = "S" * bool(state.st_mode & stat.S_ISUID) + "G" * bool(state.st_mode & stat.S_ISGID)
            if letters:
                yield {
                    "path": shown(f"{folder}{path.removeprefix(place)}"),
                    "username": owners.get(state.st_uid, str(state.st_uid)),
                    "groupname": groups.get(state.st_gid, str(state.st_gid)),
                    "permissions": letters,
                }


def _files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    state = _state(entry)
                    if state:
                        yield entry.path, state
    except (FileNotFoundError, NotADirectoryError):
        return
    except PermissionError as error:
        raise NotObservedError(needs_root(folder)) from error


def _state(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        # Gone since the folder was listed.
        return None
