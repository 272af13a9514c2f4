# SPDX-License-Identifier: Apache-2.0
import ipaddress
import json
import subprocess

import pytest
from system import need

from agents.host import Host
from agents.source import NotObservedError

LIVE = Host()


def test_addresses_are_those_of_ip(rows):
    """Interface, address, mask and broadcast are those that ip lists, for both families."""
    expected = set()
    for link in ip("addr"):
        for one in link["addr_info"]:
            mask = str(ipaddress.ip_network(f"{'0.0.0.0' if one['family'] == 'inet' else '::'}/{one['prefixlen']}").netmask)
            local = f"{one['local']}%{link['ifname']}" if one["family"] == "inet6" and one["scope"] == "link" else one["local"]
            expected.add((one.get("label", link["ifname"]), local, mask, one.get("broadcast", "")))
    found = {
        (row["interface"], row["address"], row["mask"], row.get("broadcast") or "") for row in rows("interface_addresses", LIVE)
    }
    assert expected == found


def test_interfaces_are_those_of_ip(rows):
    """Hardware address and mtu are those that ip lists; the counters are numbers."""
    expected = {link["ifname"]: (link["address"], link["mtu"]) for link in ip("link")}
    found = rows("interface_details", LIVE)
    assert expected == {row["interface"]: (row["mac"], row["mtu"]) for row in found}
    assert all(isinstance(row["ibytes"], int) for row in found)
    assert all(
        (row["flags"] & 1) == ("UP" in link["flags"]) for row in found for link in ip("link") if link["ifname"] == row["interface"]
    )


def test_routes_are_those_of_ip(rows):
    """The routes of the main table, of both families, are rows."""
    expected = set()
    for option, everywhere in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
        for route in ip("route", option=option):
            network = ipaddress.ip_network(everywhere if route["dst"] == "default" else route["dst"])
            expected.add((str(network.network_address), network.prefixlen, route.get("gateway", ""), route["dev"]))
    found = {(row["destination"], row["netmask"], row["gateway"], row["interface"]) for row in rows("routes", LIVE)}
    assert expected <= found


def test_neighbours_are_those_of_ip(rows):
    """IPv4 neighbours that ip lists with a hardware address are rows."""
    expected = {(one["dst"], one["lladdr"], one["dev"]) for one in ip("neigh", option="-4") if "lladdr" in one}
    assert expected <= {(row["address"], row["mac"], row["interface"]) for row in rows("arp_cache", LIVE)}


def test_addresses_of_a_recorded_host_are_not_observed(rows, record):
    """Addresses stand in no file, so a folder of files cannot tell them, and does not say there are none."""
    with pytest.raises(NotObservedError, match="running host"):
        rows("interface_addresses", record({"/proc/net/if_inet6": ""}))


def test_recorded_routes(rows, record):
    """Gateways and prefixes are read; the kernel's placeholder for no route is none; a local address is no gateway."""
    zero, one = "0" * 32, "0" * 31 + "1"
    host = record({
        "/proc/net/route": "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\neth0\t0000000A\t00000000\t0001\t0\t0\t0\t0000FFFF\t1400\t0\t0\n",
        "/proc/net/ipv6_route": f"{one} 80 {zero} 00 {zero} 00000000 3 0 80200001 lo\n"
        f"{zero} 00 {zero} 00 {zero} ffffffff 1 0 00200200 lo\n",
    })  # fmt: skip
    columns = ("destination", "netmask", "gateway", "interface", "metric", "mtu", "type")
    assert [
        ("0.0.0.0", 0, "10.0.2.1", "eth0", 100, 0, "gateway"),
        ("10.0.0.0", 16, "", "eth0", 0, 1400, "gateway"),
        ("::1", 128, "", "lo", 0, 0, "local"),
    ] == [tuple(row[name] for name in columns) for row in rows("routes", host)]


def test_resolvers(rows, record):
    """Name servers and search domains are numbered; of several search lines the last counts."""
    text = "# x\nnameserver 10.0.0.1 10.0.0.2\nnameserver fe80::1%eth0 \nsearch a b\n"
    text += "domain c\nsortlist 10.0.0.0/255.0.0.0\noptions edns0\nnameserver\n"
    found = [tuple(row.values()) for row in rows("dns_resolvers", record({"/etc/resolv.conf": text}))]
    assert [
        (0, "nameserver", "10.0.0.1", "32"),
        (1, "nameserver", "fe80::1%eth0", "32"),
        (0, "sortlist", "10.0.0.0", "255.0.0.0"),
        (0, "search", "c", ""),
    ] == found


def test_ipv6_settings(rows, record):
    """Each interface has its settings; all and default are no interfaces."""
    tree = {f"/proc/sys/net/ipv6/conf/{name}/accept_redirects": "1\n" for name in ("all", "default", "eth0")}
    assert [("eth0", 1)] == [(row["interface"], row["redirect_accept"]) for row in rows("interface_ipv6", record(tree))]


def ip(what, option="-d"):
    command = [need("ip"), "-j", *([option] if option != "-d" else []), what]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout or b"[]")
