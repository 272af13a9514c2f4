# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from agents.source import NotObservedError
from agents.tables.linux import efi
from agents.tables.linux.firmware import GLOBAL, VARIABLES

END = bytes([0x7F, 0xFF, 4, 0])
PCI = bytes([1, 1, 6, 0, 0, 0])


def node(kind: int, sub: int, body: bytes = b"") -> bytes:
    """Make a device path node."""
    return bytes([kind, sub]) + (4 + len(body)).to_bytes(2, "little") + body


def option(name: str, paths: bytes, active: int = 1) -> bytes:
    """Make a Boot#### variable."""
    return (
        b"\x07\0\0\0"
        + active.to_bytes(4, "little")
        + len(paths).to_bytes(2, "little")
        + name.encode("utf-16-le")
        + b"\0\0"
        + paths
        + b"optional data"
    )


def test_entries_come_in_the_order_of_the_firmware(record, rows):
    """Position counts through BootOrder, inactive entries are told, an entry that is missing is left out."""
    host = record({
        f"{VARIABLES}/BootOrder-{GLOBAL}": b"\x07\0\0\0" + b"\x01\0" + b"\x99\0" + b"\x0a\0",
        f"{VARIABLES}/Boot0001-{GLOBAL}": option("网络启动", PCI + node(3, 11) + END, 0),
        f"{VARIABLES}/Boot000A-{GLOBAL}": option("debian", node(4, 1, b"x" * 38) + END),
        f"{VARIABLES}/Boot0002-{GLOBAL}": option("not in the order", END),
    })  # fmt: skip
    assert [(1, "网络启动", 0, "network"), (3, "debian", 1, "disk")] == [
        tuple(row[name] for name in ("position", "name", "active", "device_type")) for row in rows("boot_entries", host)
    ]


@pytest.mark.parametrize(
    ("paths", "kind"),
    [
        (PCI + node(3, 5, b"\0\0") + node(4, 1, b"x" * 38), "usb"),
        (PCI + node(3, 18) + node(4, 2), "optical"),
        (PCI + node(3, 23), "disk"),
        (PCI + node(3, 11) + node(3, 24), "network"),
        (node(5, 1, b"\x05\0\0\0"), "usb"),
        (node(5, 1, b"\x06\0\0\0"), "network"),
        (node(4, 7), "other"),
        (b"", "other"),
        (b"\x03\x05\x00\x00" * 3, "other"),
        (b"\x03", "other"),
        (b"\x03\x05\xff\xff", "usb"),
    ],
)
def test_a_device_path_tells_the_kind_of_device(paths, kind):
    """A USB disk is usb although its path ends in a partition; broken nodes end the reading."""
    assert kind == efi.device_type(paths)


def test_every_cut_of_an_entry_is_read_without_failing():
    """A variable cut at any byte gives a name and a kind, or less of them."""
    whole = option("debian", node(4, 1, b"x" * 38))[4:]
    kinds = {efi.load_option(whole[:end])["device_type"] for end in range(efi.OPTION_HEAD, len(whole))}
    assert {"disk", "other"} == kinds


def test_without_uefi_the_order_is_not_observed(record, rows):
    """A BIOS does not show its boot order to the system."""
    with pytest.raises(NotObservedError, match="set-up"):
        rows("boot_entries", record({}))
