# SPDX-License-Identifier: GPL-3.0-or-later
"""The dead-man timer: what may cut the way to a host is taken back unless somebody comes back and says that all is well."""

from __future__ import annotations

import os
import subprocess

from ansible.module_utils.menshen_enforce import former
from ansible.module_utils.menshen_enforce.machine import PATH, EnforceError, Machine, run

# Whoever makes this folder first has decided: the timer or the one who came back.
FIRE = """#!/bin/sh
# After a restart ("boot") a restoration that was cut off is done again; it may be done twice.
mkdir {folder}/decided 2>/dev/null ||
  [ "$1$(cat {folder}/decided/how)$(ls {folder}/decided/result 2>/dev/null)" = bootrestored ] || exit 0
echo restored > {folder}/decided/how
sh {folder}/restore > {folder}/restore.log 2>&1
echo $? > {folder}/decided/result
rm -f {boot}
sync
"""
# A transient timer is gone after a restart, and whoever wanted to come back with it: then nobody has said that all is well.
BOOT = "/etc/systemd/system/menshen-guard-boot"
WANTED = "/etc/systemd/system/timers.target.wants/menshen-guard-boot.timer"
BOOT_TIMER = """[Unit]
Description=Bring back what stood before a change that a restart interrupted
[Timer]
OnBootSec=10
AccuracySec=1s
"""
BOOT_SERVICE = """[Unit]
Description=Bring back what stood before a change that a restart interrupted
[Service]
Type=oneshot
ExecStart=/bin/sh {script}
"""
BOOT_SCRIPT = """#!/bin/sh
for one in {former}/*/fire; do
  [ -e "$one" ] && sh "$one" boot
done
:
"""
KEPT, RESTORED = "kept", "restored"


def arm(folder: str, seconds: int) -> None:
    """Let the host bring back the former state in `folder` after `seconds`, whatever becomes of this process."""
    script = os.path.join(folder, "fire")
    boot = (WANTED, f"{BOOT}.timer", f"{BOOT}.service")
    former.write(script, FIRE.format(folder=folder, boot=" ".join(boot)), 0o700)
    if Machine().systemd:
        at_boot = os.path.join(os.path.dirname(former.FORMER), "guard-boot")
        former.write(at_boot, BOOT_SCRIPT.format(former=former.FORMER), 0o700)
        former.write(f"{BOOT}.service", BOOT_SERVICE.format(script=at_boot), 0o644)
        former.write(f"{BOOT}.timer", BOOT_TIMER, 0o644)
        former.link(f"{BOOT}.timer", WANTED)
        unit = f"menshen-guard-{os.path.basename(folder)}"
        code, _, complaint = run(
            ["systemd-run", "--quiet", f"--unit={unit}", f"--on-active={seconds}", "--timer-property=AccuracySec=1s", "/bin/sh", script, "timer"]
        )
        if code:
            raise EnforceError(f"the guard could not be armed, nothing was changed: {complaint.strip()}")
        return
    subprocess.Popen(  # noqa: S602 - nothing of it comes from outside
        ["/bin/sh", "-c", 'sleep "$1"; exec /bin/sh "$2" timer', "menshen-guard", str(seconds), script],
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
    for path in (WANTED, f"{BOOT}.timer", f"{BOOT}.service"):
        if os.path.lexists(path):
            os.unlink(path)
    return KEPT
