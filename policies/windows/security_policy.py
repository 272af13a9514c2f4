# SPDX-License-Identifier: Apache-2.0
"""Security policy, user rights and members of local groups, through secedit: one template for all of it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from policies.formats import inf
from policies.windows.state import Change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.windows.state import Plan, State

UNREAD: Final = "secedit"
MEMBERS: Final = "__Members"


def compare(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Add to `plan` what differs from an export of secedit."""
    for step in steps:
        section, name, value = step["section"], step["name"], str(step["value"])
        if UNREAD in state.unread:
            plan.cannot(step["control"], name, state.unread[UNREAD])
            continue
        former = state.policy.get(section, {}).get(name)
        if section == inf.PRIVILEGE_RIGHTS:
            value = _right(former or "", value, merge=bool(step.get("merge")))
            # A right that nobody has is no line of the export.
            former = former or ""
        if former is None or former != value:
            _differs(step["control"], section, name, (former, value), state, plan)


def compare_groups(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Add to `plan` which members local groups, named by SID, must lose; nobody is made a member."""
    for step in steps:
        group, members = step["group"], step["members"]
        former = state.groups.get(group)
        if former is None:
            plan.cannot(step["control"], group, state.unread.get("groups", "no such group on this PC"))
            continue
        # `S-1-5-21-*-500` is the account 500 of whatever computer or domain.
        keep = frozenset(sid for sid in former if any(fnmatchcase(sid, one) for one in members))
        if keep != former:
            before, after = ",".join(sorted(former)), ",".join(sorted(keep))
            plan.change(Change(step["control"], "local_group", group, before, after))
            lines = plan.policy.setdefault(inf.GROUP_MEMBERSHIP, {})
            lines[f"*{group}{MEMBERS}"] = (_starred(former), _starred(keep))


def _differs(control: str, section: str, name: str, values: tuple[str | None, str], state: State, plan: Plan) -> None:
    former, new = values
    gpo = state.gpo.get((section.lower(), name.lower()))
    if gpo:
        plan.cannot(control, name, f"set to {former or 'nobody'} by a GPO ({gpo}): change it there, or it comes back")
        return
    plan.change(Change(control, "security_policy", name, former, new))
    # What was not in the export cannot be taken back by a template; the export that is kept beside tells.
    plan.policy.setdefault(section, {})[name] = (new if former is None else former, new)


def _right(former: str, wanted: str, *, merge: bool) -> str:
    """Give the accounts of a right in the order of the export where they are the same."""
    now, then = inf.members(former), inf.members(wanted)
    if merge:
        return former if then <= now else ",".join(part for part in (former, wanted) if part)
    return former if now == then else wanted


def _starred(sids: frozenset[str]) -> str:
    return ",".join(f"*{sid}" for sid in sorted(sids))
