# SPDX-License-Identifier: Apache-2.0
"""Firmware of a machine as a whole, its passwords, and the settings its maker lets Linux see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.firmware import VARIABLES, platform_info, secureboot, structures
from agents.tables.linux.plain import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

TABLE: Final = "/sys/firmware/dmi/tables/DMI"
ATTRIBUTES: Final = "/sys/class/firmware-attributes"
# Hardware Security structure: the byte after the header holds four states of two bits (DMTF DSP0134, 7.25).
HARDWARE_SECURITY: Final = 24
SETTINGS: Final = 4
POWER_ON_SHIFT: Final = 6
ADMIN_SHIFT: Final = 2
ROLES: Final = {"admin_password_status": "bios-admin", "power_on_password_status": "power-on"}
NOT_IMPLEMENTED: Final = 2


def firmware(host: Host, ask: Ask) -> Iterator[Row]:
    """Give one row: `mode` is uefi or bios; secure_boot is 0 where the firmware cannot do it (BIOS, or no such variable).

    The password states are those of SMBIOS type 24. Where that says not implemented, unknown or nothing, and the maker's
    driver shows the password (firmware-attributes), they are the driver's 0 or 1; `evidence` names what was read.

    Raises:
        NotObservedError: the machine shows no firmware (a container, some boards), or password states are asked without root.
    """
    shown = next(iter(platform_info(host, ask)), None)
    if shown is None:
        message = "this machine does not show its firmware (/sys/class/dmi/id)"
        raise NotObservedError(message)
    uefi = shown["firmware_type"] == "uefi"
    row = {
        "vendor": shown["vendor"],
        "version": shown["version"],
        "release_date": shown["date"],
        "mode": shown["firmware_type"],
        "secure_boot": 0,
        "setup_mode": None,
    }
    if uefi:
        row.update(next(iter(secureboot(host, ask))))
        if row["secure_boot"] is None and host.names(VARIABLES):
            row["secure_boot"] = 0
    if ask.wants("admin_password_status", "power_on_password_status", "evidence"):
        row.update(_passwords(host))
    yield row


def _passwords(host: Host) -> dict[str, str | int | None]:
    states = password_states(host.data(TABLE) or b"")
    evidence = ["SMBIOS type 24"] if states else []
    found: dict[str, str | int | None] = dict.fromkeys(ROLES)
    found.update(states)
    for column, role in ROLES.items():
        given = found[column]
        path = _role(host, role) if given is None or int(given) >= NOT_IMPLEMENTED else None
        enabled = attribute(host, f"{path}/is_enabled") if path else None
        if enabled in {"0", "1"}:
            found[column] = int(enabled)
            evidence.append(f"{path}/is_enabled")
    return {**found, "evidence": ", ".join(evidence)}


def password_states(table: bytes) -> dict[str, int]:
    """Read the administrator and power-on password states of an SMBIOS table; empty where it has no (whole) type 24."""
    for structure in structures(table):
        if structure[0] == HARDWARE_SECURITY and structure[1] > SETTINGS and len(structure) > SETTINGS:
            settings = structure[SETTINGS]
            return {
                "admin_password_status": settings >> ADMIN_SHIFT & 3,
                "power_on_password_status": settings >> POWER_ON_SHIFT & 3,
            }
    return {}


def _role(host: Host, role: str) -> str | None:
    for driver in host.names(ATTRIBUTES):
        folder = f"{ATTRIBUTES}/{driver}/authentication"
        for name in host.names(folder):
            if attribute(host, f"{folder}/{name}/role") == role:
                return f"{folder}/{name}"
    return None


def firmware_settings(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the maker's settings by the names of its driver (`source`, such as thinklmi); none where it has no driver.

    `possible` holds the values a setting can take, divided by semicolons, or the bounds of a number as `low-high`.

    Raises:
        NotObservedError: a value cannot be read (only root may).
    """
    for driver in host.names(ATTRIBUTES):
        folder = f"{ATTRIBUTES}/{driver}/attributes"
        for name in host.names(folder):
            if not host.path(f"{folder}/{name}").is_dir():
                continue
            value = host.text(f"{folder}/{name}/current_value") if ask.wants("value") else None
            yield {
                "name": name,
                "value": None if value is None else value.strip(),
                "possible": _possible(host, f"{folder}/{name}"),
                "source": driver,
            }


def _possible(host: Host, folder: str) -> str:
    values = attribute(host, f"{folder}/possible_values")
    if values is not None:
        return re.sub(r"[;,\s]*$", "", values)
    low, high = attribute(host, f"{folder}/min_value"), attribute(host, f"{folder}/max_value")
    return f"{low}-{high}" if low is not None and high is not None else ""
