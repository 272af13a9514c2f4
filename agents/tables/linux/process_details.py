# SPDX-License-Identifier: Apache-2.0
"""What processes hold: open files, environment, memory map, namespaces.

Unlike a column, a whole process cannot be NULL: where only root may look into one, the table is not observed, unless
the query asks for processes that may be looked into.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError
from agents.tables.linux.plain import decoded, read, shown, whole
from agents.tables.linux.processes import GONE, pids, target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agents.host import Host
    from agents.source import Ask, Row

NAMESPACES: Final = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")


def process_open_files(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the files (no sockets, pipes or other things without a path) that processes hold open.

    Raises:
        NotObservedError: a process may be looked into by root only.
    """
    return _each(host, ask, "fd", _open_files)


def process_envs(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the variables processes were started with. Raises as `process_open_files`."""
    return _each(host, ask, "environ", _envs)


def process_memory_map(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the mapped regions of processes, addresses as 0x text. Raises as `process_open_files`."""
    return _each(host, ask, "maps", _regions)


def process_namespaces(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the inode numbers of the namespaces of processes; NULL where only root may see them."""
    for pid in pids(host, ask):
        links = {name: target(host.place(f"/proc/{pid}/ns/{name}")) for name in NAMESPACES}
        if any(found != "" for found in links.values()):
            yield {"pid": pid, **{f"{name}_namespace": _inode(found) for name, found in links.items()}}


def _each(host: Host, ask: Ask, item: str, rows: Callable[[str, int], Iterator[Row]]) -> Iterator[Row]:
    for pid in pids(host, ask):
        path = host.place(f"/proc/{pid}/{item}")
        try:
            yield from list(rows(path, pid))
        except GONE:
            continue
        except PermissionError as error:
            raise NotObservedError(needs_root(f"/proc/{pid}/{item}")) from error


def _open_files(path: str, pid: int) -> Iterator[Row]:
    for fd in os.listdir(path):  # noqa: PTH208 - names, not paths
        try:
            found = os.readlink(f"{path}/{fd}")  # noqa: PTH115 - a Path costs more than the call
        except FileNotFoundError:
            continue  # closed meanwhile
        if found.startswith("/"):
            yield {"pid": pid, "fd": int(fd), "path": shown(found)}


def _envs(path: str, pid: int) -> Iterator[Row]:
    for variable in read(path).split(b"\0"):
        if variable:
            key, _, value = decoded(variable).partition("=")
            yield {"pid": pid, "key": key, "value": value}


def _regions(path: str, pid: int) -> Iterator[Row]:
    for line in read(path).split(b"\n"):
        if line:
            addresses, permissions, offset, device, inode, *rest = line.split(maxsplit=5)
            start, _, end = addresses.partition(b"-")
            named = shown(os.fsdecode(rest[0])) if rest else ""
            yield {
                "pid": pid,
                "start": f"0x{start.decode()}",
                "end": f"0x{end.decode()}",
                "permissions": permissions.decode(),
                "offset": whole(offset, 16),
                "device": device.decode(),
                "inode": whole(inode),
                "path": named,
                "pseudo": int(inode == b"0" and bool(named)),
            }


def _inode(linked: str | None) -> str | None:
    """Read the number of a link such as net:[4026531840]."""
    return None if linked is None else linked.partition("[")[2].rstrip("]")
