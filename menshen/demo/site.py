# SPDX-License-Identifier: Apache-2.0
"""Who stands in the imagined site: PCs of three makes, servers, and one of each device, as an inventory describes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from menshen.language import EN, ZH
from menshen.profile import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.text import Language

SITE = "head-office"
FEWEST = 12
PROFILES: Mapping[Language, Profile] = {
    ZH: Profile("示例信息服务有限公司（虚构）", "北岸银行、南岸银行（均为虚构）", "示例场所", "internal"),
    EN: Profile("Example Services Ltd (imagined)", "North Shore Bank, South Shore Bank (imagined)", "Example site", "internal"),
}
MAKES = (
    {"vendor": "Dell Inc.", "model": "OptiPlex 7010", "firmware": "1.14.0", "disk_model": "KIOXIA KBG50ZNS"},
    {"vendor": "HP", "model": "ProDesk 400 G9", "firmware": "U22 Ver. 02.10", "disk_model": "WDC SN740"},
    {"vendor": "LENOVO", "model": "ThinkCentre M75q", "firmware": "M47KT29A", "disk_model": "SAMSUNG MZVL2256"},
)
SERVER = {"vendor": "Dell Inc.", "model": "PowerEdge R360", "firmware": "2.4.1", "disk_model": "SEAGATE ST2000NM"}
OS = "Debian 12"
# group, baseline, and how many subjects share one of it; at least one of each.
SHARES = (("data_pcs", "data_pc", "data", 24), ("office_pcs", "office_pc", "office", 12), ("servers", "linux_server", "server", 12))
DEVICES = (
    ("domains", "corp.example", "domain", "", "10.20.0.5"),
    ("server_room", "ups-room", "ups", "Eaton 9PX 6000i RT", "10.20.0.10"),
    ("server_room", "climate-room", "sensor", "Imagined Sensors TH-2", "10.20.0.13"),
    ("network", "switch-core", "network_device", "Huawei USG6525F", "10.20.0.2"),
    ("cameras", "recorder-1", "nvr", "Hikvision DS-9632NI", "10.20.0.30"),
    ("sites", SITE, "site", "", ""),
)
# What an inventory must say of Linux hosts so that lists can be judged; the names fit worlds/linux_pc.yml.
LISTS: Mapping[str, Mapping[str, object]] = {
    "admins_listed": {"approved_admins": ["itdesk"]},
    "antivirus_product_approved": {"approved_products": ["clamav"]},
    "package_sources_internal": {"package_hosts": ["packages.corp.example"]},
    "software_allow_list": {
        "approved_packages": ["clamav-*", "firefox-esr", "gnome-*", "libreoffice-*", "unattended-upgrades", "usbguard"]
    },
    "usb_device_register": {"registered_devices": ["046d:c31c", "046d:c077", "047f:c053"]},
}


@dataclass(frozen=True, slots=True)
class Host:
    """One host of the imagined site: `world` names its recording, `own` its words in it, `variables` those of the inventory."""

    name: str
    group: str
    world: str
    own: Mapping[str, str]
    variables: Mapping[str, Any] = field(default_factory=dict)


def hosts(count: int) -> list[Host]:
    """Give so many hosts, the site itself included: one of each device, the rest computers."""
    left = count - len(DEVICES)
    found: list[Host] = []
    for group, baseline, prefix, share in SHARES:
        found += [
            _computer(group, baseline, f"{prefix}-{number:02d}", len(found) + number)
            for number in range(1, max(1, left // share) + 1)
        ]
    agents = [_computer("agent_pcs", "agent_pc", f"pc-{100 + number}", 100 + number) for number in range(1, left - len(found) + 1)]
    return [*agents, *found, *(_device(*device) for device in DEVICES)]


def _computer(group: str, baseline: str, name: str, number: int) -> Host:
    high, low = divmod(number, 250)
    make = SERVER if group == "servers" else MAKES[number % len(MAKES)]
    own = {
        **make,
        "name": name,
        "owner": f"a{number}" if group == "agent_pcs" else f"u{number}",
        "address": f"10.20.{1 + high}.{1 + low}",
        "mac": f"02:00:00:00:{high:02x}:{low:02x}",
        "serial": f"DEMO{number:05d}",
        "disk": f"DEMODISK{number:05d}",
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
    }
    variables = {
        "menshen_kind": "linux",
        "menshen_baselines": [baseline],
        "menshen_os": OS,
        "menshen_model": f"{make['vendor']} {make['model']}",
        "menshen_parameters": _parameters(own, group),
        "ansible_host": own["address"],
    }
    return Host(name, group, "linux_server" if group == "servers" else "linux_pc", own, variables)


def _parameters(own: Mapping[str, str], group: str) -> dict[str, Any]:
    parts = [f"uuid:{own['uuid']}", f"serial:{own['serial']}", f"disk:{own['disk']}", f"mac:{own['mac']}"]
    found = {**LISTS, "hardware_unchanged": {"approved_parts": parts}}
    return found if group == "servers" else {**found, "logons_by_owner_only": {"owners": [own["owner"]]}}


def _device(group: str, name: str, kind: str, model: str, address: str) -> Host:
    said = {"menshen_kind": kind, "menshen_model": model, "ansible_host": address}
    return Host(name, group, kind, {"name": name}, {key: value for key, value in said.items() if value})


def inventory(everyone: Sequence[Host]) -> str:
    """Write the hosts as an Ansible inventory in YAML."""
    groups: dict[str, dict[str, Any]] = {}
    for host in everyone:
        groups.setdefault(host.group, {"hosts": {}})["hosts"][host.name] = dict(host.variables)
    common = {"menshen_site": SITE, "menshen_banks": ["bank_north", "bank_south"]}
    return dump({"all": {"vars": common, "children": groups}})


def dump(document: object) -> str:
    """Write YAML for people: no sorting, no references, Chinese as it is."""
    return yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=130)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the shape of the base class
        """Write every value in full."""
        return True
