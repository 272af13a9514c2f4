# SPDX-License-Identifier: Apache-2.0
"""The kernel's firmware attributes of three makers, mounted by FUSE with the kernel's own answers and errors.

What each does is taken from the kernel's sysfs-class-firmware-attributes and from dell-wmi-sysman, hp-bioscfg and think-lmi;
the firmware behind them is imagined: `Firmware` holds its state in a file, so that it outlives a power cut.

`firmware_mount.py` serves it.
"""

from __future__ import annotations

import errno
import json
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DRIVERS = {"dell": "dell-wmi-sysman", "hp": "hp-bioscfg", "lenovo": "thinklmi"}
ADMIN = {"dell": "Admin", "hp": "Setup Password", "lenovo": "Admin"}
FRESH = {
    "password": "",
    "pending_password": None,
    "pending": 0,
    "refused": 0,
    "certificate": False,
    "vanished": False,
    "session": "",
    "kill": "",
    "settings": {},
}


class Firmware:
    """One machine's firmware as its driver shows it."""

    def __init__(self, state: Path) -> None:
        self.file = state
        self.state = {**FRESH, **json.loads(state.read_text())}
        self.maker = self.state["maker"]
        self.admin = f"authentication/{ADMIN[self.maker]}"

    def keep(self) -> None:
        """Write the state down."""
        self.file.write_text(json.dumps(self.state))

    def files(self) -> dict[str, tuple[int, object, object]]:
        """Give path -> (mode, how to show it, how to store it)."""
        shown: dict[str, tuple[int, object, object]] = {}
        if not self.state["vanished"]:
            shown["attributes/pending_reboot"] = (0o444, lambda: str(self.state["pending"]), None)
            for name, setting in self.state["settings"].items():
                shown[f"attributes/{name}/current_value"] = (
                    0o600,
                    lambda name=name: self.state["settings"][name]["value"],
                    lambda text, _pid, name=name: self.set_value(name, text),
                )
                if setting.get("possible"):
                    shown[f"attributes/{name}/possible_values"] = (
                        0o444,
                        lambda setting=setting: ";".join(setting["possible"]),
                        None,
                    )
            shown.update(self._authentication())
        return shown

    def _authentication(self) -> dict[str, tuple[int, object, object]]:
        mechanism = "certificate" if self.state["certificate"] and self.maker == "lenovo" else "password"
        found = {
            f"{self.admin}/role": (0o444, lambda: "bios-admin", None),
            f"{self.admin}/is_enabled": (0o444, lambda: str(int(bool(self.state["password"]))), None),
            f"{self.admin}/mechanism": (0o444, lambda: mechanism, None),
            f"{self.admin}/min_password_length": (0o444, lambda: "8" if self.maker == "hp" else "4", None),
            f"{self.admin}/max_password_length": (0o444, lambda: "32", None),
            f"{self.admin}/current_password": (0o200, None, lambda text, _pid: self.session(text)),
            f"{self.admin}/new_password": (0o200, None, self.set_password),
        }
        if self.maker == "hp":
            status = json.dumps({"State": "provisioned" if self.state["certificate"] else "not provisioned"})
            found["authentication/SPM/role"] = (0o444, lambda: "enhanced-bios-auth", None)
            found["authentication/SPM/is_enabled"] = (0o444, lambda: str(int(self.state["certificate"])), None)
            found["authentication/SPM/status"] = (0o444, lambda: status, None)
        return found

    def session(self, text: str) -> None:
        """Take the password of a session: no driver compares it now; HP's refuses an empty one."""
        if text and not 4 <= len(text) <= 32:
            raise OSError(errno.EINVAL, "")
        if not text and self.maker == "hp":
            raise OSError(errno.EINVAL, "")
        self.state["session"] = text

    def authorise(self) -> None:
        """Refuse a wrong or missing password with EACCES, and for good after three: the firmware locks itself."""
        if self.state["certificate"]:
            raise OSError(errno.EACCES, "")
        if self.state["password"] and (self.state["refused"] >= 3 or self.state["session"] != self.state["password"]):
            self.state["refused"] += 1
            raise OSError(errno.EACCES, "")
        self.state["refused"] = 0

    def set_value(self, name: str, text: str) -> None:
        """Change a setting: EINVAL outside the possible values; a restart is then due."""
        setting = self.state["settings"][name]
        self.authorise()
        if setting.get("possible") and text not in setting["possible"]:
            raise OSError(errno.EINVAL, "")
        if not setting.get("stubborn"):
            setting["value"] = text
            self.state["pending"] = 1

    def set_password(self, text: str, pid: int) -> None:
        """Set a new password: Lenovo refuses a first one, and lets a new one count after the restart."""
        if self.state["kill"] == "before":
            os.kill(pid, signal.SIGKILL)
            return
        self.authorise()
        if self.maker == "lenovo" and not self.state["password"]:
            raise OSError(errno.EOPNOTSUPP, "")
        if self.maker == "lenovo":
            self.state["pending_password"], self.state["pending"] = text, 1
        elif not (self.maker == "hp" and self.state.get("deaf")):
            # hp-bioscfg of many kernels stores what is written to new_password as though it were the current one: nothing happens.
            self.state["password"] = text
        if self.state["kill"] == "after":
            self.keep()
            os.kill(pid, signal.SIGKILL)


def restart(state: Path, **more: object) -> None:
    """Restart the machine: what was pending counts now; `more` changes the state by hand."""
    found = {**FRESH, **json.loads(state.read_text())}
    if found["pending_password"] is not None:
        found["password"] = found["pending_password"]
    state.write_text(json.dumps({**found, "pending_password": None, "pending": 0, "session": "", "refused": 0, "kill": "", **more}))
