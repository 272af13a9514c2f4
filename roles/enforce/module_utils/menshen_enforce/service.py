# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop, enable and mask units of systemd (systemctl(1))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

ENABLED = frozenset(("enabled", "enabled-runtime", "static", "alias", "indirect", "generated"))


def plan(machine, steps) -> Plan:
    """Compare each unit; one that is not here need not be stopped, and cannot be started."""
    made = Plan()
    for step in steps:
        for name in names(step):
            state = _enabled(machine, name)
            if state in {"", "not-found"} and name in step.get("coming", ()):
                state = "disabled"
            if state in {"", "not-found"}:
                if step.get("state") != "stopped":
                    made.cannot(step["control"], f"unit {name}", "is not on this host")
                continue
            _boot(made, step, name, state)
            _now(machine, made, step, name)
    return made


def names(step) -> list[str]:
    """List the units of a step on Debian."""
    return step["names"]["debian"] if isinstance(step["names"], dict) else step["names"]


def _enabled(machine, name: str) -> str:
    return machine.ask("systemctl", "is-enabled", name)[1].strip().split("\n")[-1]


def _boot(made: Plan, step, name: str, state: str) -> None:
    if step.get("masked"):
        if state not in {"masked", "masked-runtime"}:
            made.change(step["control"], f"unit {name} at start", state, "masked")
            back = ("systemctl", "enable", name) if state == "enabled" else ()
            if back:
                made.run("systemctl", "disable", name, undo=back)
            made.run("systemctl", "mask", name, undo=("systemctl", "unmask", name))
    elif step.get("enabled") is True and state not in ENABLED:
        if state.startswith("masked"):
            made.run("systemctl", "unmask", name, undo=("systemctl", "mask", name))
        made.change(step["control"], f"unit {name} at start", state, "enabled")
        made.run("systemctl", "enable", name, undo=("systemctl", "disable", name))
    elif step.get("enabled") is False and state in {"enabled", "enabled-runtime"}:
        made.change(step["control"], f"unit {name} at start", state, "disabled")
        made.run("systemctl", "disable", name, undo=("systemctl", "enable", name))


def _now(machine, made: Plan, step, name: str) -> None:
    if "state" not in step:
        return
    if not machine.systemd:
        if step["state"] == "started":
            made.cannot(step["control"], f"unit {name} now", "systemd does not run this host")
        return
    active = machine.ask("systemctl", "is-active", name)[1].strip() or "inactive"
    if step["state"] == "started" and active not in {"active", "activating", "reloading"}:
        made.change(step["control"], f"unit {name} now", active, "active")
        made.run("systemctl", "start", name, undo=("systemctl", "stop", name))
    if step["state"] == "stopped" and active in {"active", "activating", "reloading"}:
        made.change(step["control"], f"unit {name} now", active, "inactive")
        made.run("systemctl", "stop", name, undo=("systemctl", "start", name))
