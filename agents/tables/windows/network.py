# SPDX-License-Identifier: Apache-2.0
"""The network: `interface_details`, `interface_addresses`, `shared_resources`, `ntdomains`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

# Win32_Share.Type
_SHARES: Final[Mapping[int, str]] = {
    0: "Disk Drive",
    1: "Print Queue",
    2: "Device",
    3: "IPC",
    2147483648: "Disk Drive Admin",
    2147483649: "Print Queue Admin",
    2147483650: "Device Admin",
    2147483651: "IPC Admin",
}
_SAME: Final = (
    *("interface", "mac", "mtu", "metric", "description", "manufacturer", "connection_id", "connection_status", "speed"),
    *("service", "dhcp_server", "dns_domain", "dns_host_name"),
)


def interface_details(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield network adapters, also those that are off; connection_status is Windows' number (2 is connected)."""
    for one in pc.objects("adapters"):
        yield {
            **{column: one.get(column) for column in _SAME},
            "friendly_name": one.get("connection_id"),
            "enabled": _flag(one.get("enabled")),
            "physical_adapter": _flag(one.get("physical_adapter")),
            "dhcp_enabled": _flag(one.get("dhcp_enabled")),
            "dhcp_lease_obtained": _text(one.get("dhcp_lease_obtained")),
            "dhcp_lease_expires": _text(one.get("dhcp_lease_expires")),
            "dns_domain_suffix_search_order": ", ".join(_texts(one.get("dns_suffixes"))),
            "dns_server_search_order": ", ".join(_texts(one.get("dns_servers"))),
        }


def interface_addresses(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the addresses of the adapters."""
    for one in pc.objects("adapters"):
        masks = _texts(one.get("masks"))
        for at, address in enumerate(_texts(one.get("addresses"))):
            yield {
                "interface": one.get("interface"),
                "address": address,
                "mask": masks[at] if at < len(masks) else None,
                "type": "dhcp" if one.get("dhcp_enabled") else "manual",
                "friendly_name": one.get("connection_id"),
            }


def shared_resources(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield shares; `type` has its highest bit set for administrative ones."""
    for one in pc.objects("shares"):
        kind = one.get("type")
        unsigned = kind % (1 << 32) if isinstance(kind, int) else None
        yield {
            **{column: one.get(column) for column in ("name", "path", "description", "status", "maximum_allowed")},
            "allow_maximum": _flag(one.get("allow_maximum")),
            "type": unsigned,
            "type_name": _SHARES.get(unsigned, "Unknown") if unsigned is not None else None,
        }


def ntdomains(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield the domains Windows knows of."""
    yield from pc.objects("domains")


def _flag(value: Any) -> int | None:
    return None if value is None else int(bool(value))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [str(one) for one in listed if one is not None]
