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
        if step.get("excepted_devices"):
            _give_way(made, step["control"], path, before)
            continue
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
    if any(file.text is None for file in made.files.values()):
        # USBGuard has let the device in already, when its driver was still blocked.
        made.run("udevadm", "trigger", "--action=add", "--subsystem-match=usb", may_fail=True, late=True)
    loaded = {words[0]: words for words in map(str.split, (machine.text("/proc/modules") or "").splitlines())}
    blocked = {name.replace("-", "_"): step["control"] for step in steps if not step.get("excepted_devices") for name in step["modules"]}
    for name in _users_first([one for one in blocked if one in loaded], loaded):
        holders = _holders(loaded[name], blocked)
        if holders:
            made.cannot(blocked[name], f"module {name}", f"is in use by {holders}; it is gone after the next start")
        else:
            made.change(blocked[name], f"module {name}", "loaded", "not loaded")
            made.run("modprobe", "-r", name, undo=("modprobe", name), late=True)
    return made


def _give_way(made: Plan, control: str, path: str, before: str | None) -> None:
    """Leave the driver to a device that an exception lets in; only where USBGuard refuses all others."""
    if before is not None:
        made.change(control, path, "blocked", "not blocked: USBGuard lets in excepted devices only")
        made.file(path, before, None)
        open_to_all = "usbguard.service does not run: without the block every USB stick would be let in"
        made.run("systemctl", "is-active", "--quiet", "usbguard.service", why=open_to_all)


def _users_first(names, loaded) -> list[str]:
    """Order modules so that each comes after those that use it: uas is in the way of usb_storage."""
    ordered: list[str] = []
    waiting = list(names)
    while waiting:
        free = [one for one in waiting if not set(loaded[one][3].split(",")) & set(waiting)] or waiting
        ordered += free
        waiting = [one for one in waiting if one not in free]
    return ordered


def _holders(words, blocked) -> str:
    """Name what holds a module of /proc/modules (name, size, uses, modules that use it) and will not go with it."""
    users = [name for name in words[3].split(",") if name and name != "-"]
    others = [name for name in users if name not in blocked]
    return ", ".join(others) or ("a process or device" if int(words[2]) > len(users) else "")
