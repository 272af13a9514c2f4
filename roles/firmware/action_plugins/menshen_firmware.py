# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose a host's firmware settings and passwords on the control node, and hand them to the module over its standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Where the rooms are not installed, they stand beside roles/.
sys.path.append(str(Path(__file__).resolve().parents[3]))


class ActionModule(ActionBase):
    """Choose, and run the module of this name. The task itself never holds a password."""

    _requires_connection = True
    _supports_check_mode = True
    _supports_diff = True
    _VALID_ARGS = frozenset(("controls", "forget_tries", "root", "tries"))

    def run(self, tmp=None, task_vars=None):
        """Choose and run."""
        from menshen.firmware import of_host
        from menshen.trouble import TroubleError
        from policies.problems import CatalogueError

        result = super().run(tmp, task_vars)
        given = self._task.args
        variables = {name: self._templar.template(task_vars[name]) for name in task_vars if name.startswith("menshen_")}
        try:
            wanted = of_host(task_vars["inventory_hostname"], {**task_vars, **variables}, tuple(given.get("controls") or ()))
        except (TroubleError, CatalogueError) as error:
            raise AnsibleActionFail(str(error)) from error
        if wanted.passwords and not self._is_pipelining_enabled("new"):
            # Otherwise Ansible lays the module, with the password in it, into a file on the host.
            raise AnsibleActionFail("pipelining is off for this host: set ansible_pipelining, the password must not lie in a file there")
        arguments = {**wanted.to_module(), **{name: given[name] for name in ("forget_tries", "root", "tries") if name in given}}
        made = self._execute_module("ansible.legacy.menshen_firmware", arguments, task_vars=task_vars)
        made.pop("invocation", None)
        result.update(made)
        result["open"] = [*wanted.open, *made.get("open", ())]
        result["excepted"] = [*wanted.excepted]
        return result
