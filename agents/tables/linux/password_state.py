# SPDX-License-Identifier: Apache-2.0
"""What can be claimed of a firmware password, and by which evidence: a graded claim, never a bare yes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.plain import attribute

if TYPE_CHECKING:
    from agents.host import Host

ATTRIBUTES: Final = "/sys/class/firmware-attributes"
# Written by the playbook on the host; it names a version, never a password.
MARKER: Final = "/var/lib/menshen/firmware/marker.json"
MAKERS: Final = ("dell", "hp", "hewlett", "lenovo")
ROLES: Final = {"admin": ("bios-admin",), "power_on": ("power-on",), "disk": ("hdd", "nvme")}
ENHANCED: Final = "enhanced-bios-auth"
NOT_SET, SET = 0, 1


@dataclass(frozen=True, slots=True)
class Interface:
    """What a maker's driver shows: `roles` is role -> folders, `certificate` where keys and not a password open the set-up.

    `trouble` says why nothing could be seen, "" where the driver answers.
    """

    drivers: tuple[str, ...]
    roles: dict[str, list[str]]
    certificate: str
    pending: int | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Marker:
    """What the playbook left on the host: `state` is set, changing or removed; `version` of the password, "" where none."""

    state: str = ""
    version: str = ""
    machine: str = ""


def interface(host: Host) -> Interface:
    """Look at the maker's driver, whatever state it is in."""
    try:
        drivers = tuple(host.names(ATTRIBUTES))
        roles: dict[str, list[str]] = {}
        for driver in drivers:
            for name in host.names(f"{ATTRIBUTES}/{driver}/authentication"):
                folder = f"{ATTRIBUTES}/{driver}/authentication/{name}"
                roles.setdefault((attribute(host, f"{folder}/role") or "").lower(), []).append(folder)
    except NotObservedError as error:
        return Interface((), {}, "", None, str(error))
    pending = [attribute(host, f"{ATTRIBUTES}/{driver}/attributes/pending_reboot") for driver in drivers]
    known = [int(value) for value in pending if value in {"0", "1"}]
    trouble = "the maker's driver shows no authentication" if drivers and not any(roles) else ""
    return Interface(drivers, roles, _certificate(host, roles), max(known, default=None), trouble)


def _certificate(host: Host, roles: dict[str, list[str]]) -> str:
    """Give the file that says that certificates open the set-up: Lenovo's mechanism, HP's Secure Platform Management."""
    for folder in roles.get("bios-admin", ()):
        if attribute(host, f"{folder}/mechanism") == "certificate":
            return f"{folder}/mechanism"
    for folder in roles.get(ENHANCED, ()):
        if attribute(host, f"{folder}/is_enabled") == "1" or _provisioned(attribute(host, f"{folder}/status")):
            return f"{folder}/status"
    return ""


def _provisioned(status: str | None) -> bool:
    try:
        found = json.loads(status or "{}")
    except ValueError:
        return False
    return isinstance(found, dict) and found.get("State") == "provisioned"


def marker(host: Host) -> Marker:
    """Read the playbook's marker; an empty one where there is none that can be read."""
    try:
        found = json.loads(host.text(MARKER) or "{}")
    except (NotObservedError, ValueError):
        return Marker()
    if not isinstance(found, dict):
        return Marker()
    return Marker(*(str(found.get(name) or "") for name in ("state", "version", "machine")))


def claim(host: Host, kind: str, seen: Interface, smbios: int | None, maker: str) -> tuple[str, str]:
    """Give the state of the password `kind` (admin, power_on, disk) and what was read; `smbios` is type 24's state or None."""
    if kind == "admin" and seen.certificate:
        return "certificate", seen.certificate
    enabled, source = _enabled(host, seen, kind)
    if enabled is None and smbios in {NOT_SET, SET}:
        enabled, source = smbios, "SMBIOS type 24"
    if enabled is None:
        known = bool(seen.drivers or seen.trouble) or maker.lower().startswith(MAKERS)
        return ("interface_broken", seen.trouble or "no answer from the maker's interface") if known else ("unknown_vendor", "")
    if seen.pending:
        return "pending_reboot", f"{source}, pending_reboot"
    if enabled == NOT_SET:
        return "not_set", source
    return ("set_not_ours", f"{source}, {MARKER}") if kind == "admin" and _denied(host) else ("set", source)


def _enabled(host: Host, seen: Interface, kind: str) -> tuple[int | None, str]:
    folders = [folder for role in ROLES[kind] for folder in seen.roles.get(role, ())]
    answers = {folder: attribute(host, f"{folder}/is_enabled") for folder in folders}
    known = {folder: int(value) for folder, value in answers.items() if value in {"0", "1"}}
    if not known:
        return None, ""
    found = max(known, key=lambda folder: known[folder])
    return known[found], f"{found}/is_enabled"


def _denied(host: Host) -> bool:
    """Tell whether our marker contradicts: taken away, half done, or of another machine (a disk moved, a board changed)."""
    found = marker(host)
    here = attribute(host, "/sys/class/dmi/id/product_uuid")
    moved = bool(found.machine and here and found.machine.lower() != here.lower())
    return bool(found.state) and (found.state != "set" or moved)
