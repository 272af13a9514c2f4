# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep kernel modules from being loaded, and unload those that are (modprobe.d(5))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan


def plan(machine, steps) -> Plan:
    """Give each control its own file, so that it can be read, and taken back, by itself."""
    made = Plan()
    for step in steps:
        path = f"/etc/modprobe.d/menshen-{step['control'].replace('_', '-')}.conf"
        before = machine.text(path)
        text = "".join(f"install {name} /bin/false\nblacklist {name}\n" for name in step["modules"])
        if before != text:
            made.file(path, before, text, 0o644)
            had = (before or "").splitlines()
            for name in step["modules"]:
                if f"install {name} /bin/false" not in had or f"blacklist {name}" not in had:
                    made.change(step["control"], f"{path} {name}", None if before is None else "incomplete", "blocked")
            if not made.changes or made.changes[-1].control != step["control"]:
                made.change(step["control"], path, "other lines", "only its modules")
    if made.files:
        # udevd keeps the configuration it has read for some seconds: a stick plugged in before it looks again would load its driver.
        made.run("udevadm", "control", "--reload", undo=("udevadm", "control", "--reload"), may_fail=True, late=True)
    loaded = {words[0]: words for words in map(str.split, (machine.text("/proc/modules") or "").splitlines())}
    blocked = {name.replace("-", "_"): step["control"] for step in steps for name in step["modules"]}
    for name in [one for one in blocked if one in loaded]:
        holders = _holders(loaded[name], blocked)
        if holders:
            made.cannot(blocked[name], f"module {name}", f"is in use by {holders}; it is gone after the next start")
        else:
            made.change(blocked[name], f"module {name}", "loaded", "not loaded")
            made.run("modprobe", "-r", name, undo=("modprobe", name), late=True)
    return made


def _holders(words, blocked) -> str:
    """Name what holds a module of /proc/modules (name, size, uses, modules that use it) and will not go with it."""
    users = [name for name in words[3].split(",") if name and name != "-"]
    others = [name for name in users if name not in blocked]
    return ", ".join(others) or ("a process or device" if int(words[2]) > len(users) else "")
