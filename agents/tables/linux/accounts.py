# SPDX-License-Identifier: Apache-2.0
"""Accounts of a Linux host: users, groups, who is in which, and the state of passwords.

Only the host's own files are read, as osquery does; lines are taken as the C library takes them, so that no account
hides behind a line it would accept (glibc nss/nss_files, man 5 passwd, group and shadow).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.tables.linux.plain import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

LARGEST_ID: Final = 0xFFFFFFFF
NUMBER: Final = re.compile(r"\s*([+-]?)([0-9]+)")
HASH_ALGORITHM: Final = re.compile(r"\$(\w+)\$")
SHADOW_NUMBERS: Final = ("last_change", "min", "max", "warning", "inactive", "expire", "flag")


def users(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the accounts of /etc/passwd."""
    del ask
    for name, uid, gid, (description, directory, shell) in _accounts(host):
        yield {
            "uid": uid,
            "gid": gid,
            "uid_signed": _signed(uid),
            "gid_signed": _signed(gid),
            "username": name,
            "description": description,
            "directory": directory,
            "shell": shell,
            "uuid": "",
        }


def groups(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the groups of /etc/group."""
    del ask
    for name, gid, _members in _groups(host):
        yield {"gid": gid, "gid_signed": _signed(gid), "groupname": name}


def user_groups(host: Host, ask: Ask) -> Iterator[Row]:
    """Give which account is in which group, by its primary group or by being listed; each pair once."""
    del ask
    listed: dict[str, list[int]] = {}
    for _name, gid, members in _groups(host):
        for member in members:
            listed.setdefault(member, []).append(gid)
    pairs = ((uid, gid) for name, uid, primary, _rest in _accounts(host) for gid in (primary, *listed.get(name, ())))
    for uid, gid in dict.fromkeys(pairs):
        yield {"uid": uid, "gid": gid}


def shadow(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the state of passwords, never the hash: days since 1970 and days, -1 where a field is empty.

    Raises:
        NotObservedError: only root may read it.
    """
    del ask
    for fields in _records(host, "/etc/shadow"):
        if len(fields) > 1 and fields[0]:
            numbers = [*fields[2:9], *[""] * (9 - len(fields))]
            yield {
                "username": fields[0],
                "password_status": _status(fields[1]),
                "hash_alg": found[1] if (found := HASH_ALGORITHM.match(fields[1])) else "",
                **{name: _days(text) for name, text in zip(SHADOW_NUMBERS, numbers, strict=True)},
            }


def _status(password: str) -> str:
    if password == "!!":  # noqa: S105 - what useradd of Red Hat writes before a first password
        return "not_set"
    if password.startswith(("!", "*", "x")):
        return "locked"
    return "active" if password else "empty"


def _days(text: str) -> int | None:
    if not text.strip():
        return -1
    return whole(text) if NUMBER.fullmatch(text.rstrip()) else None


def _accounts(host: Host) -> Iterator[tuple[str, int, int, list[str]]]:
    for fields in _records(host, "/etc/passwd"):
        name, _password, *rest = [*fields, *[""] * (7 - len(fields))]
        uid, gid = _id(rest[0]), _id(rest[1])
        # A name that begins with + or - is no account: it includes or bars names of NIS.
        if name and uid is not None and gid is not None and name[0] not in "+-":
            yield name, uid, gid, [rest[2], rest[3], ":".join(rest[4:])]


def _groups(host: Host) -> Iterator[tuple[str, int, list[str]]]:
    for fields in _records(host, "/etc/group"):
        name, _password, number, members = [*fields, *[""] * (4 - len(fields))][:4]
        gid = _id(number)
        if name and gid is not None and name[0] not in "+-":
            yield name, gid, [member.strip() for member in members.split(",") if member.strip()]


def _records(host: Host, path: str) -> Iterator[list[str]]:
    for _number, line in host.lines(path):
        if (record := line.lstrip()) and not record.startswith("#"):
            yield record.split(":")


def _id(text: str) -> int | None:
    """Read an id as strtou32 of glibc does: too large and negative ones become the largest."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return None
    number = int(found[2][:11])
    return LARGEST_ID if number > LARGEST_ID or (found[1] == "-" and number) else number


def _signed(number: int) -> int:
    return number - LARGEST_ID - 1 if number > LARGEST_ID // 2 else number
