# SPDX-License-Identifier: Apache-2.0
"""The processes table, read from /proc: only the files that the asked columns need."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.plain import attribute, decoded, read, shown, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row
    from policies.verdict import Cell

# A process that ended between being listed and being read answers with one of these, and with nothing else.
GONE: Final = (FileNotFoundError, ProcessLookupError)
DELETED: Final = " (deleted)"
TICKS: Final = os.sysconf("SC_CLK_TCK")
IDS: Final = re.compile(rb"\nUid:\t(\d+)\t(\d+)\t(\d+).*\nGid:\t(\d+)\t(\d+)\t(\d+)")
MEMORY: Final = re.compile(rb"\nVm(Size|RSS):\s*(\d+) kB")
STAT_COLUMNS: Final = (
    "name",
    "state",
    "parent",
    "pgroup",
    "user_time",
    "system_time",
    "nice",
    "threads",
    "start_time",
    "wired_size",
)
ID_COLUMNS: Final = ("uid", "euid", "suid", "gid", "egid", "sgid")
BYTES: Final = re.compile(rb"(\w+): (\d+)")


def processes(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the processes: sizes in bytes, times in milliseconds, start_time in Unix seconds.

    on_disk is 1, 0 or -1 as in osquery (-1: no program file, such as a kernel thread). What only the owner or root may
    see of a process is NULL.
    """
    boot = boot_time(host) if ask.wants("start_time") else None
    for pid in pids(host, ask):
        try:
            yield _row(host, pid, boot, ask)
        except GONE:
            continue


def pids(host: Host, ask: Ask) -> list[int]:
    """List the asked processes, or all, in the order of their numbers.

    Raises:
        NotObservedError: the host has no proc file system.
    """
    wanted = ask.values("pid")
    names = host.names("/proc")
    if not names:
        raise NotObservedError("/proc is not there: the host has no proc file system, or hides it")
    # Threads can be reached as /proc/TID too, but are not listed.
    listed = sorted(int(name) for name in names if name.isdecimal())
    return [pid for pid in listed if str(pid) in wanted] if wanted else listed


def boot_time(host: Host) -> int | None:
    """Give when the host was started, in Unix seconds."""
    found = re.search(r"^btime (\d+)", attribute(host, "/proc/stat") or "", re.MULTILINE)
    return int(found[1]) if found else None


def _row(host: Host, pid: int, boot: int | None, ask: Ask) -> Row:
    folder = host.place(f"/proc/{pid}")
    row: dict[str, Cell] = {"pid": pid}
    if ask.wants(*STAT_COLUMNS):
        row |= _stat(read(f"{folder}/stat"), boot)
    if ask.wants(*ID_COLUMNS, "resident_size", "total_size"):
        row |= _status(read(f"{folder}/status"))
    if ask.wants("cmdline"):
        row["cmdline"] = decoded(read(f"{folder}/cmdline")).replace("\0", " ").strip()
    if ask.wants("path", "on_disk"):
        row |= _program(host, folder)
    for column in ("cwd", "root"):
        if ask.wants(column):
            row[column] = target(f"{folder}/{column}")
    if ask.wants("disk_bytes_read", "disk_bytes_written"):
        row |= _traffic(folder)
    if ask.wants("cgroup_path"):
        row["cgroup_path"] = decoded(read(f"{folder}/cgroup").partition(b"\n")[0]).partition(":")[2].partition(":")[2]
    return row


def _stat(content: bytes, boot: int | None) -> dict[str, Cell]:
    # The name stands in parentheses and may itself hold any byte, so the last one ends it.
    head, _, tail = content.rpartition(b") ")
    fields = tail.split()
    return {
        "name": decoded(head.partition(b" (")[2]),
        "state": fields[0].decode(),
        "parent": int(fields[1]),
        "pgroup": int(fields[2]),
        "user_time": int(fields[11]) * 1000 // TICKS,
        "system_time": int(fields[12]) * 1000 // TICKS,
        "nice": int(fields[16]),
        "threads": int(fields[17]),
        "start_time": None if boot is None else boot + int(fields[19]) // TICKS,
        "wired_size": 0,
    }


def _status(content: bytes) -> dict[str, Cell]:
    found = IDS.search(content)
    uid, euid, suid, gid, egid, sgid = (int(number) for number in found.groups()) if found else [None] * 6
    # A kernel thread has no memory of its own and no such lines.
    sizes = {name: int(number) * 1024 for name, number in MEMORY.findall(content)}
    ids = {"uid": uid, "euid": euid, "suid": suid, "gid": gid, "egid": egid, "sgid": sgid}
    return {**ids, "resident_size": sizes.get(b"RSS", 0), "total_size": sizes.get(b"Size", 0)}


def target(path: str) -> str | None:
    """Read a link of /proc: empty where the kernel has none (a kernel thread), None where it may not be read."""
    try:
        return shown(os.readlink(path))  # noqa: PTH115 - a Path costs more than the call
    except FileNotFoundError:
        return ""
    except PermissionError:
        return None


def _program(host: Host, folder: str) -> dict[str, Cell]:
    path = target(f"{folder}/exe")
    if not path:
        return {"path": path, "on_disk": -1 if path == "" else None}
    if path.endswith(DELETED) and not _is_it(host, path, folder):
        return {"path": path.removesuffix(DELETED), "on_disk": 0}
    return {"path": path, "on_disk": int(os.path.exists(host.place(path, follow=True)))}  # noqa: PTH110 - as above


def _is_it(host: Host, path: str, folder: str) -> bool:
    """Tell whether a program file is really named so, " (deleted)" and all."""
    try:
        return os.path.samefile(host.place(path, follow=True), f"{folder}/exe")  # noqa: PTH121 - as above
    except OSError:
        return False


def _traffic(folder: str) -> dict[str, Cell]:
    try:
        found = dict(BYTES.findall(read(f"{folder}/io")))
    except PermissionError:
        return {}
    written = (whole(found.get(b"write_bytes")) or 0) - (whole(found.get(b"cancelled_write_bytes")) or 0)
    return {"disk_bytes_read": whole(found.get(b"read_bytes")), "disk_bytes_written": written}
