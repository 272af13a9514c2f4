# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring the accounts that exist up to what new ones get (chage(1), usermod(8))."""

from __future__ import annotations

import os
import time

from ansible.module_utils.menshen_enforce.plan import Plan
from ansible.module_utils.menshen_enforce.strictest import merged

# Column of /etc/shadow and option of chage for each age; of two demands the stricter counts.
AGES = {"minimum_days": (3, "-m", max), "maximum_days": (4, "-M", min)}
PEOPLE = range(1000, 60000)
NO_SHELL = ("/nologin", "/false")


def plan(machine, steps) -> Plan:
    """Compare passwd, shadow and the homes."""
    made = Plan()
    users = [line.split(":") for line in (machine.text("/etc/passwd") or "").splitlines() if line.count(":") == 6]
    shadow = {line.split(":")[0]: line.split(":") for line in (machine.text("/etc/shadow") or "").splitlines()}
    people = [user for user in users if user[2].isdecimal() and int(user[2]) in PEOPLE]
    with_root = [user[0] for user in users if user[2] == "0"] + [user[0] for user in people]
    _ages(made, steps, with_root, shadow)
    for step in steps:
        if "home_mode" in step:
            _homes(machine, made, step, people)
        if "lock" in step and not step.get("unless"):
            _locks(made, step, shadow)
    return made


def _ages(made: Plan, steps, names, shadow) -> None:
    wanted = ((step["control"], (age,), days) for step in steps for age, days in step.get("existing", {}).items())
    for (age,), (control, days) in merged(wanted, {age: rule for age, (_, _, rule) in AGES.items()}).items():
        column, option, rule = AGES[age]
        for name in names:
            fields = shadow.get(name)
            # Only a password that opens the account grows old.
            if not fields or not fields[1] or fields[1][0] in "!*":
                continue
            now = fields[column]
            if not now or rule(int(now), int(days)) != int(now):
                old = age == "maximum_days" and fields[2].isdecimal() and int(fields[2]) + int(days) < time.time() // 86400
                expires = " (its password is older: the next log-on must change it)" if old else ""
                made.change(control, f"account {name} {age}", now or None, f"{days}{expires}")
                made.run("chage", option, str(days), name, undo=("chage", option, now or "-1", name))


def _homes(machine, made: Plan, step, people) -> None:
    for name, _, _, _, _, home, shell in people:
        mode = machine.mode(home)
        if mode is None or shell.endswith(NO_SHELL) or os.path.islink(home) or home == "/":
            continue
        if int(mode, 8) & ~int(step["home_mode"], 8):
            made.change(step["control"], f"home of {name} {home} mode", mode, step["home_mode"])
            made.run("chmod", step["home_mode"], home, undo=("chmod", mode, home))


def _locks(made: Plan, step, shadow) -> None:
    for name in step["lock"]:
        password = shadow.get(name, ["", "*"])[1]
        if password and password[0] in "!*":
            continue
        made.change(step["control"], f"account {name} password", "set" if password else "empty", "locked")
        made.run("usermod", "-L", name, undo=("usermod", "-U", name))
