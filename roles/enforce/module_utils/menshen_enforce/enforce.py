# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out a plan: all of it, or nothing that stays; then read back."""

from __future__ import annotations

import os

from ansible.module_utils.menshen_enforce import former, guard
from ansible.module_utils.menshen_enforce.machine import EnforceError, Machine, run


def make(mechanism, name: str, steps, check_mode: bool, guard_seconds: int) -> dict:
    """Compare, apply unless in check mode, and read back; give Ansible's result."""
    plan = mechanism.plan(Machine(), steps)
    result = {
        "changed": bool(plan.changes),
        "changes": [change.__dict__ for change in plan.changes],
        "open": [one.__dict__ for one in plan.open],
        "diff": list(_diff(plan)),
    }
    if check_mode or not plan.changes:
        return result
    result["former"] = apply(name, plan, guard_seconds)
    left = mechanism.plan(Machine(), steps).changes
    if left:
        said = "; ".join(f"{one.setting} is {one.before}, not {one.after}" for one in left)
        _restore(result["former"])
        raise EnforceError(f"read back after the change, and it was not so; the former state was brought back: {said}")
    return result


def apply(name: str, plan, guard_seconds: int) -> str:
    """Carry out a plan; give the folder of the former state. Whatever fails, the former state is brought back."""
    folder = former.save(name, plan)
    if guard_seconds:
        guard.arm(folder, guard_seconds)
    try:
        for file in plan.files.values():
            _write(file)
        for command in [*plan.commands, *plan.reloads]:
            _run(command.argv, command.stdin, command.may_fail, command.why)
    except (EnforceError, OSError) as error:
        _restore(folder)
        raise EnforceError(f"{error}; the former state was brought back") from error
    return folder


def _write(file) -> None:
    if file.text is None:
        os.unlink(file.path)
        former.flush(os.path.dirname(file.path))
    else:
        former.write(file.path, file.text, file.mode, file.check, _run)


def _run(argv, stdin: str | None = None, may_fail: bool = False, why: str = "") -> None:
    code, out, complaint = run(argv, stdin)
    if code and not may_fail:
        if why:
            raise EnforceError(why)
        said = (complaint.strip() or out.strip() or "no message").splitlines()
        raise EnforceError(f"{' '.join(argv)} failed ({code}): {' / '.join(said[-3:])}")


def _restore(folder: str) -> None:
    run(["/bin/sh", os.path.join(folder, "restore")])
    if os.path.exists(os.path.join(folder, "fire")):
        guard.settle(folder)


def _diff(plan):
    for file in plan.files.values():
        if file.before != file.text:
            yield {
                "before_header": file.path,
                "after_header": file.path,
                "before": file.before or "",
                "after": file.text or "",
            }
    in_files = {file.path for file in plan.files.values()}
    other = [one for one in plan.changes if not any(one.setting.startswith(path) for path in in_files)]
    if other:
        yield {
            "before_header": "state",
            "after_header": "state",
            "before": "".join(f"{one.setting}: {one.before if one.before is not None else 'absent'}\n" for one in other),
            "after": "".join(f"{one.setting}: {one.after if one.after is not None else 'absent'}\n" for one in other),
        }
