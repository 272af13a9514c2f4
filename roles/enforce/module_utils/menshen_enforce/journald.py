# SPDX-License-Identifier: GPL-3.0-or-later
"""Set how the journal is kept (journald.conf(5))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.keyed import value_of, with_key
from ansible.module_utils.menshen_enforce.plan import Plan

FOLDER = "/etc/systemd/journald.conf.d"


def plan(machine, steps) -> Plan:
    """Compare the keys of our drop-in files."""
    made = Plan()
    for step in steps:
        path = f"{FOLDER}/{step['file']}.conf"
        settings = step.get("settings") or {"MaxRetentionSec": f"{step['retention_years']}year"}
        for name, value in settings.items():
            text = made.now(path, machine)
            now = value_of(text, name, "=", "Journal")
            if now != value:
                made.change(step["control"], f"{path} {name}", now, value)
                made.file(path, machine.text(path), with_key(text, name, value, "=", "Journal"), 0o644)
    if made.files:
        made.restart(machine, "systemd-journald.service")
    return made
