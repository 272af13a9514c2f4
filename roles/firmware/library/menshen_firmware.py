#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring firmware settings and the administrator's password of a host to what is wanted."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: menshen_firmware
short_description: Change firmware settings and the firmware's administrator password
description:
  - Works through the kernel's firmware-attributes (dell-wmi-sysman, hp-bioscfg, thinklmi), reads back after every step,
    and remembers on the host which version of the password is set and how often a wrong one was tried.
options:
  settings:
    description: What to make true, each with C(control), C(setting) and the C(wanted) values, the first that the firmware knows counts.
    type: list
    elements: dict
    default: []
  passwords:
    description: Version -> password, those that may be set now and the wanted one. Never logged, never given back.
    type: dict
    default: {}
  version:
    description: The version that must be set; empty leaves the password alone.
    type: str
    default: ""
  tries:
    description: So many passwords may be refused by one machine, over all runs, until someone looks at it.
    type: int
    default: 2
  forget_tries:
    description: Someone has looked at it, count anew.
    type: bool
    default: false
  root:
    description: Where the host's files begin; another folder than / for tests and images.
    type: path
    default: /
attributes:
  check_mode: {support: full}
  diff_mode: {support: full}
author: Menshen
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.menshen_bios.change import Change
from ansible.module_utils.menshen_bios.memory import Memory
from ansible.module_utils.menshen_bios.tree import TreeError, WrongPasswordError


def main() -> None:
    """Run as Ansible's module."""
    module = AnsibleModule(
        argument_spec={
            "settings": {"type": "list", "elements": "dict", "default": []},
            "passwords": {"type": "dict", "default": {}, "no_log": True},
            "version": {"type": "str", "default": ""},
            "tries": {"type": "int", "default": 2},
            "forget_tries": {"type": "bool", "default": False},
            "root": {"type": "path", "default": "/"},
        },
        supports_check_mode=True,
    )
    given = module.params
    passwords = {str(version): str(password) for version, password in given["passwords"].items()}
    if given["version"] and given["version"] not in passwords:
        module.fail_json(msg=f"no password of version {given['version']} was given")
    if given["forget_tries"] and not module.check_mode:
        Memory(given["root"]).forget_tries()
    try:
        change = Change(given["root"], passwords, given["version"], given["tries"], module.check_mode)
        result = change.run(given["settings"])
    except TreeError as error:
        wanted = ["bios_admin_password"] if given["version"] else sorted({one["control"] for one in given["settings"]})
        result = {"changed": False, "changes": [], "pending": False,
                  "open": [{"control": control, "setting": "firmware", "why": str(error)} for control in wanted]}  # fmt: skip
    except WrongPasswordError:
        module.fail_json(msg="the firmware asked for a password although it says that none is set")
    module.exit_json(**result, diff=_diff(result["changes"]))


def _diff(changes: list) -> list:
    """Give what changed as Ansible's --diff shows it; a password appears by its version alone."""
    lines = [[f"{one['setting']}: {one[side]}" for one in changes] for side in ("before", "after")]
    return [{"before_header": "firmware", "after_header": "firmware", "before": "\n".join(lines[0]) + "\n",
             "after": "\n".join(lines[1]) + "\n"}] if changes else []  # fmt: skip


if __name__ == "__main__":
    main()
