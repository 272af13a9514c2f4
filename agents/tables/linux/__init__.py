# SPDX-License-Identifier: Apache-2.0
"""Tables of a Linux host, read from its files with nothing but the standard library.

`TABLES` says which function serves which table, as `module:function`; a module is imported when it is first asked.
A table function takes the host and what is asked, and yields rows:

    def users(host: Host, ask: Ask) -> Iterator[Row]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agents.host import Host
    from agents.source import Ask, Row

    TableFunction = Callable[[Host, Ask], Iterable[Row]]

TABLES: dict[str, str] = {
    "agent_state": "agent:agent_state",
    "antivirus": "antivirus:antivirus",
    "apparmor_profiles": "mandatory:apparmor_profiles",
    "apt_config": "effective:apt_config",
    "apt_sources": "apt:apt_sources",
    "arp_cache": "routing:arp_cache",
    "audit_rules": "audit:audit_rules",
    "authorized_keys": "ssh_keys:authorized_keys",
    "block_devices": "block:block_devices",
    "boot_entries": "efi:boot_entries",
    "chrome_extensions": "browsers:chrome_extensions",
    "config_values": "text_files:config_values",
    "cpu_info": "system:cpu_info",
    "crontab": "cron:crontab",
    "dconf_policy": "dconf:dconf_policy",
    "deb_packages": "packages:deb_packages",
    "disk_encryption": "block:disk_encryption",
    "dns_resolvers": "routing:dns_resolvers",
    "etc_hosts": "hosts_file:etc_hosts",
    "etc_protocols": "etc_names:etc_protocols",
    "etc_services": "etc_names:etc_services",
    "file": "files:file",
    "file_lines": "text_files:file_lines",
    "firefox_addons": "browsers:firefox_addons",
    "firmware": "bios:firmware",
    "firmware_settings": "bios:firmware_settings",
    "groups": "accounts:groups",
    "hash": "hashes:hash",
    "idle_sessions": "idle:idle_sessions",
    "interface_addresses": "network:interface_addresses",
    "interface_details": "network:interface_details",
    "interface_ipv6": "network:interface_ipv6",
    "kernel_info": "kernel:kernel_info",
    "kernel_keys": "kernel:kernel_keys",
    "kernel_modules": "kernel:kernel_modules",
    "known_hosts": "ssh_keys:known_hosts",
    "last": "sessions:last",
    "lastlog": "lastlog:lastlog",
    "listening_ports": "sockets:listening_ports",
    "load_average": "clock:load_average",
    "logged_in_users": "sessions:logged_in_users",
    "md_devices": "raid:md_devices",
    "md_drives": "raid:md_drives",
    "memory_devices": "memory_devices:memory_devices",
    "memory_info": "clock:memory_info",
    "module_config": "modprobe:module_config",
    "mounts": "mounts:mounts",
    "nft_chains": "nftables:nft_chains",
    "nft_rules": "nftables:nft_rules",
    "os_version": "system:os_version",
    "osquery_info": "system:osquery_info",
    "pam_rules": "pam:pam_rules",
    "patch_state": "patches:patch_state",
    "pci_devices": "devices:pci_devices",
    "platform_info": "firmware:platform_info",
    "process_envs": "process_details:process_envs",
    "process_memory_map": "process_details:process_memory_map",
    "process_namespaces": "process_details:process_namespaces",
    "process_open_files": "process_details:process_open_files",
    "process_open_sockets": "sockets:process_open_sockets",
    "processes": "processes:processes",
    "python_packages": "python_packages:python_packages",
    "retention": "retention:retention",
    "routes": "routing:routes",
    "rpm_packages": "packages:rpm_packages",
    "secureboot": "firmware:secureboot",
    "selinux_settings": "mandatory:selinux_settings",
    "shadow": "accounts:shadow",
    "smbios_tables": "firmware:smbios_tables",
    "ssh_configs": "ssh_settings:ssh_configs",
    "sshd_config": "effective:sshd_config",
    "startup_items": "startup:startup_items",
    "sudoers": "sudo:sudoers",
    "suid_bin": "suid:suid_bin",
    "swaps": "swaps:swaps",
    "system_controls": "sysctl:system_controls",
    "system_info": "system:system_info",
    "systemd_units": "systemd:systemd_units",
    "time": "clock:time",
    "uptime": "clock:uptime",
    "usb_devices": "devices:usb_devices",
    "usbguard_rules": "usbguard:usbguard_rules",
    "user_groups": "accounts:user_groups",
    "user_ssh_keys": "ssh_keys:user_ssh_keys",
    "users": "accounts:users",
    "yum_sources": "apt:yum_sources",
}


def function(table: str) -> TableFunction:
    """Give the function of a table of `TABLES`, importing its module when it is first asked."""
    module, _, name = TABLES[table].partition(":")
    loaded: Any = import_module(f"{__name__}.{module}")
    return cast("TableFunction", getattr(loaded, name))
