#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell the dead-man timer of a change that its host can still be reached."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: menshen_settle
short_description: Settle the guard of a change
description: Says that all is well; answers whether the change stays or the host has already brought back its former state.
options:
  folder:
    description: The folder of the former state, as M(menshen_make) gave it.
    type: path
    required: true
author: Menshen
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.menshen_enforce import guard
from ansible.module_utils.menshen_enforce.machine import EnforceError


def main() -> None:
    """Run as Ansible's module."""
    module = AnsibleModule(argument_spec={"folder": {"type": "path", "required": True}})
    try:
        decided = guard.settle(module.params["folder"])
    except (EnforceError, OSError) as error:
        module.fail_json(msg=str(error))
    module.exit_json(changed=False, decided=decided)


if __name__ == "__main__":
    main()
