# SPDX-License-Identifier: Apache-2.0
"""Software: `programs`, `patches`, `patch_state`, `windows_optional_features`, `windows_security_products`, `scheduled_tasks`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc
    from policies.verdict import Cell

_UNINSTALL: Final = r"Software\Microsoft\Windows\CurrentVersion\Uninstall"
_MACHINE: Final = (
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
)
_PROGRAM: Final[Mapping[str, str]] = {
    "name": "displayname",
    "version": "displayversion",
    "install_location": "installlocation",
    "install_source": "installsource",
    "language": "language",
    "publisher": "publisher",
    "uninstall_string": "uninstallstring",
    "install_date": "installdate",
}
_FEATURES: Final[Mapping[int, str]] = {1: "Enabled", 2: "Disabled", 3: "Absent", 4: "Unknown"}
# productState of SecurityCenter2: bits 12-15 the state, bits 4-7 not zero where signatures are out of date.
_STATES: Final[Mapping[int, str]] = {0: "Off", 1: "On", 2: "Snoozed", 3: "Expired"}
_TASKS: Final[Mapping[int, str]] = {0: "unknown", 1: "disabled", 2: "queued", 3: "ready", 4: "running"}
# What the task scheduler gives for "never": 1899-12-30 and 1999-11-30.
_NEVER: Final = 946_684_800


def programs(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield what is registered for removal, for the machine and for every user whose hive is loaded."""
    hive = pc.hive
    users = [f"{user}\\{_UNINSTALL}" for user in hive.below("HKEY_USERS") if not user.endswith("_Classes")]
    for root in (*_MACHINE, *users):
        for path in hive.below(root):
            key = hive.key(path)
            values: dict[str, Cell] = {value.name.lower(): value.data for value in key.values} if key else {}
            if values.get("displayname"):
                row = {column: values.get(name, "") for column, name in _PROGRAM.items()}
                yield {**row, "identifying_number": path.rpartition("\\")[2]}


def patches(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield installed updates."""
    for one in pc.objects("patches"):
        installed = one.get("installed")
        yield {
            **{column: one.get(column) for column in ("csname", "hotfix_id", "caption", "description", "installed_by")},
            "fix_comments": "",
            "install_date": "",
            "installed_on": time.strftime("%m/%d/%Y", time.gmtime(installed)) if isinstance(installed, int) else "",
        }


def patch_state(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield when Windows Update last searched and last installed with success, Unix seconds."""
    for one in pc.objects("updates"):
        yield {"manager": "windows_update", "last_refresh": one.get("searched"), "last_upgrade": one.get("installed")}


def windows_optional_features(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield optional features: state 1 enabled, 2 disabled, 3 absent."""
    for one in pc.objects("features"):
        state = one.get("state")
        yield {"name": one.get("name"), "caption": one.get("caption"), "state": state, "statename": _FEATURES.get(state or 0)}


def windows_security_products(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield what has registered with the Security Center; Windows Server has none."""
    for one in pc.objects("security_products"):
        state = one.get("state")
        bits = state if isinstance(state, int) else 0
        yield {
            "type": one.get("type"),
            "name": one.get("name"),
            "state": _STATES.get(bits >> 12 & 0xF) if isinstance(state, int) else None,
            "state_timestamp": one.get("timestamp"),
            "remediation_path": one.get("remediation_path"),
            "signatures_up_to_date": int(bits & 0xF0 == 0) if isinstance(state, int) else None,
        }


def scheduled_tasks(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield scheduled tasks; times in Unix seconds, 0 for never."""
    for one in pc.objects("scheduled_tasks"):
        actions = one.get("actions")
        code = one.get("result")
        yield {
            "name": one.get("name"),
            "action": ", ".join(map(str, actions)) if isinstance(actions, list) else actions,
            "path": one.get("path"),
            "enabled": int(bool(one.get("enabled"))),
            "state": _TASKS.get(one.get("state", 0)),
            "hidden": int(bool(one.get("hidden"))),
            "last_run_time": _moment(one.get("last_run")),
            "next_run_time": _moment(one.get("next_run")),
            "last_run_code": None if code is None else str(code),
        }


def _moment(value: object) -> int:
    return value if isinstance(value, int) and value >= _NEVER else 0
