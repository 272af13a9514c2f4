# SPDX-License-Identifier: GPL-3.0-or-later
"""Demand whole lines of a file, and its mode."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan


def plan(machine, steps) -> Plan:
    """Add the lines that are missing."""
    made = Plan()
    for step in steps:
        path, text = step["path"], made.now(step["path"], machine)
        missing = [line for line in step["lines"] if line not in (text or "").splitlines()]
        mode = machine.mode(path)
        for line in missing:
            made.change(step["control"], f"{path} {line}", None, line)
        if mode != step["mode"]:
            made.change(step["control"], f"{path} mode", mode, step["mode"])
        if missing or mode != step["mode"]:
            ended = text if not text or text.endswith("\n") else f"{text}\n"
            made.file(path, machine.text(path), (ended or "") + "".join(f"{line}\n" for line in missing), int(step["mode"], 8))
    return made
