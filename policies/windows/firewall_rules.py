# SPDX-License-Identifier: Apache-2.0
r"""An allow-list of the Windows firewall, as policy values: one rule an entry, in the words MS-FASP gives them.

The rules are ours by name and stand beside those of others; with local rules ignored by policy, only these count.
Format: MS-GPFAS 2.2.2 (https://learn.microsoft.com/openspecs/windows_protocols/ms-gpfas).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, Final

from policies.formats.registry import HIVES, setting
from policies.windows.registry import Want
from policies.windows.state import StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.windows.state import State

KEY: Final = HIVES["HKLM"] + r"\SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules"
_PROTOCOLS: Final = {"tcp": 6, "udp": 17}
_ENTRY: Final = re.compile(r"(tcp|udp)/(\d{1,5})(?:-(\d{1,5}))?(?: ([0-9a-fA-F:.]{2,45}(?:/\d{1,3})?))?\Z")
_HIGHEST: Final = 65535


def wants(steps: Sequence[Mapping[str, Any]], state: State) -> Iterator[Want]:
    """Yield the rules that shall be there, and those of ours that shall not.

    Raises:
        StepError: an entry that is no `tcp/443` or `udp/5000-5010 192.0.2.0/24`.
    """
    for step in steps:
        found = dict(rules(step["control"], step["direction"], step["allow"]))
        for name, rule in found.items():
            yield Want(step["control"], "firewall_rules", KEY, name, setting(KEY, name, "REG_SZ", rule))
        prefix = _prefix(step["direction"])
        for one in state.values.values():
            ours = one.key.lower() == KEY.lower() and one.name.lower().startswith(prefix)
            if ours and one.name.lower() not in found:
                yield Want(step["control"], "firewall_rules", KEY, one.name, None)


def rules(control: str, direction: str, allow: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each rule."""
    way, port = ("In", "LPort") if direction == "inbound" else ("Out", "RPort")
    for entry in allow:
        found = _ENTRY.match(entry)
        if not found or not all(int(part) <= _HIGHEST for part in found.groups()[1:3] if part):
            message = f"{control}: {entry!r} is no service such as tcp/443 or udp/5000-5010 192.0.2.0/24"
            raise StepError(message)
        protocol, first, last, network = found.groups()
        kind = "2_10" if last else ""
        ports = f"{first}-{last}" if last else first
        source = _source(control, network) if network else ""
        name = f"{_prefix(direction)}{re.sub(r'[^a-z0-9]+', '-', entry.lower())}"
        rule = f"v2.10|Action=Allow|Active=TRUE|Dir={way}|Protocol={_PROTOCOLS[protocol]}|{port}{kind}={ports}|{source}Name={name}|"
        yield name, rule


def _source(control: str, text: str) -> str:
    """Write a network as Windows does: IPv4 with a mask in dots, IPv6 with the length of its prefix."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        message = f"{control}: {text!r} is no network"
        raise StepError(message) from error
    single = network.prefixlen == network.max_prefixlen
    said = str(network.network_address) if single else network.with_netmask if network.version == 4 else str(network)  # noqa: PLR2004
    return f"RA{network.version}={said}|"


def _prefix(direction: str) -> str:
    return "menshen-in-" if direction == "inbound" else "menshen-out-"
