# SPDX-License-Identifier: GPL-3.0-or-later
"""Let the host's firewall drop what nobody allowed, in tables of our own (nft(8))."""

from __future__ import annotations

import ipaddress
import re

from ansible.module_utils.menshen_enforce.machine import EnforceError
from ansible.module_utils.menshen_enforce.plan import Plan

MAIN, FOLDER = "/etc/nftables.conf", "/etc/nftables.d"
SERVICE = re.compile(r"(tcp|udp)/([0-9]{1,5})(?:-([0-9]{1,5}))?(?:\s+(\S+))?\Z")
# The kernel does not know connections that are older than its first rule about states: their answers would be dropped as new,
# that of this very run among them. What does not open a connection may go out.
MIDWAY = "ct state new tcp flags & (syn | ack) == ack accept"
NEIGHBOURS = {
    "input": "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, echo-request, mld-listener-query } accept",
    "output": "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request, mld-listener-report, mld2-listener-report } accept",
}


def plan(machine, steps) -> Plan:
    """Compare our files, what loads them at the start, and what the kernel holds."""
    made = Plan()
    if steps and not machine.has("nft"):
        for step in steps:
            made.cannot(step["control"], "firewall", "nft is not on this host: install nftables")
        return made
    for step in steps:
        path = f"{FOLDER}/menshen-{step['chain']}.nft"
        text, before = ruleset(step), machine.text(path)
        if before != text:
            made.file(path, before, text, 0o644)
            made.change(step["control"], path, None if before is None else "other rules", f"drop but {', '.join(step['allow'])}")
        main = made.now(MAIN, machine)
        line = f'include "{path}"'
        if line not in (main or "").splitlines():
            made.change(step["control"], f"{MAIN} {line}", None, "present")
            ended = main if main is None or main.endswith("\n") else f"{main}\n"
            made.file(MAIN, machine.text(MAIN), f"{ended or '#!/usr/sbin/nft -f' + chr(10)}{line}\n", 0o755 if main is None else None)
        _kernel(machine, made, step, path, text)
    return made


def _kernel(machine, made: Plan, step, path: str, text: str) -> None:
    table = f"menshen_{step['chain']}"
    code, wanted, complaint = machine.ask("unshare", "--net", "sh", "-c", f"nft -f - && nft -s list table inet {table}", stdin=text)
    if code:
        raise EnforceError(f"nft refuses the rules: {complaint.strip()}")
    _, now, _ = machine.ask("nft", "-s", "list", "table", "inet", table)
    if now != wanted:
        made.change(step["control"], f"kernel table inet {table}", "other rules" if now else None, "as in the file")
        undo = ("nft", f"{'delete table inet ' + table}") if not now else ()
        if now:
            undo = ("sh", "-c", 'printf %s "$1" | nft -f -', "nft", f"table inet {table}\ndelete table inet {table}\n{now}")
        made.run("nft", "-f", "-", undo=undo, stdin=text)


def ruleset(step) -> str:
    """Write one table with one chain: what belongs to known connections, the machine itself, its neighbours, and what is allowed."""
    chain, way = step["chain"], "iifname" if step["chain"] == "input" else "oifname"
    rules = [
        "ct state established,related accept",
        f'{way} "lo" accept',
        "icmp type echo-request accept",
        NEIGHBOURS[chain],
        *(() if chain == "input" else (MIDWAY,)),
        *(_rule(chain, one) for one in step["allow"]),
    ]
    table = f"table inet menshen_{chain}"
    inner = "".join(f"    {rule}\n" for rule in rules)
    head = f"    type filter hook {chain} priority filter; policy {step['policy']};\n"
    return f"{table}\ndelete {table}\n{table} {{\n  chain {chain} {{\n{head}{inner}  }}\n}}\n"


def _rule(chain: str, allowed: str) -> str:
    found = SERVICE.match(allowed)
    if not found or not all(1 <= int(port) <= 65535 for port in found.group(2, 3) if port):
        raise EnforceError(f"{allowed!r} is not protocol/port, such as tcp/22 or tcp/443 192.0.2.0/24")
    protocol, first, last, network = found.groups()
    ports = f"{first}-{last}" if last else first
    if not network:
        return f"{protocol} dport {ports} accept"
    try:
        address = ipaddress.ip_network(network)
    except ValueError as error:
        raise EnforceError(f"{allowed!r}: {error}") from error
    family = "ip6" if address.version == 6 else "ip"
    return f"{family} {'saddr' if chain == 'input' else 'daddr'} {address} {protocol} dport {ports} accept"
