# SPDX-License-Identifier: Apache-2.0
"""Tables of a Windows PC, made of what one visit brought: no text in the PC's language is ever read.

`TABLES` says which function serves which table, as `module:function`; `OBJECTS` which scripts a table needs, so that all
tables of an audit travel in one visit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

    TableFunction = Callable[[Pc, Ask], Iterable[Row]]

TABLES: Final[Mapping[str, str]] = {
    "agent_state": "services:agent_state",
    "audit_policy": "policy:audit_policy",
    "bitlocker_info": "hardware:bitlocker_info",
    "disk_info": "hardware:disk_info",
    "file": "files:file",
    "firmware": "firmware:firmware",
    "firmware_settings": "firmware:firmware_settings",
    "groups": "accounts:groups",
    "interface_addresses": "network:interface_addresses",
    "interface_details": "network:interface_details",
    "listening_ports": "services:listening_ports",
    "logical_drives": "hardware:logical_drives",
    "ntdomains": "network:ntdomains",
    "os_version": "system:os_version",
    "patch_state": "software:patch_state",
    "patches": "software:patches",
    "processes": "services:processes",
    "programs": "software:programs",
    "registry": "registry:registry",
    "scheduled_tasks": "software:scheduled_tasks",
    "secureboot": "hardware:secureboot",
    "security_policy": "policy:security_policy",
    "security_profile_info": "policy:security_profile_info",
    "services": "services:services",
    "shared_resources": "network:shared_resources",
    "system_info": "system:system_info",
    "time": "system:time",
    "tpm_info": "hardware:tpm_info",
    "uptime": "system:uptime",
    "user_groups": "accounts:user_groups",
    "users": "accounts:users",
    "windows_firewall_rules": "firewall:windows_firewall_rules",
    "windows_optional_features": "software:windows_optional_features",
    "windows_security_products": "software:windows_security_products",
    "wmi_bios_info": "hardware:wmi_bios_info",
}
# Tables made of the exported registry and policies.
EXPORTED: Final = frozenset(
    {
        *("audit_policy", "os_version", "programs", "registry", "secureboot", "security_policy", "security_profile_info"),
        *("firmware", "windows_firewall_rules"),
    }
)
OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "agent_state": ("services",),
    "bitlocker_info": ("bitlocker",),
    "disk_info": ("disks",),
    "firmware": ("bios_passwords", "secure_boot", "system", "tpm"),
    "firmware_settings": ("bios_settings",),
    "groups": ("local_groups",),
    "interface_addresses": ("adapters",),
    "interface_details": ("adapters",),
    "listening_ports": ("ports",),
    "logical_drives": ("drives",),
    "ntdomains": ("domains",),
    "os_version": ("system",),
    "patch_state": ("updates",),
    "patches": ("patches",),
    "processes": ("processes",),
    "scheduled_tasks": ("scheduled_tasks",),
    "secureboot": ("secure_boot",),
    "services": ("services",),
    "shared_resources": ("shares",),
    "system_info": ("system",),
    "tpm_info": ("tpm",),
    "uptime": ("system",),
    "user_groups": ("local_groups",),
    "users": ("accounts",),
    "windows_optional_features": ("features",),
    "windows_security_products": ("security_products",),
    "wmi_bios_info": ("bios_settings",),
}


def function(table: str) -> TableFunction:
    """Give the function of a table of `TABLES`, importing its module when it is first asked."""
    module, _, name = TABLES[table].partition(":")
    loaded: Any = import_module(f"{__name__}.{module}")
    return cast("TableFunction", getattr(loaded, name))
