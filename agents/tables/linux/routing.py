# SPDX-License-Identifier: Apache-2.0
"""Where packets go: routes, neighbours and name servers of a Linux host, from /proc/net and /etc/resolv.conf."""

from __future__ import annotations

import ipaddress
import sys
from typing import TYPE_CHECKING, Final

from agents.tables.linux.plain import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# linux/route.h, linux/ipv6_route.h, linux/if_arp.h
REJECT, ANYCAST, LOCAL = 0x200, 0x100000, 0x80000000
NO_ROUTE: Final = 0xFFFFFFFF
PERMANENT: Final = 0x4
IPV4_FIELDS, IPV6_FIELDS, NEIGHBOUR_FIELDS = 9, 10, 6


def routes(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the IPv4 routes of the main table and all IPv6 routes; netmask is the length of the prefix.

    IPv4 routes to the host's own addresses, and the kernel's flags, stand in no file and are left out.
    """
    del ask
    for _number, line in host.lines("/proc/net/route"):
        fields = line.split()
        if len(fields) >= IPV4_FIELDS and fields[0] != "Iface":
            yield {
                "destination": _ipv4(fields[1]),
                "netmask": bin(int(fields[7], 16)).count("1"),  # noqa: FURB161 - Python 3.9 at a far side has no bit_count
                "gateway": _ipv4(fields[2]) if int(fields[2], 16) else "",
                "interface": fields[0],
                "metric": whole(fields[6]),
                "mtu": whole(fields[8]),
                "type": "other" if int(fields[3], 16) & REJECT else "gateway",
            }
    for _number, line in host.lines("/proc/net/ipv6_route"):
        if len(fields := line.split()) == IPV6_FIELDS and int(fields[5], 16) != NO_ROUTE:
            yield {
                "destination": _ipv6(fields[0]),
                "netmask": int(fields[1], 16),
                "gateway": _ipv6(fields[4]) if int(fields[4], 16) else "",
                "interface": fields[9],
                "metric": int(fields[5], 16),
                "mtu": 0,
                "type": _kind(fields[0], int(fields[8], 16)),
            }


def arp_cache(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the IPv4 neighbours; permanent is 1 for one that was set by hand."""
    del ask
    for _number, line in host.lines("/proc/net/arp"):
        fields = line.split()
        if len(fields) >= NEIGHBOUR_FIELDS and fields[2].startswith("0x"):
            permanent = "1" if int(fields[2], 16) & PERMANENT else "0"
            yield {"address": fields[0], "mac": fields[3], "interface": fields[5], "permanent": permanent}


def dns_resolvers(host: Host, ask: Ask) -> Iterator[Row]:
    """Give name servers, search domains and sort lists of /etc/resolv.conf, each kind numbered from 0.

    The last search (or domain) line counts, as for the C library (man 5 resolv.conf).
    """
    del ask
    found: dict[str, list[str]] = {"nameserver": [], "sortlist": [], "search": []}
    for _number, line in host.lines("/etc/resolv.conf"):
        keyword, *values = line.split() or [""]
        if keyword == "nameserver":
            found[keyword] += values[:1]
        elif keyword in {"search", "domain", "sortlist"}:
            found["search" if keyword == "domain" else keyword] = values
    for kind, values in found.items():
        for number, value in enumerate(values):
            address, _, mask = value.partition("/")
            yield {"id": number, "type": kind, "address": address, "netmask": mask or ("32" if kind == "nameserver" else "")}


def _kind(destination: str, flags: int) -> str:
    if flags & LOCAL:
        return "local"
    if flags & ANYCAST:
        return "anycast"
    return "other" if flags & REJECT or destination.startswith("ff") else "gateway"


def _ipv4(digits: str) -> str:
    return str(ipaddress.IPv4Address(int(digits, 16).to_bytes(4, sys.byteorder)))


def _ipv6(digits: str) -> str:
    return str(ipaddress.IPv6Address(int(digits, 16)))
