# SPDX-License-Identifier: GPL-3.0-or-later
"""Let apt trust only what is signed (sources.list(5))."""

from __future__ import annotations

import re

from ansible.module_utils.menshen_enforce.plan import Plan

ONE_LINE = re.compile(r"^(\s*deb(?:-src)?\s+)\[([^\]]*)\](\s)", re.MULTILINE)
FIELD = re.compile(r"^[ \t]*(?:trusted|allow-insecure|allow-weak)[ \t]*:[ \t]*yes[ \t]*\n", re.MULTILINE | re.IGNORECASE)
LOOSE = re.compile(r"(?:trusted|allow-insecure|allow-weak)=yes", re.IGNORECASE)


def plan(machine, steps) -> Plan:
    """Take every option that switches the signature off out of the sources."""
    made = Plan()
    if not machine.has("apt-get"):
        for step in steps:
            made.cannot(step["control"], "package sources", "only those of apt are known")
        return made
    for step in steps:
        for path in ["/etc/apt/sources.list", *machine.found("/etc/apt/sources.list.d/*")]:
            text = machine.text(path)
            if text is None:
                continue
            signed = FIELD.sub("", ONE_LINE.sub(_options, text)) if path.endswith(".sources") else ONE_LINE.sub(_options, text)
            if signed != text:
                made.change(step["control"], f"{path} signature", "not checked", "checked")
                made.file(path, text, signed)
    return made


def _options(found) -> str:
    kept = [word for word in found.group(2).split() if not LOOSE.fullmatch(word)]
    return found.group(1) + (f"[{' '.join(kept)}]{found.group(3)}" if kept else "")
