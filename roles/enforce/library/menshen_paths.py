#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell which of some paths are on a host, so that the control node can see which controls apply."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: menshen_paths
short_description: Tell which paths are on this host
description: Gives every path that matches one of the shell patterns.
options:
  patterns:
    description: Absolute paths, C(*) and C(?) as in a shell.
    type: list
    elements: str
    required: true
author: Menshen
"""

import glob

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Run as Ansible's module."""
    module = AnsibleModule(argument_spec={"patterns": {"type": "list", "elements": "str", "required": True}}, supports_check_mode=True)
    found = {path for pattern in module.params["patterns"] for path in glob.glob(pattern)}
    module.exit_json(changed=False, paths=sorted(found))


if __name__ == "__main__":
    main()
