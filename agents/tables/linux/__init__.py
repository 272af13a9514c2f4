# SPDX-License-Identifier: Apache-2.0
"""Tables of a Linux host, read from its files with nothing but the standard library.

`TABLES` says which function serves which table, as `module:function`; a module is imported when it is first asked.
A table function takes the host and what is asked, and yields rows:

    def users(host: Host, ask: Ask) -> Iterator[Row]
"""

from __future__ import annotations

TABLES: dict[str, str] = {
    "config_values": "text_files:config_values",
    "deb_packages": "packages:deb_packages",
    "file_lines": "text_files:file_lines",
    "rpm_packages": "packages:rpm_packages",
    "systemd_units": "systemd:systemd_units",
    "users": "accounts:users",
}
