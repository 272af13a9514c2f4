# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import NotObservedError

STICK = {
    "busnum": "1\n", "devnum": "4\n", "idVendor": "0781\n", "idProduct": "5583\n", "bcdDevice": "0100\n", "serial": "4C53\n",
    "manufacturer": "SanDisk\n", "product": "Ultra Fit\n", "bDeviceClass": "00\n", "bDeviceSubClass": "0a\n",
    "bDeviceProtocol": "50\n", "removable": "removable\n",
}  # fmt: skip
EFI = "/sys/firmware/efi/efivars/{}-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def test_usb_devices(rows, record):
    """A stick is a row with ids, names and numbers of its class; its interfaces are none; fixed is 0, unknown -1."""
    root = "/sys/bus/usb/devices"
    tree = {f"{root}/1-4/{name}": text for name, text in STICK.items()}
    tree |= {f"{root}/usb1/{name}": text for name, text in STICK.items() if name != "serial"} | {
        f"{root}/usb1/removable": "unknown\n"
    }
    host = record(tree | {f"{root}/1-4:1.0/bInterfaceClass": "08\n"})
    stick, hub = rows("usb_devices", host)
    columns = ("usb_address", "usb_port", "vendor_id", "vendor", "model_id", "model", "version", "serial", "removable")
    assert (1, 4, "0781", "SanDisk", "5583", "Ultra Fit", "0100", "4C53", 1) == tuple(stick[name] for name in columns)
    assert ("0", "10", "80") == (stick["class"], stick["subclass"], stick["protocol"])
    assert ("", -1) == (hub["serial"], hub["removable"])


def test_usb_names_come_from_the_list_where_there_is_one(rows, record):
    """The list of ids names vendor and model; its classes do not get into the way."""
    ids = "# list\n0781  SanDisk Corp.\n\t5583  Ultra Fit\n\t\t01  interface\nC 08  Mass Storage\n\t5583  wrong\n"
    tree = {f"/sys/bus/usb/devices/1-4/{name}": text for name, text in STICK.items() if name not in {"manufacturer", "product"}}
    (row,) = rows("usb_devices", record(tree | {"/usr/share/misc/usb.ids": ids}))
    assert ("SanDisk Corp.", "Ultra Fit") == (row["vendor"], row["model"])


def test_pci_devices(rows, record):
    """A card is a row with its slot, ids with 0x, and names by the list."""
    root = "/sys/bus/pci/devices/0000:00:1f.2"
    ids = "8086  Intel Corporation\n\t2922  SATA Controller\n\t\t2922  board\n"
    ids += "C 01  Mass storage controller\n\t06  SATA controller\n"
    files = {
        "vendor": "0x8086\n",
        "device": "0x2922\n",
        "class": "0x010601\n",
        "subsystem_vendor": "0x1af4\n",
        "subsystem_device": "0x1100\n",
    }
    (row,) = rows(
        "pci_devices", record({f"{root}/{name}": text for name, text in files.items()} | {"/usr/share/misc/pci.ids": ids})
    )
    columns = ("pci_slot", "vendor_id", "vendor", "model", "pci_class", "pci_class_id", "pci_subclass", "subsystem_model_id")
    expected = (
        "0000:00:1f.2",
        "0x8086",
        "Intel Corporation",
        "SATA Controller",
        "Mass storage controller",
        "0x01",
        "SATA controller",
        "0x1100",
    )
    assert expected == tuple(row[name] for name in columns)


def test_pci_slots_are_those_of_the_kernel(rows):
    """Each slot of this machine is a row."""
    folder = "/sys/bus/pci/devices"
    assert sorted(place.name for place in Path(folder).glob("*")) == [row["pci_slot"] for row in rows("pci_devices", Host())]


@pytest.mark.parametrize(("value", "expected"), [(b"\6\0\0\0\1", 1), (b"\6\0\0\0\0", 0), (b"\6\0\0\0\7", -1), (b"\6\0", None)])
def test_secure_boot(rows, record, value, expected):
    """On, off, nonsense and a torn variable are told apart."""
    host = record({EFI.format("SecureBoot"): value, EFI.format("SetupMode"): b"\6\0\0\0\0"})
    assert [{"secure_boot": expected, "setup_mode": 0}] == rows("secureboot", host)


def test_a_machine_without_uefi_cannot_tell(rows, record):
    """Without UEFI variables there is a row, as in osquery, and it says nothing."""
    assert [{"secure_boot": None, "setup_mode": None}] == rows("secureboot", record({"/sys/x": ""}))


def test_firmware_and_its_tables(rows, record):
    """The BIOS is named; each structure of its table is a row up to its strings, a torn one ends the table."""
    first, second = bytes([0, 6, 1, 0, 9, 9]) + b"Acme\0v1\0\0", bytes([17, 4, 2, 0]) + b"\0\0"
    host = record({
        "/sys/class/dmi/id/bios_vendor": "Acme\n", "/sys/class/dmi/id/bios_version": "v1\n",
        "/sys/firmware/efi/fw_platform_size": "64\n",
        "/sys/firmware/dmi/tables/DMI": first + second + bytes([1, 2, 3]),
    })  # fmt: skip
    (row,) = rows("platform_info", host)
    assert ("Acme", "v1", "uefi") == (row["vendor"], row["version"], row["firmware_type"])
    found = [
        tuple(row[name] for name in ("number", "type", "handle", "header_size", "size")) for row in rows("smbios_tables", host)
    ]
    assert [(0, 0, 1, 6, len(first)), (1, 17, 2, 4, len(second))] == found


def test_an_unreadable_firmware_table_is_not_observed(rows, record):
    """A table that is there and cannot be read is not an empty one."""
    with pytest.raises(NotObservedError, match="cannot read"):
        rows("smbios_tables", record({"/sys/firmware/dmi/tables/DMI": Path("DMI")}))
