# SPDX-License-Identifier: Apache-2.0
"""What Windows audits, by the GUIDs of auditpol's sub-categories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policies.windows.state import Change, Command, StepError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.windows.state import Plan, State

UNREAD: Final = "auditpol"
_GUID: Final = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}\Z")
_WORDS: Final = ("none", "success", "failure", "success, failure")


def compare(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Add to `plan` the sub-categories that audit too little; what audits more than is wanted stays."""
    wanted: dict[str, tuple[int, str]] = {}
    for step in steps:
        guid = str(step["guid"]).upper()
        if not _GUID.match(guid):
            message = f"{step['control']}: {guid!r} is no GUID"
            raise StepError(message)
        before = wanted.get(guid, (0, ""))[0]
        # Of two controls, each audits what it needs.
        wanted[guid] = (before | int(step["setting"]), step["control"])
    for guid, (setting, control) in wanted.items():
        if UNREAD in state.unread or guid not in state.audit:
            plan.cannot(control, guid, state.unread.get(UNREAD, "this Windows has no such sub-category"))
            continue
        now = state.audit[guid]
        if now | setting != now:
            new = now | setting
            plan.change(Change(control, "audit_policy", guid, _WORDS[now], _WORDS[new]))
            plan.commands.append(Command(_line(guid, new), _line(guid, now)))


def _line(guid: str, setting: int) -> str:
    success, failure = ("enable" if setting & bit else "disable" for bit in (1, 2))
    return f"auditpol.exe /set /subcategory:{guid} /success:{success} /failure:{failure}"
