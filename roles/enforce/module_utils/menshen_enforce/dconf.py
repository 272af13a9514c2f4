# SPDX-License-Identifier: GPL-3.0-or-later
"""Set and lock what desktop sessions find in dconf's system database (dconf(7))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

DATABASE = "/etc/dconf/db/local.d"
PROFILE = "/etc/dconf/profile/user"
LINES = ("user-db:user", "system-db:local")


def plan(machine, steps) -> Plan:
    """Give each control its key file and, where locked, its file of locks."""
    made = Plan()
    for step in steps:
        _file(machine, made, step, f"{DATABASE}/{step['file']}", keys(step["settings"]))
        if step["locked"]:
            _file(machine, made, step, f"{DATABASE}/locks/{step['file']}", "".join(f"/{key}\n" for key in step["settings"]))
    profile = machine.text(PROFILE)
    missing = [line for line in LINES if line not in (profile or "").splitlines()]
    for line in missing if steps else ():
        made.change(steps[0]["control"], f"{PROFILE} {line}", None, line)
    if missing and steps:
        made.file(PROFILE, profile, "".join(f"{line}\n" for line in [*(profile or "").splitlines(), *missing]), 0o644)
    if not machine.has("dconf"):
        for step in steps:
            made.cannot(step["control"], "dconf update", "dconf is not on this host: the database is not compiled")
    elif made.files:
        made.reload("dconf", "update")
    return made


def keys(settings) -> str:
    """Write a key file: a section for each folder of keys."""
    sections: dict = {}
    for key, value in settings.items():
        folder, _, name = key.rpartition("/")
        sections.setdefault(folder, []).append(f"{name}={value}\n")
    return "\n".join(f"[{folder}]\n" + "".join(lines) for folder, lines in sections.items())


def _file(machine, made: Plan, step, path: str, text: str) -> None:
    before = machine.text(path)
    if before == text:
        return
    made.file(path, before, text, 0o644)
    had, folder = {}, ""
    for line in (before or "").splitlines():
        folder = line[1:-1] if line.startswith("[") else folder
        had[f"{folder}/{line.partition('=')[0]}" if "=" in line else line] = line.partition("=")[2]
    locks = "/locks/" in path
    for key, value in step["settings"].items():
        now = had.get(f"/{key}" if locks else key)
        now = "locked" if locks and now is not None else now
        if now != ("locked" if locks else value):
            made.change(step["control"], f"{path} {key}", now, "locked" if locks else value)
    if not any(one.setting.startswith(f"{path} ") for one in made.changes):
        made.change(step["control"], path, "other lines", "only its keys")
