# SPDX-License-Identifier: Apache-2.0
r"""Firmware of a Windows PC, as the WMI classes of Dell, HP and Lenovo tell it, and SMBIOS where they do not.

Dell: root\dcim\sysman\wmisecurity PasswordObject (NameId, IsPasswordSet). HP: root\HP\InstrumentedBIOS HP_BIOSSetting
('Setup Password', IsSet; 'Enhanced BIOS Authentication Mode' for Sure Admin). Lenovo: root\wmi Lenovo_BiosPasswordSettings
(PasswordState, a bit mask: Lenovo's WMI guide, and the kernel's think-lmi for bits 6 and 7).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from agents.tables.windows.hardware import secureboot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

    Claim = tuple[str, str]

POWER_ON_BIT, SUPERVISOR_BIT, DISK_BIT, MANAGEMENT_BIT, CERTIFICATE_BIT = 1, 2, 4, 64, 128
KNOWN_BITS: Final = POWER_ON_BIT | SUPERVISOR_BIT | DISK_BIT | MANAGEMENT_BIT | CERTIFICATE_BIT
LARGEST: Final = 255
# What a maker calls its passwords, in lower case.
NAMES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "dell": {"admin": ("admin",), "power_on": ("system",), "disk": ("internalhdd", "hdd", "nvme", "internalhdd1pwd")},
    "hp": {"admin": ("setup password",), "power_on": ("power-on password",), "disk": ("drivelock password",)},
}
SURE_ADMIN: Final = "enhanced bios authentication mode"
ON: Final = frozenset({"enable", "enabled"})
MAKERS: Final = {"dell": "dell", "hp": "hp", "hewlett": "hp", "lenovo": "lenovo"}
MARKER: Final = r"HKEY_LOCAL_MACHINE\SOFTWARE\Menshen\Firmware"
SMBIOS: Final = {"admin": "admin_password", "power_on": "power_on_password", "disk": ""}
NOT_SET, SET = 0, 1


def firmware_settings(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the settings with the values they could have (divided by semicolons), what is pending, and where they come from."""
    for one in pc.objects("bios_settings"):
        pending, read_only = one.get("pending"), one.get("read_only")
        yield {
            "name": one.get("name"),
            "value": one.get("value"),
            "allowed_values": one.get("possible"),
            "pending_value": pending if pending not in {"", one.get("value")} else None,
            "read_only": None if read_only is None else int(bool(read_only)),
            "source": f"wmi {one.get('source')}",
        }


def firmware(pc: Pc, ask: Ask) -> Iterator[Row]:
    """Yield the firmware with the graded claims of its passwords; the statuses are SMBIOS's, as Win32_ComputerSystem has them."""
    for one in pc.objects("system"):
        boot = next(iter(secureboot(pc, ask)), {})
        known = {name: value if isinstance(value := boot.get(name), int) and value >= 0 else None for name in boot}
        uefi = (pc.objects("secure_boot") or [{}])[0].get("uefi")
        date = one.get("bios_date")
        yield {
            "vendor": one.get("bios_vendor"),
            "model": _model(one),
            "version": one.get("bios_version"),
            "release_date": time.strftime("%m/%d/%Y", time.gmtime(date)) if isinstance(date, int) else None,
            "mode": None if uefi is None else "uefi" if uefi else "bios",
            "secure_boot": known.get("secure_boot"),
            "setup_mode": known.get("setup_mode"),
            "admin_password_status": one.get("admin_password"),
            "power_on_password_status": one.get("power_on_password"),
            **_chip(pc),
            **_passwords(pc, one),
        }


def _model(system: Mapping[str, Any]) -> Any:
    lenovo = str(system.get("manufacturer") or "").lower().startswith("lenovo")
    return (system.get("product_version") if lenovo else None) or system.get("model")


def _chip(pc: Pc) -> dict[str, Any]:
    chips = pc.objects("tpm")
    return {
        "tpm": int(any(chip.get("enabled") for chip in chips)),
        "tpm_version": str(chips[0].get("spec_version") or "")[:3] if chips else "",
    }


