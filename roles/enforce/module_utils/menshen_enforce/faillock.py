# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock an account after wrong passwords (pam_faillock(8))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce import pam
from ansible.module_utils.menshen_enforce.keyed import value_of, with_key
from ansible.module_utils.menshen_enforce.plan import Plan

CONF = "/etc/security/faillock.conf"
# Asked before the password is, and told when it was wrong: first and last among the modules that may let in.
BEFORE = """Name: Menshen: refuse an account that is locked
Default: yes
Priority: 1024
Auth-Type: Primary
Auth:
\trequisite\tpam_faillock.so preauth
Account-Type: Primary
Account:
\trequired\tpam_faillock.so
"""
AFTER = """Name: Menshen: count wrong passwords
Default: yes
Priority: 0
Auth-Type: Primary
Auth:
\t[default=die]\tpam_faillock.so authfail
"""
PLACES = (("auth", "preauth"), ("auth", "authfail"), ("account", ""))


def plan(machine, steps) -> Plan:
    """Compare the limits and the places of the module."""
    made = Plan()
    if not pam.usable(machine, made, steps):
        return made
    for step in steps:
        for name, value in _limits(step):
            text = made.now(CONF, machine)
            now = value_of(text, name)
            if now != value:
                made.change(step["control"], f"{CONF} {name}", now, value)
                made.file(CONF, machine.text(CONF), with_key(text, name, value))
    missing = [place for place in PLACES if pam.line(machine, place[0], "pam_faillock.so", place[1]) is None]
    for kind, word in missing if steps else ():
        made.change(steps[0]["control"], f"/etc/pam.d/common-{kind} pam_faillock.so {word}".strip(), None, "present")
    if missing and steps:
        pam.profile(machine, made, "menshen-faillock-before", BEFORE)
        pam.profile(machine, made, "menshen-faillock-after", AFTER)
    return made


def _limits(step):
    if "deny" in step:
        yield "deny", str(step["deny"])
    if "unlock_minutes" in step:
        yield "unlock_time", str(step["unlock_minutes"] * 60)
