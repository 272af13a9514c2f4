# SPDX-License-Identifier: Apache-2.0
"""How the inventory says a subject is reached: one file a way, each in the inventory's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from menshen.access import device, hub, redfish, ssh, winrm
from menshen.subject import HUB

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agents.connections.way import Way


def way(name: str, kind: str, variables: Mapping[str, Any], problems: list[str]) -> Way | None:
    """Read the way to a subject; None where it needs none or there is none. What is wrong with it is added to `problems`."""
    if variables.get("menshen_through") is not None:
        hub.check(name, kind, variables, problems)
        return None
    if kind in {"linux", "windows"} and variables.get("ansible_connection") in redfish.CONNECTIONS:
        return redfish.target(name, kind, variables, problems)
    if kind == "linux" and variables.get("ansible_connection", "ssh") in ssh.CONNECTIONS:
        return ssh.target(name, variables, problems)
    if kind in device.KINDS:
        return device.target(name, kind, variables, problems)
    if kind == "windows" and variables.get("ansible_connection") in winrm.CONNECTIONS:
        return winrm.target(name, variables, problems)
    return None


def word(kind: str, variables: Mapping[str, Any]) -> str:
    """Name how a subject is reached: snmp, nut, or Ansible's name of a connection; "" where nothing is written."""
    if variables.get("menshen_through") is not None:
        return HUB
    if kind in device.KINDS:
        return next((one for one in ("snmp", "nut") if variables.get(f"menshen_{one}") is not None), "")
    return str(variables.get("ansible_connection", "ssh"))
