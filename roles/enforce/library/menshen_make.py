#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the steps of one mechanism true: read, compare, apply, read back, in one round trip."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: menshen_make
short_description: Make the steps of one mechanism true on this host
description:
  - Reads the present state, shows how it differs, applies it whole or not at all, and reads it back.
  - The former state is kept below C(/var/lib/menshen/former), with a script C(restore) that brings it back.
options:
  mechanism:
    description: Which mechanism.
    type: str
    required: true
  steps:
    description: What to make true, each step with the control it belongs to.
    type: list
    elements: dict
    required: true
  guard_seconds:
    description: Where above 0, the host brings back the former state after so many seconds unless the guard is settled.
    type: int
    default: 0
attributes:
  check_mode: {support: full}
  diff_mode: {support: full}
author: Menshen
"""

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.menshen_enforce import (
    accounts,
    auditd,
    config_file,
    dconf,
    enforce,
    faillock,
    file_lines,
    journald,
    kernel_module,
    login_defs,
    logrotate,
    mount,
    nftables,
    package,
    package_sources,
    pam,
    scheduled_restart,
    service,
    sshd,
    sudoers,
    sysctl,
    template,
    timesync,
    unattended_upgrades,
    usbguard,
)
from ansible.module_utils.menshen_enforce.machine import EnforceError

MECHANISMS = (
    accounts, auditd, config_file, dconf, faillock, file_lines, journald, kernel_module, login_defs, logrotate, mount, nftables, package,
    package_sources, pam, scheduled_restart, service, sshd, sudoers, sysctl, template, timesync, unattended_upgrades, usbguard,
)  # fmt: skip


def main() -> None:
    """Run as Ansible's module."""
    known = {module.__name__.rpartition(".")[2]: module for module in MECHANISMS}
    module = AnsibleModule(
        argument_spec={
            "mechanism": {"type": "str", "required": True, "choices": sorted(known)},
            "steps": {"type": "list", "elements": "dict", "required": True},
            "guard_seconds": {"type": "int", "default": 0},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        result = enforce.make(known[given["mechanism"]], given["mechanism"], given["steps"], module.check_mode, given["guard_seconds"])
    except (EnforceError, OSError) as error:
        module.fail_json(msg=f"{given['mechanism']}: {error}")
    module.exit_json(**result)


if __name__ == "__main__":
    main()
