# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os

import pytest

from agents.source import NotObservedError
from agents.tables.linux import bios, password_state

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
        "admin_password_status": 1, "power_on_password_status": 1, "evidence": "SMBIOS type 24", "admin_password_state": "set",
        "power_on_password_state": "set", "disk_password_state": "interface_broken", "tpm": 0, "tpm_version": "", "model": "",
        "chassis_intrusion": None, "certificate_mode": None, "pending_reboot": None, "password_version": "",
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
    assert [("Delay", "5", "0-30", None, "thinklmi"), ("USBPortAccess", "Disable", "Disable;Enable", None, "thinklmi")] == [
        tuple(row[name] for name in ("name", "value", "allowed_values", "pending_value", "source"))
        for row in rows("firmware_settings", host)
    ]


def test_a_machine_without_its_makers_driver_has_no_settings(record, rows):
    """No driver is an answer: the settings are to be looked at in the firmware's own set-up."""
    assert [] == rows("firmware_settings", record({}))


def test_a_setting_nobody_may_write_is_read_only(record, rows):
    """The mode of the file says so; HP's ordered lists show their elements."""
    folder = f"{bios.ATTRIBUTES}/hp-bioscfg/attributes"
    host = record({f"{folder}/Asset/current_value": "WS-1\n", f"{folder}/UEFI Boot Order/current_value": "HDD;USB",
                   f"{folder}/UEFI Boot Order/elements": "HDD;USB;"})  # fmt: skip
    host.path(f"{folder}/Asset/current_value").chmod(0o444)

    assert [("Asset", 1, ""), ("UEFI Boot Order", 0, "HDD;USB")] == [
        (row["name"], row["read_only"], row["allowed_values"]) for row in rows("firmware_settings", host)
    ]


AUTH = f"{bios.ATTRIBUTES}/{{}}/authentication/{{}}"


def claimed(record, rows, files, vendor="LENOVO"):
    """Give the administrator's state and its evidence on a machine with these files."""
    (row,) = rows("firmware", record({**DMI, "/sys/class/dmi/id/sys_vendor": vendor, **files}))
    return row["admin_password_state"], row["evidence"]


def role(driver, name, role, enabled, **more):
    """Lay one role of a driver."""
    folder = AUTH.format(driver, name)
    return {f"{folder}/role": role, f"{folder}/is_enabled": enabled, **{f"{folder}/{key}": value for key, value in more.items()}}


def left(state, machine=""):
    """Lay the playbook's marker."""
    return {password_state.MARKER: json.dumps({"state": state, "version": "2026a", "machine": machine})}


UUID = {"/sys/class/dmi/id/product_uuid": "4C4C4544-0001\n"}
LENOVO = role("thinklmi", "Admin", "bios-admin\n", "1\n", mechanism="password\n")


