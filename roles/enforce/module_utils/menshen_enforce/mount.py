# SPDX-License-Identifier: GPL-3.0-or-later
"""Mount folders with options; a folder that is no mount is bound onto itself, so that what lies in it stays (mount(8))."""

from __future__ import annotations

import os

from ansible.module_utils.menshen_enforce.plan import Plan

FSTAB = "/etc/fstab"


def plan(machine, steps) -> Plan:
    """Compare the mounts and fstab."""
    made = Plan()
    wanted: dict = {}
    for step in steps:
        for path in step["paths"]:
            control, options = wanted.get(path, (step["control"], []))
            wanted[path] = (control, [*options, *(one for one in step["options"] if one not in options)])
    for path, (control, options) in wanted.items():
        if not os.path.isdir(path):
            made.cannot(control, path, "no such folder on this host")
            continue
        _mounted(machine, made, control, path, options)
        _written(machine, made, control, path, options)
    return made


def _mounted(machine, made: Plan, control: str, path: str, options) -> None:
    now = mounts(machine).get(path)
    missing = options if now is None else [one for one in options if one not in now]
    if not missing:
        return
    before = "not a mount" if now is None else ",".join(now)
    made.change(control, f"mount {path}", before, "with " + ",".join(options))
    if now is None:
        made.run("mount", "--bind", path, path, undo=("umount", path))
    former = [] if now is None else [_opposite(one) for one in missing]
    undo = ("mount", "-o", f"remount,bind,{','.join(former)}", path) if former else ()
    made.run("mount", "-o", f"remount,bind,{','.join(options)}", path, undo=undo)


def _opposite(option: str) -> str:
    return option[2:] if option.startswith("no") else f"no{option}"


def _written(machine, made: Plan, control: str, path: str, options) -> None:
    text = made.now(FSTAB, machine) or ""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        words = line.split()
        if len(words) < 4 or words[0].startswith("#") or words[1] != path:
            continue
        had = words[3].split(",")
        if all(one in had for one in options):
            return
        lines[number] = " ".join([*words[:3], ",".join([*had, *(one for one in options if one not in had)]), *words[4:]])
        made.change(control, f"{FSTAB} {path}", words[3], lines[number].split()[3])
        break
    else:
        kind = mounts(machine, kinds=True).get(path)
        device, flags = (("tmpfs", options) if kind == "tmpfs" else (path, ["bind", *options]))
        lines.append(f"{device} {path} {'tmpfs' if kind == 'tmpfs' else 'none'} {','.join(flags)} 0 0")
        made.change(control, f"{FSTAB} {path}", None, ",".join(flags))
    made.file(FSTAB, machine.text(FSTAB), "".join(f"{line}\n" for line in lines), 0o644)


def mounts(machine, kinds: bool = False) -> dict:
    """Give mount point -> options (or kind of file system), the last mount on a folder counting."""
    found = {}
    for line in (machine.text("/proc/self/mounts") or "").splitlines():
        words = line.split(" ")
        found[words[1].replace("\\040", " ")] = words[2] if kinds else words[3].split(",")
    return found
