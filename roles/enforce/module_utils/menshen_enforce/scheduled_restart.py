# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart the host when the baseline says, with a warning before (systemd.timer(5))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

FOLDER = "/etc/systemd/system"
SERVICE = """[Unit]
Description=Restart as the baseline demands
{condition}
[Service]
Type=oneshot
ExecStart=/sbin/shutdown -r +5 "Restart in 5 minutes: save your work. 5 分钟后重启，请保存工作。"
"""
TIMER = """[Unit]
Description=Time of the restart that the baseline demands

[Timer]
{times}

[Install]
WantedBy=timers.target
"""
DAILY, WHEN_DUE = "menshen-restart", "menshen-restart-when-due"
DUE = "OnCalendar=*-*-* 04:30"


def plan(machine, steps) -> Plan:
    """Compare the two timers: the daily one, and the one that only acts when a restart is due."""
    made = Plan()
    times, controls = [], []
    at = [step for step in steps if "at" in step]
    for step in at:
        times.append(f"OnCalendar=*-*-* {step['at']}")
        controls.append(step["control"])
    for step in steps:
        # A restart every day keeps the time between two below a day.
        if "every_hours" in step and not (at and step["every_hours"] >= 24):
            times.append(f"OnBootSec={step['every_hours'] * 60 - 30}min")
            controls.append(step["control"])
    if times:
        _units(machine, made, controls[0], DAILY, "\n".join(times), "")
    due = [step["control"] for step in steps if step.get("only_when_due")]
    if due:
        _units(machine, made, due[0], WHEN_DUE, DUE, "ConditionPathExists=/run/reboot-required\n")
    return made


def _units(machine, made: Plan, control: str, name: str, times: str, condition: str) -> None:
    for path, text in (
        (f"{FOLDER}/{name}.service", SERVICE.format(condition=condition)),
        (f"{FOLDER}/{name}.timer", TIMER.format(times=times)),
    ):
        before = machine.text(path)
        if before != text:
            made.file(path, before, text, 0o644)
            made.change(control, path, None if before is None else "other text", times.replace("\n", ", "))
    timer = f"{name}.timer"
    if machine.systemd and any(path.startswith(f"{FOLDER}/{name}.") for path in made.files):
        made.run("systemctl", "daemon-reload", undo=("systemctl", "daemon-reload"), late=True)
    if machine.ask("systemctl", "is-enabled", timer)[1].strip() != "enabled":
        made.change(control, f"unit {timer} at start", None, "enabled")
        made.run("systemctl", "enable", timer, undo=("systemctl", "disable", timer))
    if machine.systemd and machine.ask("systemctl", "is-active", timer)[1].strip() != "active":
        made.change(control, f"unit {timer} now", None, "active")
        made.run("systemctl", "start", timer, undo=("systemctl", "stop", timer))
    if not machine.systemd:
        made.cannot(control, f"unit {timer} now", "systemd does not run this host")
