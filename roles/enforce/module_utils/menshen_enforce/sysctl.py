# SPDX-License-Identifier: GPL-3.0-or-later
"""Set kernel settings, in the running kernel and for the next start (sysctl.d(5))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

# The kernel sets the second anew whenever the first changes (inet_forward_change in net/ipv4/devinet.c).
FORWARD = "net.ipv4.ip_forward"
RESET = "net.ipv4.conf.all.accept_redirects"


def plan(machine, steps) -> Plan:
    """Compare file and kernel; a setting this kernel does not have stands in the file alone."""
    made = Plan()
    # Forwarding first: what it resets is then set by whoever demands it.
    for step in sorted(steps, key=lambda step: FORWARD not in step["settings"]):
        path = f"/etc/sysctl.d/{step['file']}.conf"
        before = machine.text(path)
        text = "".join(f"{name} = {value}\n" for name, value in step["settings"].items())
        had = dict(line.split(" = ", 1) for line in (before or "").splitlines() if " = " in line)
        if before != text:
            made.file(path, before, text, 0o644)
        for name, value in step["settings"].items():
            if had.get(name) != value:
                made.change(step["control"], f"{path} {name}", had.get(name), value)
            live = machine.text(place(name))
            if live is not None and " ".join(live.split()) != value:
                made.change(step["control"], f"kernel {name}", live.strip(), value)
                # Kept before and after, so that neither the change nor its undoing moves a setting nobody named.
                kept = machine.text(place(RESET)) if name == FORWARD else None
                around = [("sysctl", "-q", "-w", f"{RESET}={kept.strip()}")] if kept is not None else []
                for command in around:
                    made.run(*command, undo=command)
                made.run("sysctl", "-q", "-w", f"{name}={value}", undo=("sysctl", "-q", "-w", f"{name}={live.strip()}"))
                for command in around:
                    made.run(*command, undo=command)
        if before != text and not any(one.setting.startswith(path) for one in made.changes):
            made.change(step["control"], path, "other lines", "only its settings")
    return made


def place(name: str) -> str:
    """Give the file of a kernel setting."""
    return "/proc/sys/" + name.replace(".", "/")