@pytest.mark.parametrize(
    ("files", "vendor", "state"),
    [
        (LENOVO, "LENOVO", "set"),
        (role("thinklmi", "Admin", "bios-admin\n", "0\n"), "LENOVO", "not_set"),
        (role("thinklmi", "Admin", "bios-admin\n", "1\n", mechanism="certificate\n"), "LENOVO", "certificate"),
        (role("hp-bioscfg", "SPM", "enhanced-bios-auth\n", "1\n"), "HP", "certificate"),
        (role("hp-bioscfg", "SPM", "enhanced-bios-auth\n", "0\n", status='{"State": "provisioned"}'), "HP", "certificate"),
        (
            role("hp-bioscfg", "SPM", "enhanced-bios-auth\n", "0\n", status='{"State": "not provisioned"}')
            | role("hp-bioscfg", "Setup Password", "bios-admin\n", "1\n"),
            "HP",
            "set",
        ),
        (role("dell-wmi-sysman", "Admin", "bios-admin\n", "1\n"), "Dell Inc.", "set"),
        ({f"{bios.ATTRIBUTES}/dell-wmi-sysman/uevent": ""}, "Dell Inc.", "interface_broken"),
        ({}, "Dell Inc.", "interface_broken"),
        (role("thinklmi", "Admin", "bios-admin\n", "what\n"), "LENOVO", "interface_broken"),
        ({}, "Colorful Technology", "unknown_vendor"),
        ({bios.TABLE: INFORMATION + security(0b0000_0100) + END}, "Colorful Technology", "set"),
        ({bios.TABLE: INFORMATION + security(0) + END}, "Colorful Technology", "not_set"),
        ({bios.TABLE: INFORMATION + security(0b0000_1000) + END}, "Colorful Technology", "unknown_vendor"),
        (LENOVO | {f"{bios.ATTRIBUTES}/thinklmi/attributes/pending_reboot": "1\n"}, "LENOVO", "pending_reboot"),
        (LENOVO | {f"{bios.ATTRIBUTES}/thinklmi/attributes/pending_reboot": "0\n"}, "LENOVO", "set"),
        (LENOVO | left("set"), "LENOVO", "set"),
        (LENOVO | left("removed"), "LENOVO", "set_not_ours"),
        (LENOVO | left("changing"), "LENOVO", "set_not_ours"),
        (LENOVO | UUID | left("set", "4c4c4544-0001"), "LENOVO", "set"),
        (LENOVO | UUID | left("set", "4c4c4544-9999"), "LENOVO", "set_not_ours"),
        (LENOVO | {password_state.MARKER: "[1, 2"}, "LENOVO", "set"),
        (LENOVO | {password_state.MARKER: "[1, 2]"}, "LENOVO", "set"),
    ],
)
def test_a_password_state_is_a_graded_claim(record, rows, files, vendor, state):
    """Each state follows from what the driver, SMBIOS and our marker say, and never from their silence."""
    assert state == claimed(record, rows, files, vendor)[0]


def test_every_claim_names_its_evidence(record, rows):
    """Whoever reads the finding can look at the very file."""
    assert ("set", f"{AUTH.format('thinklmi', 'Admin')}/is_enabled") == claimed(record, rows, LENOVO)


def test_a_table_that_cannot_be_read_is_a_broken_interface(record, rows):
    """What the kernel does not give is never taken for no password; the evidence says why."""
    host = record({**DMI, "/sys/class/dmi/id/sys_vendor": "Dell Inc.", "/sys/firmware/dmi/tables/other": ""})
    os.mkfifo(host.path(bios.TABLE))
    (row,) = rows("firmware", host)

    assert "interface_broken" == row["admin_password_state"]
    assert "is no regular file" in row["evidence"]


def test_disks_count_when_any_of_them_is_locked(record, rows):
    """Lenovo shows a role for each kind of disk."""
    files = role("thinklmi", "HDD", "HDD\n", "0\n") | role("thinklmi", "NVMe", "NVMe\n", "1\n")
    (row,) = rows("firmware", record({**DMI, **files}))

    assert "set" == row["disk_password_state"]


def test_chip_and_case_are_shown(record, rows):
    """The TPM's generation, and the alarm of the case's contact where the board has one."""
    files = {"/sys/class/tpm/tpm0/tpm_version_major": "2\n", "/sys/class/hwmon/hwmon3/intrusion0_alarm": "1\n"}
    (row,) = rows("firmware", record({**DMI, **files}))

    assert (1, "2", 1) == (row["tpm"], row["tpm_version"], row["chassis_intrusion"])


def test_a_lenovo_is_called_by_its_name(record, rows):
    """Its product_name is a type number; people and data files know the other one."""
    dmi = {"/sys/class/dmi/id/product_name": "21AH00BUMZ\n", "/sys/class/dmi/id/product_version": "ThinkPad T14 Gen 3\n"}
    (row,) = rows("firmware", record({**DMI, **dmi}))

    assert "ThinkPad T14 Gen 3" == row["model"]
