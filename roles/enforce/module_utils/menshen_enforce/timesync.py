# SPDX-License-Identifier: GPL-3.0-or-later
"""Name the servers the clock is set by (chrony.conf(5), timesyncd.conf(5))."""

from __future__ import annotations

import os

from ansible.module_utils.menshen_enforce.plan import Plan


def plan(machine, steps) -> Plan:
    """Give the daemon that is here our servers; without servers the system's own stay."""
    made = Plan()
    for step in steps:
        servers = list(step["servers"])
        if not os.path.isdir("/etc/chrony") and not machine.found("/lib/systemd/systemd-timesyncd"):
            made.cannot(step["control"], "time servers", "neither chrony nor systemd-timesyncd is on this host")
            continue
        if not servers:
            continue
        chrony = os.path.isdir("/etc/chrony")
        path = "/etc/chrony/sources.d/menshen.sources" if chrony else "/etc/systemd/timesyncd.conf.d/menshen.conf"
        text = "".join(f"server {one} iburst\n" for one in servers) if chrony else f"[Time]\nNTP={' '.join(servers)}\n"
        before = machine.text(path)
        if before != text:
            made.change(step["control"], path, before.strip() if before else None, " ".join(servers))
            made.file(path, before, text, 0o644)
            made.restart(machine, "chrony.service" if chrony else "systemd-timesyncd.service")
    return made
