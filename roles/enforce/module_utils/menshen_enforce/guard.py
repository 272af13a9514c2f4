# SPDX-License-Identifier: GPL-3.0-or-later
"""The dead-man timer: what may cut the way to a host is taken back unless somebody comes back and says that all is well."""

from __future__ import annotations

import os
import subprocess

from ansible.module_utils.menshen_enforce import former
from ansible.module_utils.menshen_enforce.machine import PATH, EnforceError, Machine, run

# Whoever makes this folder first has decided: the timer or the one who came back.
FIRE = """#!/bin/sh
mkdir {folder}/decided 2>/dev/null || exit 0
echo restored > {folder}/decided/how
sh {folder}/restore > {folder}/restore.log 2>&1
echo $? > {folder}/decided/result
"""
KEPT, RESTORED = "kept", "restored"


def arm(folder: str, seconds: int) -> None:
    """Let the host bring back the former state in `folder` after `seconds`, whatever becomes of this process."""
    script = os.path.join(folder, "fire")
    former.write(script, FIRE.format(folder=folder), 0o700)
    if Machine().systemd:
        unit = f"menshen-guard-{os.path.basename(folder)}"
        code, _, complaint = run(
            ["systemd-run", "--quiet", f"--unit={unit}", f"--on-active={seconds}", "--timer-property=AccuracySec=1s", "/bin/sh", script]
        )
        if code:
            raise EnforceError(f"the guard could not be armed, nothing was changed: {complaint.strip()}")
        return
    subprocess.Popen(  # noqa: S602 - nothing of it comes from outside
        ["/bin/sh", "-c", 'sleep "$1"; exec /bin/sh "$2"', "menshen-guard", str(seconds), script],
        env={"PATH": PATH, "LC_ALL": "C.UTF-8"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def settle(folder: str) -> str:
    """Say that all is well; give `kept`, or `restored` where the timer was faster."""
    if os.path.dirname(folder) != former.FORMER or not os.path.isdir(folder):
        raise EnforceError(f"no such guard: {folder}")
    decided = os.path.join(folder, "decided")
    try:
        os.mkdir(decided)
    except FileExistsError:
        with open(os.path.join(decided, "how"), encoding="utf-8") as stream:
            return stream.read().strip() or RESTORED
    with open(os.path.join(decided, "how"), "w", encoding="utf-8") as stream:
        stream.write(KEPT)
    return KEPT
