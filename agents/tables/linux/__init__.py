# SPDX-License-Identifier: Apache-2.0
"""Tables of a Linux host, read from its files with nothing but the standard library.

`TABLES` says which function serves which table, as `module:function`; a module is imported when it is first asked.
A table function takes the host and what is asked, and yields rows:

    def users(host: Host, ask: Ask) -> Iterator[Row]
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    "apt_config": "effective:apt_config",
    "apt_sources": "apt:apt_sources",
    "config_values": "text_files:config_values",
    "dconf_policy": "dconf:dconf_policy",
    "deb_packages": "packages:deb_packages",
    "etc_protocols": "etc_names:etc_protocols",
    "etc_services": "etc_names:etc_services",
    "file": "files:file",
    "file_lines": "text_files:file_lines",
    "groups": "accounts:groups",
    "hash": "hashes:hash",
    "kernel_info": "kernel:kernel_info",
    "kernel_keys": "kernel:kernel_keys",
    "kernel_modules": "kernel:kernel_modules",
    "last": "sessions:last",
    "listening_ports": "sockets:listening_ports",
    "load_average": "clock:load_average",
    "logged_in_users": "sessions:logged_in_users",
    "memory_info": "clock:memory_info",
    "module_config": "modprobe:module_config",
    "mounts": "mounts:mounts",
    "pam_rules": "pam:pam_rules",
    "process_envs": "process_details:process_envs",
    "process_memory_map": "process_details:process_memory_map",
    "process_namespaces": "process_details:process_namespaces",
    "process_open_files": "process_details:process_open_files",
    "process_open_sockets": "sockets:process_open_sockets",
    "processes": "processes:processes",
    "rpm_packages": "packages:rpm_packages",
    "shadow": "accounts:shadow",
    "sshd_config": "effective:sshd_config",
    "sudoers": "sudo:sudoers",
    "system_controls": "sysctl:system_controls",
    "systemd_units": "systemd:systemd_units",
    "time": "clock:time",
    "uptime": "clock:uptime",
    "user_groups": "accounts:user_groups",
    "users": "accounts:users",
    "yum_sources": "apt:yum_sources",
}
