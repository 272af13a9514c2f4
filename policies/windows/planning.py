# SPDX-License-Identifier: Apache-2.0
"""One plan for one PC, over all mechanisms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.windows import audit_policy, bitlocker, firewall_rules, gpo, registry, scheduled_task, security_policy, service
from policies.windows.state import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.windows.state import State

    Steps: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

MECHANISMS: Final = (
    *("audit_policy", "bitlocker", "firewall_rules", "local_group", "registry", "scheduled_task", "security_policy", "service"),
    "user_hive",
)
_UNPROVEN: Final = "this mechanism is none of Windows"


def plan(steps: Steps, state: State) -> tuple[Plan, list[str]]:
    """Compare what is wanted with what is; give what to do, and the policy values that nobody sets any more.

    Raises:
        StepError: data that cannot be carried out, or two controls that contradict each other.
    """
    made = Plan()
    wants = [
        *registry.wants(steps, state),
        *firewall_rules.wants(steps.get("firewall_rules", ()), state),
        *bitlocker.wants(steps.get("bitlocker", ())),
    ]
    registry.compare(wants, state, made)
    if "profile" in state.unread and steps.get("user_hive"):
        made.cannot(steps["user_hive"][0]["control"], registry.DEFAULT_PROFILE, state.unread["profile"])
    security_policy.compare(steps.get("security_policy", ()), state, made)
    security_policy.compare_groups(steps.get("local_group", ()), state, made)
    audit_policy.compare(steps.get("audit_policy", ()), state, made)
    service.compare(steps.get("service", ()), state, made)
    scheduled_task.compare(steps.get("scheduled_task", ()), state, made)
    bitlocker.compare(steps.get("bitlocker", ()), state, made)
    for mechanism in steps.keys() - set(MECHANISMS):
        for step in steps[mechanism]:
            made.cannot(step["control"], mechanism, _UNPROVEN)
    return made, list(gpo.tattooed(state, (want.place for want in wants)))
