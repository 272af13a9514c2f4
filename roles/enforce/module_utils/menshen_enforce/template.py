# SPDX-License-Identifier: GPL-3.0-or-later
"""Lay down whole files (their text was filled in on the control node)."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan


def plan(machine, steps) -> Plan:
    """Compare text and mode."""
    made = Plan()
    for step in steps:
        path, before, mode = step["path"], machine.text(step["path"]), machine.mode(step["path"])
        if before == step["text"] and mode == step["mode"]:
            continue
        made.file(path, before, step["text"], int(step["mode"], 8))
        if before != step["text"]:
            made.change(step["control"], path, None if before is None else "other text", "as wanted")
        if before is not None and mode != step["mode"]:
            made.change(step["control"], f"{path} mode", mode, step["mode"])
        if path.startswith("/etc/systemd/system/") and machine.systemd:
            made.reload("systemctl", "daemon-reload")
        if path.startswith("/etc/rsyslog.d/"):
            made.restart(machine, "rsyslog.service")
    return made
