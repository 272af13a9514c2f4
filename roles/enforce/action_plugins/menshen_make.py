# SPDX-License-Identifier: GPL-3.0-or-later
"""Make steps true; where that may cut the way to the host, come back by a new connection to say that all is well."""

from __future__ import annotations

import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

CUT = "the host could not be reached in time after this change: it brought back its former state by itself"
PAUSE = 2


class ActionModule(ActionBase):
    """Run the module of this name, and settle its guard."""

    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp=None, task_vars=None):
        """Run, reconnect, settle."""
        result = super().run(tmp, task_vars)
        seconds = int(self._task.args.get("guard_seconds") or 0)
        started = time.monotonic()
        try:
            made = self._execute_module("ansible.legacy.menshen_make", dict(self._task.args), task_vars=task_vars)
        except AnsibleConnectionFailure as error:
            if not seconds:
                raise
            raise AnsibleConnectionFailure(f"{error}; the host brings back its former state by itself within {seconds} s") from error
        result.update(made)
        if seconds and made.get("former") and not made.get("failed"):
            result.update(self._settled(made["former"], started + seconds, task_vars))
        return result

    def _settled(self, folder: str, until: float, task_vars) -> dict:
        """Come back as anybody would: with a new connection. Only after the guard's time is it known that nobody can."""
        refused = ""
        while time.monotonic() < until + 3 * PAUSE:
            try:
                self._connection.reset()
                answer = self._execute_module("ansible.legacy.menshen_settle", {"folder": folder}, task_vars=task_vars)
            except AnsibleError as error:
                refused = str(error)
            else:
                if answer.get("decided") == "kept":
                    return {"guard": "kept"}
                if answer.get("decided"):
                    return {"failed": True, "changed": False, "guard": "restored", "msg": CUT}
                refused = str(answer.get("msg") or answer.get("module_stderr") or "no answer")
            time.sleep(PAUSE)
        return {"failed": True, "guard": "unknown", "msg": f"{CUT}; it has not answered since: {refused.strip()}"}
