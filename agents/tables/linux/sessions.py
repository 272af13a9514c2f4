# SPDX-License-Identifier: Apache-2.0
"""Who is logged in and who was: the utmp and wtmp records of a Linux host (man 5 utmp).

Systems that gave these files up (Debian 13) have none, and then no rows; who is logged in is then taken from the
session files of systemd-logind.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from agents.tables.linux.plain import decoded, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# glibc bits/utmp.h where __WORDSIZE_TIME64_COMPAT32 (x86-64): type pid line id user host exit session sec usec address.
RECORD: Final = struct.Struct("<hxxi32s4s32s256s2hiiI16s20s")
SYSTEMD_SESSIONS: Final = "/run/systemd/sessions"
TYPES: Final = (
    ("empty", "empty"), ("runlevel", "runlevel"), ("boot_time", "boot-time"), ("new_time", "new-time"),
    ("old_time", "old-time"), ("init", "init-process"), ("login", "login-process"), ("user", "user-process"),
    ("dead", "dead-process"), ("accounting", "accounting"),
)  # fmt: skip
USER_PROCESS: Final = 7
DEAD_PROCESS: Final = 8


class Entry(NamedTuple):
    """A record of utmp or wtmp; time in Unix seconds."""

    type: int
    pid: int
    tty: str
    user: str
    host: str
    time: int


def logged_in_users(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the records of utmp, those of the init process left out as osquery does."""
    del ask
    content = host.data("/run/utmp")
    if content is None:
        yield from _systemd_sessions(host)
        return
    for entry in entries(content):
        if entry.pid != 1:
            kind = TYPES[entry.type][0] if 0 <= entry.type < len(TYPES) else "unknown"
            yield {"type": kind, "user": entry.user, **_shared(entry)}


def last(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the log-ons and log-offs of wtmp, oldest first."""
    del ask
    for entry in entries(host.data("/var/log/wtmp") or b""):
        if entry.type in {USER_PROCESS, DEAD_PROCESS}:
            yield {"username": entry.user, "type": entry.type, "type_name": TYPES[entry.type][1], **_shared(entry)}


def entries(content: bytes) -> Iterator[Entry]:
    """Read the records of a utmp or wtmp file; one torn off at the end is no record."""
    for at in range(0, len(content) - RECORD.size + 1, RECORD.size):
        kind, pid, line, _id, user, source, *_exit, _session, seconds, _micro, _address, _unused = RECORD.unpack_from(content, at)
        yield Entry(kind, pid, _text(line), _text(user), _text(source), seconds)


def _shared(entry: Entry) -> Row:
    return {"tty": entry.tty, "host": entry.host, "time": entry.time, "pid": entry.pid}


def _text(field: bytes) -> str:
    return decoded(field.partition(b"\0")[0])


def _systemd_sessions(host: Host) -> Iterator[Row]:
    for name in host.names(SYSTEMD_SESSIONS):
        # NAME.ref is a pipe that keeps the session open; a session file is plain KEY=value text.
        if name.isalnum():
            pairs = (line.partition("=") for _number, line in host.lines(f"{SYSTEMD_SESSIONS}/{name}"))
            found = {key: value for key, _, value in pairs}
            yield {
                "type": "user",
                "user": found.get("USER", ""),
                "tty": found.get("TTY", ""),
                "host": found.get("REMOTE_HOST", ""),
                "time": None if (micro := whole(found.get("REALTIME"))) is None else micro // 1_000_000,
                "pid": whole(found.get("LEADER")),
            }
