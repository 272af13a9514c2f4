# SPDX-License-Identifier: Apache-2.0
"""Accounts by SID: `users`, `groups`, `user_groups`; names of well-known accounts do not follow the PC's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

_SYSTEM: Final[Mapping[str, str]] = {"S-1-5-18": "SYSTEM", "S-1-5-19": "LOCAL SERVICE", "S-1-5-20": "NETWORK SERVICE"}
# Built-in groups (MS-DTYP 2.4.2.4); Windows shows them in its own language.
_GROUPS: Final[Mapping[str, str]] = {
    "S-1-5-32-544": "Administrators",
    "S-1-5-32-545": "Users",
    "S-1-5-32-546": "Guests",
    "S-1-5-32-547": "Power Users",
    "S-1-5-32-551": "Backup Operators",
    "S-1-5-32-552": "Replicator",
    "S-1-5-32-555": "Remote Desktop Users",
    "S-1-5-32-556": "Network Configuration Operators",
    "S-1-5-32-558": "Performance Monitor Users",
    "S-1-5-32-559": "Performance Log Users",
    "S-1-5-32-562": "Distributed COM Users",
    "S-1-5-32-568": "IIS_IUSRS",
    "S-1-5-32-569": "Cryptographic Operators",
    "S-1-5-32-573": "Event Log Readers",
    "S-1-5-32-578": "Hyper-V Administrators",
    "S-1-5-32-579": "Access Control Assistance Operators",
    "S-1-5-32-580": "Remote Management Users",
    "S-1-5-32-581": "System Managed Accounts Group",
    "S-1-5-32-583": "Device Owners",
}
# Every local account's primary group is None (513).
_NONE: Final = 513


def users(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield local accounts, the three of the system, and others that have a profile here."""
    for one in pc.objects("accounts"):
        sid = str(one.get("sid"))
        rid = _rid(sid)
        if rid is None:
            continue
        builtin = sid.count("-") <= 3  # noqa: PLR2004 - S-1-5-18 and its like
        name = _SYSTEM.get(sid) or str(one.get("name") or "").rpartition("\\")[2] or None
        gid = _NONE if one.get("local") else rid if builtin else None
        yield {
            "uid": rid,
            "gid": gid,
            "uid_signed": rid,
            "gid_signed": gid,
            "username": name,
            "description": one.get("description") or "",
            "directory": one.get("directory") or "",
            "shell": "C:\\Windows\\system32\\cmd.exe",
            "uuid": sid,
            "type": "special" if builtin else "local" if one.get("local") else "roaming",
        }


def groups(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield local groups; a built-in one by its English name and without its comment, which Windows translates."""
    for one in pc.objects("local_groups"):
        sid = str(one.get("sid"))
        rid = _rid(sid)
        if rid is not None:
            name = _GROUPS.get(sid)
            yield {
                "gid": rid,
                "gid_signed": rid,
                "groupname": name or one.get("name"),
                "group_sid": sid,
                "comment": None if name else one.get("description"),
            }


def user_groups(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield who is a direct member of which local group."""
    for group in pc.objects("local_groups"):
        gid = _rid(str(group.get("sid")))
        for member in _list(group.get("members")):
            uid = _rid(str(member))
            if uid is not None and gid is not None:
                yield {"uid": uid, "gid": gid}


def _rid(sid: str) -> int | None:
    last = sid.rpartition("-")[2]
    return int(last) if sid.startswith("S-1-") and last.isdigit() else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
