# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell the kernel what to record (audit.rules(7))."""

from __future__ import annotations

import os

from ansible.module_utils.menshen_enforce.plan import Plan

FOLDER = "/etc/audit/rules.d"


def plan(machine, steps) -> Plan:
    """Add the rules that are missing to the file each control names."""
    made = Plan()
    for step in steps:
        path = f"{FOLDER}/{step['file']}.rules"
        text = made.now(path, machine)
        missing = [rule for rule in rules(step) if rule not in (text or "").splitlines()]
        for rule in missing:
            made.change(step["control"], f"{path} {rule}", None, "present")
        if missing:
            made.file(path, machine.text(path), (text or "") + "".join(f"{rule}\n" for rule in missing), 0o640)
    if made.files and machine.has("augenrules"):
        code, said, _ = machine.ask("auditctl", "-s")
        if code == 0 and "enabled 2" in said:
            for step in steps:
                made.cannot(step["control"], "augenrules --load", "the rules are locked until the next start: it will load these")
        else:
            made.reload("augenrules", "--load", may_fail=True)
    return made


def rules(step) -> list[str]:
    """Write the rules of a step."""
    if step.get("immutable"):
        return ["-e 2"]
    if "syscalls" in step:
        calls = ",".join(step["syscalls"])
        return [f"-a always,exit -F arch=b{bits} -S {calls} -k {step['key']}" for bits in (64, 32)]
    paths = step.get("watch") or [path for path in step["watch_existing"] if os.path.exists(path)]
    return [f"-w {path} -p {step['permissions']} -k {step['key']}" for path in paths]
