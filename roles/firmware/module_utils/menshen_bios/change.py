# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring settings and the administrator's password of one machine to what is wanted: read, compare, change, read back."""

from __future__ import annotations

from ansible.module_utils.menshen_bios.memory import Memory
from ansible.module_utils.menshen_bios.tree import LENOVO, Tree, TreeError, WrongPasswordError

CONTROL = "bios_admin_password"
SETTING = "administrator password"
BY_HAND = "set it by hand: menshen firmware work-order"


class Change:
    """One machine's change. `passwords` is version -> password, `wanted` the version that must be set ("" for none)."""

    def __init__(self, root: str, passwords: dict, wanted: str, limit: int, check: bool) -> None:
        self.memory = Memory(root)
        self.tree = Tree(root)
        self.passwords, self.wanted, self.limit, self.check = passwords, wanted, limit, check
        self.changes: list = []
        self.open: list = []
        self.current = None

    def run(self, settings: list) -> dict:
        """Change, and give `changes`, `open` (what cannot be made true here, and why), `pending` (a restart is due)."""
        left = self._missing(settings)
        try:
            # Lenovo's new password counts only after the restart: until then settings need the old one, so they come first.
            self._settings(left)
            if self.wanted:
                self._password()
        finally:
            self._clear()
        return {"changed": bool(self.changes), "changes": self.changes, "open": self.open, "pending": self.tree.pending}

    # -- settings

    def _missing(self, settings: list) -> list:
        """Give (control, name, wanted value) of each setting this machine has and that is not as wanted."""
        known, left = set(self.tree.settings()), []
        for one in filter(self.tree.concerns, settings):
            value = self.tree.value(one["setting"]) if one["setting"] in known else None
            if value is None or value.lower() in [wanted.lower() for wanted in one["wanted"]]:
                continue
            allowed = self.tree.allowed(one["setting"])
            fits = [item for wanted in one["wanted"] for item in allowed if item.lower() == wanted.lower()]
            if allowed and not fits:
                self._leave(one["control"], one["setting"], f"the firmware takes only {', '.join(allowed)}")
            else:
                left.append((one["control"], one["setting"], value, (fits or one["wanted"])[0]))
        return left

    def _settings(self, left: list) -> None:
        if left and self.tree.certificate:
            for control, name, _before, _wanted in left:
                self._leave(control, name, "certificates guard this firmware: change it through the signing server")
            return
        for control, name, before, wanted in left:
            if self.check:
                self._note(control, name, before, wanted)
                continue
            try:
                self._authorised(lambda name=name, wanted=wanted: self.tree.write(f"attributes/{name}/current_value", wanted))
            except TreeError as error:
                self._leave(control, name, str(error))
                continue
            found = self.tree.value(name)
            # Some firmware shows the new value only after the restart, and says so.
            if found != wanted and not self.tree.pending:
                self._leave(control, name, f"the firmware took {wanted} without complaint and still says {found}")
            else:
                self._note(control, name, before, wanted)

    # -- the password

    def _password(self) -> None:
        marker = self.memory.marker()
        reason = self._hindrance(marker)
        if reason:
            self._leave(CONTROL, SETTING, reason)
            return
        enabled = self.tree.enabled
        if enabled and marker.get("state") == "set" and marker.get("version") == self.wanted:
            return
        before = (marker.get("version") if marker.get("state") == "set" else "unknown version") if enabled else "not set"
        if self.check:
            self._note(CONTROL, SETTING, before, f"version {self.wanted}")
            return
        try:
            self._set(enabled, marker)
        except TreeError as error:
            self._leave(CONTROL, SETTING, str(error))
        else:
            self._note(CONTROL, SETTING, before, f"version {self.wanted}")

    def _hindrance(self, marker: dict) -> str:
        """Say why the password cannot be set by machine now; "" where it can."""
        if self.tree.certificate:
            return "certificates guard this firmware: there is no password to set"
        shortest, longest = self.tree.lengths()
        if not shortest <= len(self.passwords[self.wanted]) <= longest:
            return f"the firmware takes {shortest} to {longest} characters"
        if not self.tree.enabled and self.tree.driver == LENOVO:
            return f"Lenovo's first supervisor password cannot be set by software; {BY_HAND}"
        changing = marker.get("state") == "changing" or (marker.get("state") == "set" and marker.get("version") != self.wanted)
        if self.tree.pending and changing and not self.changes:
            return "an earlier change waits for a restart: restart the machine, then run this again"
        return ""

    def _set(self, enabled: bool, marker: dict) -> None:
        """Set it: say what is about to happen, do it, read back, say that it happened."""
        before = marker.get("version", "") if marker.get("state") == "set" else marker.get("before", "")
        new = self.passwords[self.wanted]

        def change() -> None:
            self.memory.mark("changing", self.wanted, before)
            self.tree.write(f"{self.tree.admin}/new_password", new)

        if enabled:
            self._authorised(change, marker)
        else:
            change()
        if not self.tree.enabled:
            if self.tree.pending:
                raise TreeError("the firmware shows the password only after a restart: restart the machine, then run this again")
            self.memory.forget()
            raise TreeError(f"the firmware took the password without complaint and still says that none is set; {BY_HAND}")
        self.memory.mark("set", self.wanted, before)

    # -- what both need

    def _authorised(self, action, marker: dict | None = None) -> None:
        """Act with the password that opens this machine, finding out which of ours it is where that is not known.

        Raises:
            TreeError: none of ours is right, the machine's tries are used up, or the firmware refused for another reason.
        """
        if not self.tree.enabled:
            action()
            return
        for version in [self.current] if self.current else self._candidates(marker or self.memory.marker()):
            if self.memory.spent(self.limit):
                count = self.memory.tries()["count"]
                raise TreeError(
                    f"{count} passwords were refused here, and firmware locks itself: find out which one is set, then run again with"
                    " firmware_forget_tries"
                )
            self.memory.begin()
            try:
                self.tree.write(f"{self.tree.admin}/current_password", self.passwords[version])
                action()
            except WrongPasswordError:
                self.memory.ended(refused=True)
                self._put_back(marker)
                continue
            except TreeError:
                # Refused for another reason: the password was not what was wrong.
                self.memory.ended(refused=False)
                raise
            self.memory.forget_tries()
            self.current = version
            return
        raise TreeError("none of the passwords in the vault opens this firmware: somebody else set it, or it is of another version")

    def _put_back(self, marker: dict | None) -> None:
        """Undo the word `changing` of a try that was refused: nothing changed."""
        if marker is not None:
            if marker:
                self.memory.mark(marker["state"], marker["version"], marker.get("before", ""))
            else:
                self.memory.forget()

    def _candidates(self, marker: dict) -> list:
        """List the versions that may be set now, the likeliest first: each costs a try."""
        if marker.get("state") == "set":
            first = [marker["version"]]
        elif marker.get("state") == "changing":
            # The power went between setting and marking, or before: the new one, or the one before.
            first = [marker["version"], marker.get("before", "")]
        else:
            first = []
        others = sorted(self.passwords, reverse=True)
        return [version for version in dict.fromkeys([*first, self.wanted, *others]) if version in self.passwords]

    def _clear(self) -> None:
        """Take the password out of the driver's memory again, as the kernel's document asks."""
        if self.current:
            try:
                self.tree.write(f"{self.tree.admin}/current_password", "")
            except (TreeError, WrongPasswordError):
                # HP's driver takes no empty one and forgets it by itself after each setting.
                return

    def _note(self, control: str, setting: str, before: str, after: str) -> None:
        self.changes.append({"control": control, "setting": setting, "before": before, "after": after})

    def _leave(self, control: str, setting: str, why: str) -> None:
        self.open.append({"control": control, "setting": setting, "why": why})
