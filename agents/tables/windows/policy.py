# SPDX-License-Identifier: Apache-2.0
"""What secedit and auditpol exported: `security_policy`, `security_profile_info` and `audit_policy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.formats.inf import SYSTEM_ACCESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agents.source import Ask, Row
    from agents.windows.pc import Pc

# Column -> section and name of the security template (MS-GPSB 2.2).
_PROFILE: Final[Mapping[str, tuple[str, str]]] = {
    "minimum_password_age": (SYSTEM_ACCESS, "MinimumPasswordAge"),
    "maximum_password_age": (SYSTEM_ACCESS, "MaximumPasswordAge"),
    "minimum_password_length": (SYSTEM_ACCESS, "MinimumPasswordLength"),
    "password_complexity": (SYSTEM_ACCESS, "PasswordComplexity"),
    "password_history_size": (SYSTEM_ACCESS, "PasswordHistorySize"),
    "lockout_bad_count": (SYSTEM_ACCESS, "LockoutBadCount"),
    "logon_to_change_password": (SYSTEM_ACCESS, "RequireLogonToChangePassword"),
    "force_logoff_when_expire": (SYSTEM_ACCESS, "ForceLogoffWhenHourExpire"),
    "new_administrator_name": (SYSTEM_ACCESS, "NewAdministratorName"),
    "new_guest_name": (SYSTEM_ACCESS, "NewGuestName"),
    "clear_text_password": (SYSTEM_ACCESS, "ClearTextPassword"),
    "lsa_anonymous_name_lookup": (SYSTEM_ACCESS, "LSAAnonymousNameLookup"),
    "enable_admin_account": (SYSTEM_ACCESS, "EnableAdminAccount"),
    "enable_guest_account": (SYSTEM_ACCESS, "EnableGuestAccount"),
    "audit_system_events": ("Event Audit", "AuditSystemEvents"),
    "audit_logon_events": ("Event Audit", "AuditLogonEvents"),
    "audit_object_access": ("Event Audit", "AuditObjectAccess"),
    "audit_privilege_use": ("Event Audit", "AuditPrivilegeUse"),
    "audit_policy_change": ("Event Audit", "AuditPolicyChange"),
    "audit_account_manage": ("Event Audit", "AuditAccountManage"),
    "audit_process_tracking": ("Event Audit", "AuditProcessTracking"),
    "audit_ds_access": ("Event Audit", "AuditDSAccess"),
    "audit_account_logon": ("Event Audit", "AuditAccountLogon"),
}


def security_policy(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield every setting of the exported security template."""
    for section, settings in pc.policy().items():
        yield from ({"section": section, "name": name, "value": value} for name, value in settings.items())


def security_profile_info(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield osquery's one row of the password, lockout and audit settings; what the template leaves out is NULL."""
    policy = pc.policy()
    yield {column: policy.get(section, {}).get(name) for column, (section, name) in _PROFILE.items()}


def audit_policy(pc: Pc, _ask: Ask) -> Iterator[Row]:
    """Yield every sub-category with what it records: 0 nothing, 1 success, 2 failure, 3 both."""
    for guid, setting in pc.audit().items():
        yield {"guid": guid, "setting": setting}
