# SPDX-License-Identifier: GPL-3.0-or-later
"""Install and remove packages of Debian and its kin (apt-get(8))."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

APT = ("apt-get", "-q", "-y", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "-o", "DPkg::Lock::Timeout=120")
# Without these nobody could come back to the host.
NEVER_REMOVED = frozenset(("apt", "dpkg", "init", "openssh-server", "python3", "python3-minimal", "sudo", "systemd", "systemd-sysv"))


def plan(machine, steps) -> Plan:
    """Compare with dpkg's list; name also what goes along with a removed package, and refuse what must stay."""
    made = Plan()
    if not machine.has("dpkg-query"):
        for step in steps:
            made.cannot(step["control"], "packages", "only packages of Debian and its kin are known")
        return made
    here = installed(machine)
    wanted = {name: step["control"] for step in steps if step["state"] == "present" for name in names(step)}
    unwanted = {name: step["control"] for step in steps if step["state"] == "absent" for name in names(step)}
    _install(machine, made, {name: control for name, control in wanted.items() if name not in here})
    _remove(machine, made, {name: control for name, control in unwanted.items() if name in here and name not in wanted})
    return made


def names(step) -> list[str]:
    """List the packages of a step on Debian, without those it excepts."""
    given = step["names"]["debian"] if isinstance(step["names"], dict) else step["names"]
    return [name for name in given if name not in step.get("except_for", ())]


def installed(machine) -> set[str]:
    """Give the names of the installed packages."""
    _, out, _ = machine.ask("dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\\n")
    return {line.split()[1] for line in out.splitlines() if line[1:2] == "i"}


def _install(machine, made: Plan, missing) -> None:
    for name, control in missing.items():
        code, _, complaint = machine.ask("apt-get", "-s", "-q", "-y", "--no-install-recommends", "install", name)
        if code:
            made.cannot(control, f"package {name}", (complaint.strip().splitlines() or ["apt-get refuses it"])[-1])
            continue
        made.change(control, f"package {name}", None, "installed")
        made.run(*APT, "--no-install-recommends", "install", name, undo=(*APT, "remove", name))


def _remove(machine, made: Plan, present) -> None:
    for name, control in present.items():
        code, out, complaint = machine.ask("apt-get", "-s", "-q", "-y", "remove", name)
        along = [line.split()[1] for line in out.splitlines() if line.startswith("Remv ")]
        needed = sorted(NEVER_REMOVED.intersection(along))
        if code or needed:
            why = f"{', '.join(needed)} would go with it" if needed else (complaint.strip().splitlines() or ["apt-get refuses it"])[-1]
            made.cannot(control, f"package {name}", why)
            continue
        for one in along or [name]:
            made.change(control, f"package {one}", "installed", None)
        made.run(*APT, "remove", name, undo=(*APT, "--no-install-recommends", "install", *(along or [name])))
