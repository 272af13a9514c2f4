# SPDX-License-Identifier: GPL-3.0-or-later
"""Let apt fetch lists and install security updates by itself (apt.conf(5))."""

from __future__ import annotations

import re

from ansible.module_utils.menshen_enforce.plan import Plan

# After 20auto-upgrades and 50unattended-upgrades: what apt reads last counts.
PATH = "/etc/apt/apt.conf.d/52-menshen-upgrades"
SECURITY = ("label=Debian-Security,codename=${distro_codename}-security", "archive=${distro_codename}-security")
LINE = re.compile(r'([\w:-]+) "([^"]*)";')


def plan(machine, steps) -> Plan:
    """Compare our file, one setting a line."""
    made = Plan()
    before = machine.text(PATH)
    had = LINE.findall(before or "")
    kept = list(had)
    for step in steps:
        for name, value in _settings(step):
            now = dict(kept).get(name)
            many = name.endswith("::")
            if (many and (name, value) in kept) or (not many and now == value):
                continue
            kept = kept if many else [one for one in kept if one[0] != name]
            kept.append((name, value))
            made.change(step["control"], f"{PATH} {name}", None if many else now, value)
    if kept != had:
        made.file(PATH, before, "".join(f'{name} "{value}";\n' for name, value in kept), 0o644)
    return made


def _settings(step):
    yield "APT::Periodic::Enable", "1"
    yield "APT::Periodic::Update-Package-Lists", str(step["update_lists_days"])
    if step.get("upgrade_days"):
        yield "APT::Periodic::Unattended-Upgrade", str(step["upgrade_days"])
    if "security" in step.get("origins", ()):
        for pattern in SECURITY:
            yield "Unattended-Upgrade::Origins-Pattern::", pattern
