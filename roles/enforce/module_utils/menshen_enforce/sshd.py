# SPDX-License-Identifier: GPL-3.0-or-later
"""Set what sshd demands, a file a control, read before all others (sshd_config(5): the first value counts)."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

MAIN = "/etc/ssh/sshd_config"
FOLDER = "/etc/ssh/sshd_config.d"
INCLUDE = f"Include {FOLDER}/*.conf"


def plan(machine, steps) -> Plan:
    """Compare our files and see to it that sshd reads them first."""
    made = Plan()
    for step in steps:
        path = f"{FOLDER}/00-menshen-{step['control'].replace('_', '-')}.conf"
        settings = {name: " ".join(value) if isinstance(value, list) else str(value) for name, value in step["settings"].items()}
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        before = machine.text(path)
        if before == text:
            continue
        had = dict(line.split(" ", 1) for line in (before or "").splitlines() if " " in line)
        for name, value in settings.items():
            if had.get(name) != value:
                made.change(step["control"], f"{path} {name}", had.get(name), value)
        if not any(one.setting.startswith(path) for one in made.changes):
            made.change(step["control"], path, "other lines", "only its settings")
        made.file(path, before, text, 0o644)
    main = machine.text(MAIN) or ""
    if steps and not _reads_ours_first(main):
        made.change(steps[0]["control"], f"{MAIN} {INCLUDE}", None, "first")
        made.file(MAIN, machine.text(MAIN), f"{INCLUDE}\n{main}")
    if made.files:
        # A refused configuration brings the former one back before any sshd has read it.
        made.reload("sshd", "-t")
        if machine.systemd:
            made.restart(machine, "ssh.service", "try-reload-or-restart")
            made.restart(machine, "sshd.service", "try-reload-or-restart")
        else:
            made.reload("sh", "-c", "[ ! -e /run/sshd.pid ] || kill -HUP $(cat /run/sshd.pid)")
    return made


def _reads_ours_first(text: str) -> bool:
    lines = (line.split() for line in text.splitlines())
    first = next((words for words in lines if words and not words[0].startswith("#")), [])
    return len(first) > 1 and first[0].lower() == "include" and f"{FOLDER}/*.conf" in first[1:]
