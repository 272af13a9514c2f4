# SPDX-License-Identifier: GPL-3.0-or-later
"""Set what new accounts get (login.defs(5))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.keyed import value_of, with_key
from ansible.module_utils.menshen_enforce.plan import Plan
from ansible.module_utils.menshen_enforce.strictest import merged

PATH = "/etc/login.defs"
# Of two controls that set the same key the stricter one counts.
RULES = {"PASS_MAX_DAYS": min, "PASS_MIN_DAYS": max}


def plan(machine, steps) -> Plan:
    """Compare the keys of login.defs."""
    made = Plan()
    before = text = machine.text(PATH)
    for (name,), (control, value) in merged(((step["control"], (name,), value) for step in steps for name, value in step["settings"].items()), RULES).items():
        now = value_of(text, name, " ")
        if now != str(value):
            made.change(control, f"{PATH} {name}", now, str(value))
            text = with_key(text, name, str(value), " ")
    if text != before:
        made.file(PATH, before, text)
    return made
