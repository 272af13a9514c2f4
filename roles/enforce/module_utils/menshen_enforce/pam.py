# SPDX-License-Identifier: GPL-3.0-or-later
"""Put modules into PAM's common services, by the system's own tool (pam-auth-update(8)), so that packages can do the same beside us."""

from __future__ import annotations

from ansible.module_utils.menshen_enforce.plan import Plan

PROFILES = "/usr/share/pam-configs"
COMMON = ("account", "auth", "password", "session", "session-noninteractive")
KEPT = (*(f"/etc/pam.d/common-{name}" for name in COMMON), *(f"/var/lib/pam/{name}" for name in (*COMMON, "seen")))
# Where a module stands among others: after the check of quality (1024), before the change itself (256).
PRIORITY = 512


def plan(machine, steps) -> Plan:
    """Compare the common services; a module that stands there with our arguments is left as it is."""
    made = Plan()
    if not usable(machine, made, steps):
        return made
    for step in steps:
        wanted = " ".join([step["flag"], step["module"], *step["arguments"]])
        now = line(machine, step["type"], step["module"])
        # The module that comes first asks for the password itself: it has no use for one asked before.
        if now is not None and set(step["arguments"]) - {"use_authtok"} <= set(now.split()):
            continue
        name = f"menshen-{step['module'].partition('.')[0].replace('_', '-')}"
        if not machine.found(f"/lib/security/{step['module']}") and not machine.found(f"/lib/*/security/{step['module']}"):
            made.cannot(step["control"], f"/etc/pam.d/common-{step['type']} {step['module']}", "the module is not on this host")
            continue
        profile(machine, made, name, _text(step))
        made.change(step["control"], f"/etc/pam.d/common-{step['type']} {step['module']}", now, wanted)
    return made


def usable(machine, made: Plan, steps) -> bool:
    """Tell whether pam-auth-update is here, and note where it is not."""
    if machine.has("pam-auth-update"):
        return True
    for step in steps:
        made.cannot(step["control"], "PAM", "pam-auth-update is not on this host: only Debian and its kin are known")
    return False


def line(machine, kind: str, module: str, word: str = "") -> str | None:
    """Give the line of a common service that names a module (and a word), blanks made one."""
    for one in (machine.text(f"/etc/pam.d/common-{kind}") or "").splitlines():
        words = one.split("#", 1)[0].split()
        if words and words[0] == kind and module in words and (not word or word in words):
            return " ".join(words[1:])
    return None


def profile(machine, made: Plan, name: str, text: str) -> None:
    """Demand a profile, and that it is switched on."""
    path = f"{PROFILES}/{name}"
    made.file(path, machine.text(path), text, 0o644)
    made.keep(*KEPT)
    made.run("pam-auth-update", "--package", "--enable", name)


def _text(step) -> str:
    kind = step["type"].capitalize()
    additional = step["flag"] == "optional"
    rule = "\t".join([step["flag"], " ".join([step["module"], *step["arguments"]])])
    text = f"Name: Menshen: {step['control']}\nDefault: yes\nPriority: {PRIORITY}\n{kind}-Type: {'Additional' if additional else 'Primary'}\n{kind}:\n\t{rule}\n"
    if step["type"] == "password":
        # The first module of the stack asks for the password itself.
        first = "\t".join([step["flag"], " ".join([step["module"], *(one for one in step["arguments"] if one != "use_authtok")])])
        text += f"{kind}-Initial:\n\t{first}\n"
    return text
