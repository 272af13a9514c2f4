# SPDX-License-Identifier: Apache-2.0
"""The ways a control may be made true; each has (or, until its issue lands, will have) one task file in roles/."""

from __future__ import annotations

from typing import Final

MECHANISMS: Final[frozenset[str]] = frozenset(
    """
    auditd banner bitlocker config_file audit_policy dconf file_lines firewall_rules firmware gpo journald kernel_module local_group
    login_defs logrotate mount nftables package pam registry scheduled_restart scheduled_task security_policy service sshd sudoers
    sysctl template timesync unattended_upgrades usbguard user_hive
    """.split()  # noqa: SIM905 - a word list is read in lines
)
