# SPDX-License-Identifier: GPL-3.0-or-later
"""Set keys of configuration files that are someone else's, leaving their other lines alone."""

from __future__ import annotations

import os

from ansible.module_utils.menshen_enforce.keyed import value_of, with_key
from ansible.module_utils.menshen_enforce.plan import Plan
from ansible.module_utils.menshen_enforce.strictest import merged

# Who reads a file again when it changed; those that only read it at their start are not restarted behind people's backs.
READERS = {
    "/etc/postfix/main.cf": "postfix.service",
    "/etc/audit/auditd.conf": "auditd.service",
}
RULES = {"minlen": max, "minclass": max}


def plan(machine, steps) -> Plan:
    """Compare the keys of each file."""
    made = Plan()
    wanted = [
        (step["control"], (path, step.get("section"), name), str(value))
        for step in steps
        if not step.get("when_folder") or os.path.isdir(step["when_folder"])
        for path in _paths(machine, step, made)
        for name, value in step["settings"].items()
    ]
    for (path, section, name), (control, value) in merged(wanted, RULES).items():
        text = made.now(path, machine)
        now = value_of(text, name, "=", section)
        if now != value:
            made.change(control, f"{path} {name}", now, value)
            made.file(path, machine.text(path), with_key(text, name, value, "=", section))
    for path in made.files:
        if path in READERS:
            made.restart(machine, READERS[path], "try-reload-or-restart")
    return made


def _paths(machine, step, made: Plan) -> list[str]:
    if "*" not in step["path"]:
        return [step["path"]]
    found = machine.found(step["path"])
    if not found:
        # conf.d folders may be there before any file is.
        folders = machine.found(os.path.dirname(step["path"]))
        found = [os.path.join(folder, os.path.basename(step["path"])) for folder in folders]
    if not found:
        made.cannot(step["control"], step["path"], "no such folder on this host")
    return found
