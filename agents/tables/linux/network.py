# SPDX-License-Identifier: Apache-2.0
"""Network interfaces of a Linux host, and their addresses."""

from __future__ import annotations

import array
import fcntl
import ipaddress
import os
import socket
import struct
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from agents.tables.linux.plain import attribute, link, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

NET: Final = "/sys/class/net"
# linux/sockios.h, linux/if.h
SIOCGIFCONF, SIOCGIFFLAGS, SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK = 0x8912, 0x8913, 0x8917, 0x8919, 0x891B
IFF_BROADCAST, IFF_POINTOPOINT = 0x2, 0x10
REQUEST: Final = struct.Struct("16s24s")
LINK_LOCAL: Final = 0x20
COUNTERS: Final = {
    "ipackets": "rx_packets",
    "opackets": "tx_packets",
    "ibytes": "rx_bytes",
    "obytes": "tx_bytes",
    "ierrors": "rx_errors",
    "oerrors": "tx_errors",
    "idrops": "rx_dropped",
    "odrops": "tx_dropped",
    "collisions": "collisions",
}


def interface_addresses(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the IPv4 and IPv6 addresses with their masks; a link-local IPv6 address ends in %INTERFACE.

    Raises:
        NotObservedError: IPv4 addresses can only be asked of the running kernel.
    """
    del ask
    yield from _ipv6(host)
    if not host.live:
        message = "the addresses of interfaces stand in no file: they can be asked on the running host only"
        raise NotObservedError(message)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for name, address in _ipv4(asker):
            flags = _flags(asker, name)
            yield {
                "interface": name,
                "address": socket.inet_ntoa(address[4:8]),
                "mask": _about(asker, SIOCGIFNETMASK, name, address),
                "broadcast": _about(asker, SIOCGIFBRDADDR, name, address) if flags & IFF_BROADCAST else "",
                "point_to_point": _about(asker, SIOCGIFDSTADDR, name, address) if flags & IFF_POINTOPOINT else "",
                "type": "unknown",
            }


def interface_details(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the interfaces: mtu in bytes, link_speed in Mbit/s (NULL where there is none), counters since start."""
    del ask
    for name in host.names(NET):
        folder = f"{NET}/{name}"
        if attribute(host, f"{folder}/ifindex") is None:
            continue  # a file of the bonding driver, or an interface just removed
        speed = whole(attribute(host, f"{folder}/speed"))
        yield {
            "interface": name,
            "mac": attribute(host, f"{folder}/address"),
            "type": whole(attribute(host, f"{folder}/type")),
            "mtu": whole(attribute(host, f"{folder}/mtu")),
            "metric": 0,
            "flags": whole(attribute(host, f"{folder}/flags"), 16),
            **{column: whole(attribute(host, f"{folder}/statistics/{file}")) for column, file in COUNTERS.items()},
            "last_change": -1,
            "link_speed": speed if speed is not None and speed >= 0 else None,
            "pci_slot": _slot(link(host, f"{folder}/device")),
        }


def interface_ipv6(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the IPv6 settings of the interfaces."""
    del ask
    root = "/proc/sys/net/ipv6/conf"
    for name in host.names(root):
        if name not in {"all", "default"}:
            yield {
                "interface": name,
                "hop_limit": whole(attribute(host, f"{root}/{name}/hop_limit")),
                "forwarding_enabled": whole(attribute(host, f"{root}/{name}/forwarding")),
                "redirect_accept": whole(attribute(host, f"{root}/{name}/accept_redirects")),
                "rtadv_accept": whole(attribute(host, f"{root}/{name}/accept_ra")),
            }


def _slot(target: str | None) -> str:
    """Give the PCI slot at the end of a device link; the device of a virtual card is a child of its slot."""
    name = os.path.basename(target or "")  # noqa: PTH119 - a link's text, not a path of this machine
    return name if name.count(":") == 2 else ""  # noqa: PLR2004 - domain:bus:device.function


def _ipv6(host: Host) -> Iterator[Row]:
    for _number, line in host.lines("/proc/net/if_inet6"):
        if len(fields := line.split()) == 6:  # noqa: PLR2004 - address index prefix scope flags name
            address = str(ipaddress.IPv6Address(bytes.fromhex(fields[0])))
            network = ipaddress.IPv6Network((0, int(fields[2], 16)))
            scope = f"%{fields[5]}" if int(fields[3], 16) == LINK_LOCAL else ""
            mask = str(network.netmask)
            yield {"interface": fields[5], "address": address + scope, "mask": mask, "type": "unknown"}


def _ipv4(asker: socket.socket) -> Iterator[tuple[str, bytes]]:
    """List the interfaces with their addresses (sockaddr, 16 bytes) in room for as many as there are."""
    size = 64 * REQUEST.size
    while True:
        room = array.array("B", bytes(size))
        start, _length = room.buffer_info()
        answer = fcntl.ioctl(asker, SIOCGIFCONF, struct.pack("iP", size, start))
        filled: int = struct.unpack("iP", answer)[0]
        if filled < size:
            break
        size *= 2
    for name, address in REQUEST.iter_unpack(room.tobytes()[:filled]):
        yield name.partition(b"\0")[0].decode(), address[:16]


def _about(asker: socket.socket, request: int, name: str, address: bytes) -> str:
    """Ask about one address of an interface, so that a second one gets its own answer."""
    answer = fcntl.ioctl(asker, request, REQUEST.pack(name.encode(), address))
    return socket.inet_ntoa(answer[20:24])


def _flags(asker: socket.socket, name: str) -> int:
    answer = fcntl.ioctl(asker, SIOCGIFFLAGS, REQUEST.pack(name.encode(), b""))
    flags: int = struct.unpack_from("H", answer, 16)[0]
    return flags
