# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose, on the control node, what must be true on a host: the same call an audit makes."""

from __future__ import annotations

import sys
from pathlib import Path

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

# Where the rooms are not installed, they stand beside roles/.
sys.path.append(str(Path(__file__).resolve().parents[3]))


class ActionModule(ActionBase):
    """Give `steps` by mechanism, and what is skipped by exception, not applicable, or lacking a value."""

    _requires_connection = True
    _supports_check_mode = True
    _VALID_ARGS = frozenset(("controls",))

    def run(self, tmp=None, task_vars=None):
        """Choose, ask the host which files are there, and leave out what does not apply."""
        from menshen.enforcement import Enforcement, of_host
        from menshen.trouble import TroubleError
        from policies.problems import CatalogueError

        result = super().run(tmp, task_vars)
        try:
            chosen: Enforcement = of_host(task_vars["inventory_hostname"], task_vars, tuple(self._task.args.get("controls") or ()))
            here = self._execute_module("ansible.legacy.menshen_paths", {"patterns": chosen.patterns()}, task_vars=task_vars)
            if here.get("failed") or "paths" not in here:
                return here
            return {**result, "changed": False, **chosen.document(here["paths"])}
        except (TroubleError, CatalogueError) as error:
            raise AnsibleActionFail(str(error)) from error
