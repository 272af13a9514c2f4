# SPDX-License-Identifier: Apache-2.0
"""What the firmware boots from, in its order (UEFI specification 2.10, 3.1 and 10.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.firmware import GLOBAL, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# Attributes of the variable stand before its value; a load option begins with attributes and the length of its paths.
PREFIX: Final = 4
OPTION_HEAD: Final = 6
NODE_HEAD: Final = 4
ACTIVE: Final = 1
MESSAGING, MEDIA, BBS = 3, 4, 5
# Sub-types of device path nodes by what they lead to; the first kind that any node names wins, so that a USB disk is usb.
KINDS: Final = (
    ("network", {(MESSAGING, 11), (MESSAGING, 12), (MESSAGING, 13), (MESSAGING, 24), (MESSAGING, 28)}),
    ("usb", {(MESSAGING, 5), (MESSAGING, 15), (MESSAGING, 16)}),
    ("optical", {(MEDIA, 2)}),
    (
        "disk",
        {
            (MEDIA, 1),
            (MESSAGING, 1),
            (MESSAGING, 2),
            (MESSAGING, 10),
            (MESSAGING, 18),
            (MESSAGING, 22),
            (MESSAGING, 23),
            (MESSAGING, 29),
        },
    ),
)
BBS_KINDS: Final = {2: "disk", 3: "optical", 5: "usb", 6: "network"}


def boot_entries(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the entries of BootOrder, `position` from 1; an entry the order names and the firmware lacks is left out.

    A disk named by its partition alone is `disk`, although the firmware may find that partition on a USB disk.

    Raises:
        NotObservedError: the machine does not boot by UEFI, or its variables are not to be read.
    """
    del ask
    order = host.data(f"{VARIABLES}/BootOrder-{GLOBAL}")
    if order is None:
        message = "the firmware shows no UEFI boot order (started in BIOS mode, or not a whole machine): look at it in its set-up"
        raise NotObservedError(message)
    numbers = [int.from_bytes(order[at : at + 2], "little") for at in range(PREFIX, len(order) - 1, 2)]
    for position, number in enumerate(numbers, 1):
        option = host.data(f"{VARIABLES}/Boot{number:04X}-{GLOBAL}")
        if option is not None and len(option) >= PREFIX + OPTION_HEAD:
            yield {"position": position, **load_option(option[PREFIX:])}


def load_option(option: bytes) -> dict[str, str | int]:
    """Read an EFI_LOAD_OPTION of at least six bytes; what is cut short reads as far as it goes."""
    length = int.from_bytes(option[4:OPTION_HEAD], "little")
    end = next((at for at in range(OPTION_HEAD, len(option) - 1, 2) if option[at : at + 2] == b"\0\0"), len(option))
    paths = option[end + 2 : end + 2 + length]
    return {
        "name": option[OPTION_HEAD:end].decode("utf-16-le", "replace"),
        "active": int.from_bytes(option[:4], "little") & ACTIVE,
        "device_type": device_type(paths),
    }


def device_type(paths: bytes) -> str:
    """Tell what a device path leads to: network, usb, optical, disk or other."""
    nodes = dict(_nodes(paths))
    for kind, wanted in KINDS:
        if wanted & nodes.keys():
            return kind
    return BBS_KINDS.get(int.from_bytes(nodes.get((BBS, 1), b"")[:2], "little"), "other")


def _nodes(paths: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    while at + NODE_HEAD <= len(paths):
        length = int.from_bytes(paths[at + 2 : at + NODE_HEAD], "little")
        if length < NODE_HEAD:
            return
        yield (paths[at], paths[at + 1]), paths[at + NODE_HEAD : at + length]
        at += length
