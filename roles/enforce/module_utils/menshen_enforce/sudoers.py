# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep sudo's rules strict: options of our own, and none that loosen it (sudoers(5))."""

from __future__ import annotations

import re

from ansible.module_utils.menshen_enforce.plan import Plan

MAIN, FOLDER = "/etc/sudoers", "/etc/sudoers.d"
CHECK = ("visudo", "-cqf", "{}")


def plan(machine, steps) -> Plan:
    """Compare our file of defaults, and take loosening tags and options out of every other."""
    made = Plan()
    for step in steps:
        if "defaults" in step:
            path = f"{FOLDER}/{step['file']}"
            lines = (made.now(path, machine) or "").splitlines()
            missing = [f"Defaults {one}" for one in step["defaults"] if f"Defaults {one}" not in lines]
            for line in missing:
                made.change(step["control"], f"{path} {line}", None, "present")
            if missing:
                made.file(path, machine.text(path), "".join(f"{line}\n" for line in [*lines, *missing]), 0o440, CHECK)
        for path in [MAIN, *(f"{FOLDER}/{name}" for name in machine.names(FOLDER) if "." not in name and not name.endswith("~"))]:
            text = made.now(path, machine)
            if text is not None:
                _tighten(machine, made, step, path, text)
    return made


def _tighten(machine, made: Plan, step, path: str, text: str) -> None:
    lines = []
    for line in text.split("\n"):
        strict = _line(step, line)
        if strict != line:
            made.change(step["control"], f"{path} {line.strip()}", "present", strict.strip() if strict else None)
        if strict is not None:
            lines.append(strict)
    if "\n".join(lines) != text:
        made.file(path, machine.text(path), "\n".join(lines), None, CHECK)


def _line(step, line: str):
    words = line.split()
    if not words or words[0].startswith("#"):
        return line
    if words[0].startswith("Defaults"):
        return _defaults(line, step.get("remove_defaults", ()))
    if words[0] in step.get("except_for", ()) or words[0].lstrip("%") in {one.lstrip("%") for one in step.get("except_for", ())}:
        return line
    for tag in step.get("remove_tags", ()):
        line = re.sub(rf"\b{re.escape(tag)}\s*:\s*", "", line)
    return line


def _defaults(line: str, loose):
    head, _, options = line.partition(" ")
    kept = [one for one in (part.strip() for part in options.split(",")) if one.replace(" ", "") not in loose]
    if len(kept) == len(options.split(",")):
        return line
    return f"{head} {', '.join(kept)}" if kept else None
