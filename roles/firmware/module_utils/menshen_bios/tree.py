# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's tree of firmware attributes (Documentation/ABI/testing/sysfs-class-firmware-attributes), read and written plainly."""

from __future__ import annotations

import errno
import fnmatch
import os

CLASS = "sys/class/firmware-attributes"
ADMIN = "bios-admin"
ENHANCED = "enhanced-bios-auth"
LENOVO = "thinklmi"


class TreeError(Exception):
    """The tree is not there, or is not as the kernel documents it; the message is fit for people."""


class WrongPasswordError(Exception):
    """The firmware refused the password (EACCES); nothing was changed."""


class Tree:
    """One driver's tree below `root` (/ on a real host)."""

    def __init__(self, root: str) -> None:
        self.top = os.path.join(root, CLASS)
        self.maker = _first_line(root, "bios_vendor")
        self.model = (self.maker.lower().startswith("lenovo") and _first_line(root, "product_version")) or _first_line(root, "product_name")
        drivers = self._names("")
        if not drivers:
            raise TreeError("no maker's interface (/sys/class/firmware-attributes): set it by hand, see menshen firmware work-order")
        self.driver = drivers[0]
        self.roles = {}
        for name in self._names(f"{self.driver}/authentication"):
            role = self.read(f"authentication/{name}/role")
            if role:
                self.roles.setdefault(role, f"authentication/{name}")

    @property
    def admin(self) -> str:
        """Give the folder of the administrator's password. Raises TreeError where it vanished."""
        if ADMIN not in self.roles:
            raise TreeError(f"{self.driver} shows no administrator password (did an update break its interface?): set it by hand")
        return self.roles[ADMIN]

    @property
    def enabled(self) -> bool:
        """Tell whether an administrator password is set. Raises TreeError where the driver does not say."""
        value = self.read(f"{self.admin}/is_enabled")
        if value not in {"0", "1"}:
            raise TreeError(f"{self.driver} does not say whether a password is set: {value!r}")
        return value == "1"

    @property
    def certificate(self) -> bool:
        """Tell whether keys and not a password open the set-up."""
        if self.read(f"{self.roles.get(ADMIN, '-')}/mechanism") == "certificate":
            return True
        spm = self.roles.get(ENHANCED, "-")
        return self.read(f"{spm}/is_enabled") == "1" or '"provisioned"' in (self.read(f"{spm}/status") or "")

    @property
    def pending(self) -> bool:
        """Tell whether changes wait for a restart."""
        return self.read("attributes/pending_reboot") == "1"

    def concerns(self, setting: dict) -> bool:
        """Tell whether a name of a setting is of this machine's maker and model (SQL's LIKE patterns, `%` for anything)."""
        pairs = ((self.maker, setting.get("vendor", "%")), (self.model, setting.get("model", "%")))
        return all(fnmatch.fnmatchcase(text.lower(), pattern.lower().replace("%", "*")) for text, pattern in pairs)

    def lengths(self) -> tuple[int, int]:
        """Give the shortest and longest password the firmware takes."""
        shortest, longest = (self.read(f"{self.admin}/{word}_password_length") or "" for word in ("min", "max"))
        return int(shortest) if shortest.isdigit() else 1, int(longest) if longest.isdigit() else 32

    def settings(self) -> list[str]:
        """List the names of all settings."""
        return [name for name in self._names(f"{self.driver}/attributes") if self.read(f"attributes/{name}/current_value") is not None]

    def allowed(self, name: str) -> list[str]:
        """List the values a setting may take; empty where the driver does not say."""
        values = self.read(f"attributes/{name}/possible_values") or ""
        return [value for value in values.rstrip(";,").split(";") if value]

    def value(self, name: str) -> str | None:
        """Give the present value of a setting."""
        return self.read(f"attributes/{name}/current_value")

    def read(self, path: str) -> str | None:
        """Read a file of the driver; None where it is not there or gives nothing."""
        try:
            with open(os.path.join(self.top, self.driver, path), encoding="utf-8", errors="replace") as stream:
                return stream.read().strip("\0 \t\r\n")
        except OSError:
            return None

    def write(self, path: str, text: str) -> None:
        """Write a file of the driver in one call, as echo does.

        Raises:
            WrongPasswordError: EACCES, which the kernel gives for a wrong or missing password alone: root may write the file.
            TreeError: any other refusal, in words without what was written.
        """
        place = os.path.join(self.top, self.driver, path)
        try:
            descriptor = os.open(place, os.O_WRONLY)
            try:
                os.write(descriptor, text.encode() + b"\n")
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise WrongPasswordError(path) from None
            raise TreeError(f"{self.driver} refused {path}: {os.strerror(error.errno or 0)}") from None

    def _names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(os.path.join(self.top, path)))
        except OSError:
            return []


def _first_line(root: str, name: str) -> str:
    try:
        with open(os.path.join(root, "sys/class/dmi/id", name), encoding="utf-8", errors="replace") as stream:
            return stream.readline().strip()
    except OSError:
        return ""
