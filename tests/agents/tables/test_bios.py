# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.source import NotObservedError
from agents.tables.linux import bios

DMI = {
    "/sys/class/dmi/id/bios_vendor": "LENOVO\n",
    "/sys/class/dmi/id/bios_version": "N32ET\n",
    "/sys/class/dmi/id/bios_date": "06/01/2026\n",
}
EFI = "/sys/firmware/efi/efivars"
GUID = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
INFORMATION = bytes([0, 6, 0, 0, 1, 2]) + b"LENOVO\0N32ET\0\0"
END = bytes([127, 4, 9, 0, 0, 0])


def security(settings: int) -> bytes:
    """Make an SMBIOS type 24 structure."""
    return bytes([24, 5, 7, 0, settings, 0, 0])


def variable(value: int) -> bytes:
    """Make a one-byte UEFI variable with its attributes."""
    return bytes([6, 0, 0, 0, value])


def test_password_states_follow_smbios_type_24(record, rows):
    """Bits 7 and 6 are the power-on password, 3 and 2 the administrator's."""
    for settings, power_on, admin in ((0b01_00_01_00, 1, 1), (0b10_11_00_01, 2, 0), (0b00_00_11_00, 0, 3)):
        table = INFORMATION + security(settings) + END
        states = bios.password_states(table)
        assert (power_on, admin) == (states["power_on_password_status"], states["admin_password_status"])
    host = record(
        {
            **DMI,
            bios.TABLE: INFORMATION + security(0b0100_0100) + END,
            f"{EFI}/SecureBoot-{GUID}": variable(1),
            f"{EFI}/SetupMode-{GUID}": variable(0),
        }
    )
    (row,) = rows("firmware", host)
    assert {
        "vendor": "LENOVO", "version": "N32ET", "release_date": "06/01/2026", "mode": "uefi", "secure_boot": 1, "setup_mode": 0,
        "admin_password_status": 1, "power_on_password_status": 1, "evidence": "SMBIOS type 24",
    } == row  # fmt: skip


def test_every_cut_of_the_table_is_read_without_failing():
    """A table cut at any byte, or with a length of nothing, gives the states or none."""
    table = INFORMATION + security(0b0100_0100) + END
    whole = bios.password_states(table)
    for end in range(len(table)):
        assert bios.password_states(table[:end]) in ({}, whole)
    assert {} == bios.password_states(bytes([24, 0, 0, 0]) * 9)
    assert {} == bios.password_states(bytes([24, 4, 0, 0, 0, 0]))


def test_the_makers_driver_tells_what_smbios_does_not(record, rows):
    """Where type 24 is missing or says unknown, firmware-attributes counts, and the evidence names it."""
    folder = f"{bios.ATTRIBUTES}/thinklmi/authentication/Admin"
    host = record({**DMI, f"{folder}/role": "bios-admin\n", f"{folder}/is_enabled": "1\n"})
    (row,) = rows("firmware", host)
    assert (1, None, f"{folder}/is_enabled") == (row["admin_password_status"], row["power_on_password_status"], row["evidence"])


def test_secure_boot_is_off_where_the_firmware_cannot_do_it(record, rows):
    """BIOS mode, or UEFI without the variable, is 0; UEFI whose variables are not shown is NULL."""
    assert [("bios", 0)] == [(row["mode"], row["secure_boot"]) for row in rows("firmware", record(DMI))]
    host = record({"/sys/firmware/efi/fw_platform_size": "64"})
    assert [("uefi", None)] == [(row["mode"], row["secure_boot"]) for row in rows("firmware", host)]
    host = record({f"{EFI}/Other-{GUID}": b"....x"})
    assert [("uefi", 0)] == [(row["mode"], row["secure_boot"]) for row in rows("firmware", host)]


def test_a_machine_that_hides_its_firmware_is_not_observed(record, rows):
    """A container has firmware below it, but cannot see it."""
    with pytest.raises(NotObservedError, match="does not show"):
        rows("firmware", record({}))


def test_settings_come_by_the_makers_names(record, rows):
    """Each attribute is a row with its value and what it may be; other files in the folder are none."""
    folder = f"{bios.ATTRIBUTES}/thinklmi/attributes"
    host = record({
        f"{folder}/USBPortAccess/current_value": "Disable\n",
        f"{folder}/USBPortAccess/possible_values": "Disable;Enable;\n",
        f"{folder}/Delay/current_value": "5",
        f"{folder}/Delay/min_value": "0",
        f"{folder}/Delay/max_value": "30",
        f"{folder}/pending_reboot": "0",
    })  # fmt: skip
    assert [("Delay", "5", "0-30", "thinklmi"), ("USBPortAccess", "Disable", "Disable;Enable", "thinklmi")] == [
        tuple(row[name] for name in ("name", "value", "possible", "source")) for row in rows("firmware_settings", host)
    ]


def test_a_machine_without_its_makers_driver_has_no_settings(record, rows):
    """No driver is an answer: the settings are to be looked at in the firmware's own set-up."""
    assert [] == rows("firmware_settings", record({}))
