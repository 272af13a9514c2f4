# SPDX-License-Identifier: Apache-2.0
"""Disks, chips and firmware, as WMI numbers them: never by the words it has for a drive or a protector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

# Win32_EncryptableVolume.GetEncryptionMethod and GetKeyProtectorType.
_METHODS: Final[Mapping[int, str]] = {
    0: "None",
    1: "AES_128_WITH_DIFFUSER",
    2: "AES_256_WITH_DIFFUSER",
    3: "AES_128",
    4: "AES_256",
    5: "HARDWARE_ENCRYPTION",
    6: "XTS_AES_128",
    7: "XTS_AES_256",
}
_PROTECTORS: Final[Mapping[int, str]] = {
    0: "Unknown",
    1: "TPM",
    2: "ExternalKey",
    3: "NumericalPassword",
    4: "TPMAndPIN",
    5: "TPMAndStartupKey",
    6: "TPMAndPINAndStartupKey",
    7: "PublicKey",
    8: "Passphrase",
    9: "TPMCertificate",
    10: "SID",
}
# Win32_LogicalDisk.DriveType
_DRIVES: Final[Mapping[int, str]] = {
    0: "Unknown",
    1: "No Root Directory",
    2: "Removable Disk",
    3: "Local Fixed Disk",
    4: "Network Drive",
    5: "CD-ROM Disc",
    6: "RAM Disk",
}
_STATE: Final = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecureBoot\State"
_UNKNOWN: Final = -1


def bitlocker_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield volumes that BitLocker could encrypt; protection_status 1 is on, conversion_status 1 fully encrypted."""
    for one in pc.objects("bitlocker"):
        kinds = one.get("protectors")
        columns = ("device_id", "drive_letter", "persistent_volume_id", "protection_status", "conversion_status")
        yield {
            **{column: one.get(column) for column in (*columns, "percentage_encrypted", "version", "lock_status")},
            "encryption_method": _METHODS.get(one.get("method", _UNKNOWN), "UNKNOWN"),
            "protector_types": ",".join(_PROTECTORS.get(kind, str(kind)) for kind in kinds) if isinstance(kinds, list) else None,
        }


def tpm_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the TPM, if there is one."""
    for one in pc.objects("tpm"):
        flags = {name: None if one.get(name) is None else int(bool(one[name])) for name in ("activated", "enabled", "owned")}
        yield {**one, **flags}


def secureboot(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the two variables of the firmware; where they cannot be read, what Windows noted at start-up, -1 for unknown."""
    found = (pc.objects("secure_boot") or [{}])[0]
    if found.get("uefi") is False:
        yield {"secure_boot": 0, "setup_mode": None}
        return
    key = pc.hive.key(_STATE)
    noted = {value.name: value.data for value in key.values} if key else {}
    own = found.get("secure_boot")
    yield {
        "secure_boot": own if own is not None else noted.get("UEFISecureBootEnabled", _UNKNOWN),
        "setup_mode": found.get("setup_mode") if found.get("setup_mode") is not None else _UNKNOWN,
    }


def disk_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield disks; `type` is the bus as WMI names it (USB, SCSI, IDE)."""
    yield from pc.objects("disks")


def logical_drives(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield drives; sizes in bytes."""
    for one in pc.objects("drives"):
        size = one.get("size")
        yield {
            "device_id": one.get("device_id"),
            "type": "Unknown",
            "description": _DRIVES.get(one.get("drive_type", 0)),
            "free_space": one.get("free_space") if size is not None else _UNKNOWN,
            "size": size if size is not None else _UNKNOWN,
            "file_system": one.get("file_system"),
            "boot_partition": int(bool(one.get("boot_partition"))),
        }


def wmi_bios_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the settings that HP, Dell and Lenovo show of their firmware."""
    yield from ({"name": one.get("name"), "value": one.get("value")} for one in pc.objects("bios_settings"))