def _passwords(pc: Pc, system: Mapping[str, Any]) -> dict[str, Any]:
    told = pc.objects("bios_passwords")
    maker = next((name for start, name in MAKERS.items() if str(system.get("manufacturer") or "").lower().startswith(start)), "")
    claims = {kind: claim(kind, told, maker, system.get(SMBIOS[kind])) for kind in SMBIOS}
    marker = _marker(pc)
    if claims["admin"][0] == "set" and denied(marker, str(system.get("uuid") or "")):
        claims["admin"] = ("set_not_ours", f"{claims['admin'][1]}, {MARKER}")
    return {
        **{f"{kind}_password_state": state for kind, (state, _) in claims.items()},
        "evidence": claims["admin"][1],
        "certificate_mode": int(claims["admin"][0] == "certificate"),
        "password_version": marker.get("version", "") if marker.get("state") == "set" else "",
    }


def claim(kind: str, told: Sequence[Mapping[str, Any]], maker: str, smbios: object) -> Claim:
    """Give the state of the password `kind` (admin, power_on, disk) and its evidence; `smbios` is type 24's state or None."""
    for one in told:
        found = _lenovo(kind, one) if one.get("source") == "lenovo" else _named(kind, one)
        if found:
            return found
    if smbios in {NOT_SET, SET}:
        return ("set" if smbios == SET else "not_set"), "Win32_ComputerSystem (SMBIOS type 24)"
    errors = [f"{one['source']}: WMI error {int(one['error']) & 0xFFFFFFFF:#010x}" for one in told if _error(one, maker)]
    if errors or maker:
        return "interface_broken", "; ".join(errors) or f"no WMI class of {maker} answers"
    return "unknown_vendor", ""


def _error(one: Mapping[str, Any], maker: str) -> bool:
    # Each script asks for Lenovo's class; that another maker's PC has none is no fault.
    return isinstance(one.get("error"), int) and one.get("source") == maker


def _named(kind: str, one: Mapping[str, Any]) -> Claim | None:
    source, name = str(one.get("source")), str(one.get("name") or "").lower()
    if kind == "admin" and source == "hp" and name == SURE_ADMIN and str(one.get("value") or "").lower() in ON:
        return "certificate", "HP_BIOSSetting 'Enhanced BIOS Authentication Mode'"
    if name not in NAMES.get(source, {}).get(kind, ()) or one.get("is_set") not in {0, 1}:
        return None
    where = "PasswordObject.IsPasswordSet" if source == "dell" else "HP_BIOSSetting.IsSet"
    return ("set" if one["is_set"] else "not_set"), f"{where} {one.get('name')}"


def _lenovo(kind: str, one: Mapping[str, Any]) -> Claim | None:
    state = one.get("state")
    return lenovo(kind, state) if isinstance(state, int) and 0 <= state <= LARGEST else None


def lenovo(kind: str, state: int) -> Claim:
    """Decode Lenovo's PasswordState (0 to 255): bits 0 power-on, 1 supervisor, 2 disk, 6 system management, 7 certificate.

    System management alone protects less than a supervisor password, and does not count as one. Bits nobody documents are
    named in the evidence and change nothing.
    """
    evidence = f"Lenovo_BiosPasswordSettings.PasswordState={state}"
    if unknown := state & ~KNOWN_BITS:
        evidence += f" (undocumented bits {unknown})"
    if kind == "admin" and state & CERTIFICATE_BIT:
        return "certificate", evidence
    if kind == "admin" and state & MANAGEMENT_BIT and not state & SUPERVISOR_BIT:
        return "not_set", f"{evidence} (system management password only)"
    bit = {"admin": SUPERVISOR_BIT, "power_on": POWER_ON_BIT, "disk": DISK_BIT}[kind]
    return ("set" if state & bit else "not_set"), evidence


def _marker(pc: Pc) -> dict[str, str]:
    key = pc.hive.key(MARKER)
    return {value.name.lower(): str(value.data) for value in key.values} if key else {}


def denied(marker: Mapping[str, str], uuid: str) -> bool:
    """Tell whether our marker contradicts a password that is set: taken away, half done, or of another machine."""
    machine = marker.get("machine", "")
    return bool(marker.get("state")) and (marker["state"] != "set" or bool(machine and uuid and machine.lower() != uuid.lower()))
