# SPDX-License-Identifier: Apache-2.0
"""The table `windows_firewall_rules`, from the registry's own form of a rule (MS-GPFAS 2.2.2.19): `v2.30|Action=Block|…|`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

_RULES: Final = (
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules",
    r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules",
)
_PROFILES: Final = ("Domain", "Private", "Public")


def windows_firewall_rules(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the rules of the PC and those of policies; a name that is a reference into a DLL stays one in every language."""
    for path in _RULES:
        key = pc.hive.key(path)
        for value in key.values if key else ():
            parts = _parts(str(value.data))
            if parts:
                yield _row(value.name, parts)


def _parts(text: str) -> dict[str, list[str]]:
    version, *fields = text.split("|")
    found: dict[str, list[str]] = {}
    for field in fields if version.startswith("v2.") else ():
        name, equals, value = field.partition("=")
        if equals:
            found.setdefault(name, []).append(value)
    return found


def _row(identity: str, parts: dict[str, list[str]]) -> Row:
    def text(*names: str) -> str:
        return ",".join(value for name in names for value in parts.get(name, ()))

    profiles = parts.get("Profile")
    return {
        "name": text("Name") or identity,
        "app_name": text("App"),
        "action": text("Action"),
        "enabled": int(text("Active").upper() == "TRUE"),
        "grouping": text("EmbedCtxt"),
        "direction": text("Dir"),
        "protocol": text("Protocol") or "Any",
        "local_addresses": text("LA4", "LA6") or "*",
        "remote_addresses": text("RA4", "RA6") or "*",
        "local_ports": text("LPort", "LPort2_10") or "*",
        "remote_ports": text("RPort", "RPort2_10") or "*",
        "icmp_types_codes": text("ICMP4", "ICMP6"),
        # A rule without a profile applies in all.
        **{f"profile_{name.lower()}": int(profiles is None or name in profiles) for name in _PROFILES},
        "service_name": text("Svc"),
    }
