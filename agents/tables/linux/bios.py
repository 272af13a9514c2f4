# SPDX-License-Identifier: Apache-2.0
"""Firmware of a machine as a whole, its passwords, and the settings its maker lets Linux see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux import password_state
from agents.tables.linux.firmware import VARIABLES, machine, platform_info, secureboot, structures
from agents.tables.linux.password_state import ATTRIBUTES
from agents.tables.linux.plain import attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

TABLE: Final = "/sys/firmware/dmi/tables/DMI"
# Hardware Security structure: the byte after the header holds four states of two bits (DMTF DSP0134, 7.25).
HARDWARE_SECURITY: Final = 24
SETTINGS: Final = 4
POWER_ON_SHIFT: Final = 6
ADMIN_SHIFT: Final = 2
CLAIMED: Final = {"admin": "admin_password_status", "power_on": "power_on_password_status", "disk": ""}
CLAIMS: Final = ("admin_password_state", "power_on_password_state", "disk_password_state", "evidence", "certificate_mode")
STATUSES: Final = ("admin_password_status", "power_on_password_status")


def firmware(host: Host, ask: Ask) -> Iterator[Row]:
    """Give one row: `mode` is uefi or bios; secure_boot is 0 where the firmware cannot do it (BIOS, or no such variable).

    The password states are claims with their grade (see `password_state.claim`), `evidence` names what the administrator's
    was read from. The `…_status` columns are those of SMBIOS type 24, or the driver's 0 or 1 where type 24 cannot say.

    Raises:
        NotObservedError: the machine shows no firmware (a container, some boards).
    """
    shown = next(iter(platform_info(host, ask)), None)
    if shown is None:
        message = "this machine does not show its firmware (/sys/class/dmi/id)"
        raise NotObservedError(message)
    uefi = shown["firmware_type"] == "uefi"
    row = {
        "vendor": shown["vendor"],
        "model": machine(host, "product_name") or "",
        "version": shown["version"],
        "release_date": shown["date"],
        "mode": shown["firmware_type"],
        "secure_boot": 0,
        "setup_mode": None,
        **_chip(host),
        "chassis_intrusion": _intrusion(host),
    }
    if machine(host, "product_version") and str(row["vendor"]).upper().startswith("LENOVO"):
        # Lenovo writes its type number as the product's name, and what people call it as its version.
        row["model"] = machine(host, "product_version") or row["model"]
    if uefi:
        row.update(next(iter(secureboot(host, ask))))
        if row["secure_boot"] is None and host.names(VARIABLES):
            row["secure_boot"] = 0
    if ask.wants(*CLAIMS, *STATUSES, "pending_reboot", "password_version"):
        row.update(_passwords(host, machine(host, "sys_vendor") or str(row["vendor"])))
    yield row


def _chip(host: Host) -> dict[str, str | int | None]:
    chips = [name for name in host.names("/sys/class/tpm") if re.fullmatch("tpm[0-9]+", name)]
    version = attribute(host, f"/sys/class/tpm/{chips[0]}/tpm_version_major") if chips else None
    return {"tpm": int(bool(chips)), "tpm_version": version or ""}


def _intrusion(host: Host) -> int | None:
    """Give the alarm of the case's contact (hwmon): 1 opened, 0 not, NULL where the machine has none."""
    alarms = [
        attribute(host, f"/sys/class/hwmon/{name}/intrusion{number}_alarm")
        for name in host.names("/sys/class/hwmon")
        for number in (0, 1)
    ]
    return max((int(alarm) for alarm in alarms if alarm in {"0", "1"}), default=None)


def _passwords(host: Host, maker: str) -> dict[str, str | int | None]:
    seen = password_state.interface(host)
    statuses, hidden = _smbios(host)
    found: dict[str, str | int | None] = dict.fromkeys(STATUSES)
    found.update(statuses)
    for kind, column in CLAIMED.items():
        state, source = password_state.claim(host, kind, seen, statuses.get(column), maker)
        found[f"{kind}_password_state"] = state
        if kind == "admin":
            found["evidence"] = "; ".join(filter(None, (source, hidden if state in {"interface_broken", "unknown_vendor"} else "")))
        given = found.get(column)
        if column and (given is None or int(given) > 1) and state in {"set", "set_not_ours", "not_set"}:
            found[column] = int(state != "not_set")
    left = password_state.marker(host)
    return {
        **found,
        "certificate_mode": int(bool(seen.certificate)) if seen.drivers else None,
        "pending_reboot": seen.pending,
        "password_version": left.version if left.state == "set" else "",
    }


def _smbios(host: Host) -> tuple[dict[str, int], str]:
    """Give type 24's states, and why they are hidden: only root may read the table."""
    try:
        return password_states(host.data(TABLE) or b""), ""
    except NotObservedError as error:
        return {}, str(error)


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


def firmware_settings(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the maker's settings by the names of its driver (`source`, such as thinklmi); none where it has no driver.

    `allowed_values` holds the values a setting can take, divided by semicolons, or the bounds of a number as `low-high`;
    `pending_value` is NULL, since no Linux driver tells it; `read_only` is 1 where nobody may write it.

    Raises:
        NotObservedError: a value cannot be read (only root may).
    """
    for driver in host.names(ATTRIBUTES):
        folder = f"{ATTRIBUTES}/{driver}/attributes"
        for name in host.names(folder):
            place = host.path(f"{folder}/{name}/current_value")
            if not place.is_file():
                continue
            yield {
                "name": name,
                "value": _value(host, f"{folder}/{name}/current_value") if ask.wants("value") else None,
                "allowed_values": _allowed(host, f"{folder}/{name}"),
                "pending_value": None,
                "read_only": int(not place.stat().st_mode & 0o222),
                "source": driver,
            }


def _value(host: Host, absolute: str) -> str | None:
    try:
        return (host.text(absolute) or "").strip()
    except NotObservedError as error:
        # One attribute the firmware refuses (EIO, EINVAL) must not hide the others; a missing right hides them all.
        if isinstance(error.__cause__, PermissionError):
            raise
        return None


def _allowed(host: Host, folder: str) -> str:
    values = attribute(host, f"{folder}/possible_values") or attribute(host, f"{folder}/elements")
    if values is not None:
        return re.sub(r"[;,\s]*$", "", values)
    low, high = attribute(host, f"{folder}/min_value"), attribute(host, f"{folder}/max_value")
    return f"{low}-{high}" if low is not None and high is not None else ""
