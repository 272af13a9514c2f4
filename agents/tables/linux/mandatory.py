# SPDX-License-Identifier: Apache-2.0
"""Mandatory access control: SELinux's settings and AppArmor's profiles, as the kernel shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError
from agents.tables.linux.plain import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

SELINUX: Final = "/sys/fs/selinux"
PLAIN: Final = ("checkreqprot", "deny_unknown", "enforce", "mls", "policyvers", "reject_unknown")
SCOPES: Final = ("booleans", "initial_contexts", "policy_capabilities")
APPARMOR: Final = "/sys/kernel/security/apparmor/policy"
APPARMOR_ON: Final = "/sys/module/apparmor/parameters/enabled"
DEPTH_LIMIT: Final = 32


def selinux_settings(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the settings of SELinux; none where the kernel has none. Booleans are 0 or 1, as in force now."""
    del ask
    for key in PLAIN:
        value = attribute(host, f"{SELINUX}/{key}")
        if value is not None:
            yield {"scope": "", "key": key, "value": value}
    for scope in SCOPES:
        for key in host.names(f"{SELINUX}/{scope}"):
            value = attribute(host, f"{SELINUX}/{scope}/{key}") or ""
            # A boolean's file holds what is in force and what is pending.
            yield {"scope": scope, "key": key, "value": value.split(" ")[0] if scope == "booleans" else value}


def apparmor_profiles(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the loaded profiles with their mode; `path` is the name in the kernel's list. None where AppArmor is off.

    Raises:
        NotObservedError: AppArmor is on, and only root may see its profiles.
    """
    del ask
    on = (attribute(host, APPARMOR_ON) or "").upper() == "Y"
    if on and not host.names(APPARMOR):
        raise NotObservedError(needs_root(f"the list of AppArmor profiles ({APPARMOR})"))
    yield from _profiles(host, APPARMOR, "", DEPTH_LIMIT)


def _profiles(host: Host, folder: str, above: str, depth: int) -> Iterator[Row]:
    for entry in host.names(f"{folder}/profiles") if depth else ():
        place = f"{folder}/profiles/{entry}"
        name = attribute(host, f"{place}/name")
        if name is None:
            continue
        path = f"{above}{entry}"
        found = {column: attribute(host, f"{place}/{column}") or "" for column in ("attach", "mode", "sha1", "sha256")}
        yield {"path": path, "name": name, **found}
        yield from _profiles(host, place, f"{path}/", depth - 1)
