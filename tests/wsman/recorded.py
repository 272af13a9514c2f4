# SPDX-License-Identifier: Apache-2.0
"""One state of one office PC as its tools say it in English and in Chinese: what a reader may use is the same in both.

Written by hand after the tools' documented formats; no real PC was at hand.
"""

from __future__ import annotations

from typing import Final

from policies.formats import inf

NOW: Final = 1_795_600_000
DAY: Final = 86_400
MACHINE: Final = "S-1-5-21-1004336348-1177238915-682003330"
USER: Final = "S-1-5-21-2025429265-492894223-1708537768-1104"
LANGUAGES: Final = ("en-US", "zh-CN")

# What Windows says in the language of the PC, and nobody may read: never a name or a number that decides anything.
_WORDS: Final = {
    "spooler": ("Print Spooler", "打印后台处理程序"),
    "firewall": ("Windows Defender Firewall", "Windows Defender 防火墙"),
    "administrator": ("Built-in account for administering the computer/domain", "管理计算机(域)的内置帐户"),
    "administrators": ("Administrators have complete and unrestricted access", "管理员对计算机/域有不受限制的完全访问权"),
    "users": ("Users are prevented from making accidental changes", "防止用户进行有意或无意的系统范围的更改"),
    "logon": ("Logon", "登录"),
    "both": ("Success and Failure", "成功和失败"),
    "security update": ("Security Update", "安全更新"),
    "ethernet": ("Ethernet", "以太网"),
    "telnet": ("Telnet Client", "Telnet 客户端"),
    "header": (
        "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value",
        "计算机名,策略目标,子类别,子类别 GUID,包含设置,排除设置,设置值",
    ),
}
_SERVICES: Final = {
    **dict.fromkeys(("mpssvc", "EventLog", "W32Time", "WinRM", "WinDefend", "AppIDSvc", "osqueryd", "wuauserv"), (4, 2)),
    **dict.fromkeys(("RemoteRegistry", "TermService", "Spooler", "LanmanServer", "WlanSvc", "WwanSvc"), (1, 4)),
}


def objects(language: str) -> dict[str, list[dict]]:
    """Give the answers of the scripts on the PC."""

    def say(word: str) -> str:
        return _WORDS[word][LANGUAGES.index(language)]

    shown = {"Spooler": say("spooler"), "mpssvc": say("firewall")}
    return {
        "services": [
            {
                "name": name,
                "display_name": shown.get(name, name),
                "status": status,
                "start_type": start,
                "service_type": 32,
                "pid": 0,
            }
            for name, (status, start) in sorted(_SERVICES.items())
        ],
        "accounts": [
            {"sid": f"{MACHINE}-500", "name": "keeper", "description": say("administrator"), "local": True, "disabled": False},
            {"sid": f"{MACHINE}-501", "name": "Guest", "description": "", "local": True, "disabled": True},
            {"sid": USER, "name": "BANK\\li.na", "local": False, "directory": r"C:\Users\li.na"},
            {"sid": "S-1-5-18", "name": "NT AUTHORITY\\SYSTEM", "local": False, "directory": r"C:\Windows\system32\config"},
        ],
        "local_groups": [
            {"sid": "S-1-5-32-544", "name": "Administrators", "description": say("administrators"), "members": [f"{MACHINE}-500"]},
            {"sid": "S-1-5-32-545", "name": "Users", "description": say("users"), "members": ["S-1-5-11", USER]},
        ],
        "engine": [{"version": "5.1.19041.6456", "mode": "FullLanguage", "culture": language, "left_behind": 1}],
        "system": [_system()],
        "processes": [{"pid": 4, "name": "System", "started": NOW - 3600}, {"pid": 900, "name": "svchost.exe", "parent": 700}],
        "ports": [
            {"pid": 4, "port": 5986, "protocol": 6, "address": "::"},
            {"pid": 900, "port": 123, "protocol": 17, "address": "0.0.0.0"},
        ],
        "patches": [
            {"csname": "PC-17", "hotfix_id": "KB5072033", "description": say("security update"), "installed": NOW - 9 * DAY}
        ],
        "updates": [{"searched": NOW - 3600, "installed": NOW - 9 * DAY}],
        "bitlocker": [
            {
                "device_id": r"\\?\Volume{0f}\ ".strip(),
                "drive_letter": "C:",
                "persistent_volume_id": "{8A}",
                "protection_status": 1,
                "conversion_status": 1,
                "percentage_encrypted": 100,
                "method": 7,
                "protectors": [1, 3],
                "version": 2,
                "lock_status": 0,
            }
        ],
        "security_products": [
            {
                "type": "Antivirus",
                "name": "Microsoft Defender Antivirus",
                "state": 0x061100,
                "timestamp": "Tue, 24 Nov 2026 01:00:00 GMT",
            }
        ],
        "scheduled_tasks": [
            {
                "name": "Restart",
                "path": r"\Menshen\Restart",
                "enabled": True,
                "state": 3,
                "hidden": False,
                "result": 0,
                "actions": ["shutdown.exe /r"],
                "last_run": NOW - DAY,
                "next_run": NOW + DAY,
            }
        ],
        "tpm": [{"activated": True, "enabled": True, "owned": True, "manufacturer_id": 1398033696, "spec_version": "2.0, 0, 1.38"}],
        "secure_boot": [{"secure_boot": 1, "setup_mode": 0, "uefi": True}],
        "bios_settings": [
            {"source": "lenovo", "name": name, "value": value}
            for name, value in (
                ("SecureBoot", "Enable"),
                ("BluetoothAccess", "Disable"),
                ("USBBIOSSupport", "Disable"),
                ("BootMenu", "Disable"),
                ("WakeOnLAN", "Disable"),
            )
        ],
        "bios_passwords": [{"source": "lenovo", "state": 2}],
        "shares": [{"name": "IPC$", "path": "", "type": 2147483651, "status": "OK"}],
        "adapters": [_adapter(say("ethernet"))],
        "features": [{"name": "TelnetClient", "caption": say("telnet"), "state": 2}, *_features()],
        "disks": [
            {"disk_index": 0, "type": "SCSI", "pnp_device_id": r"SCSI\DISK&VEN_NVME", "disk_size": "512110190592", "partitions": 3}
        ],
        "drives": [
            {"device_id": "C:", "drive_type": 3, "free_space": "300000000000", "size": "500000000000", "file_system": "NTFS"}
        ],
        "domains": [{"name": "Domain: BANK", "domain_name": "BANK", "dns_forest_name": "bank.example", "status": "OK"}],
    }


def _features() -> list[dict]:
    return [{"name": name, "caption": name, "state": 2} for name in ("MicrosoftWindowsPowerShellV2Root", "SMB1Protocol")]


def _system() -> dict:
    return {
        "version": "10.0.19045",
        "build": "19045",
        "sku": 48,
        "product_type": 1,
        "installed": NOW - 400 * DAY,
        "booted": NOW - 3600,
        "architecture": 9,
        "name": "PC-17",
        "dns_name": "pc-17",
        "domain": "bank.example",
        "part_of_domain": True,
        "manufacturer": "LENOVO",
        "model": "ThinkCentre",
        "memory": "8446345216",
        "serial": "PF1ABC",
        "uuid": "4C4C4544-0042-3510-8054-B4C04F4B3732",
        "cores": 4,
        "threads": 8,
        "sockets": 1,
        "brand": "Intel",
        "admin_password": 1,
        "power_on_password": 0,
        "bios_vendor": "LENOVO",
        "bios_version": "M2WKT5AA",
        "bios_date": 1700000000,
    }


def _adapter(connection: str) -> dict:
    return {
        "interface": 7,
        "mac": "00:1B:44:11:3A:B7",
        "connection_id": connection,
        "connection_status": 2,
        "enabled": True,
        "physical_adapter": True,
        "dhcp_enabled": True,
        "dns_servers": ["10.1.0.10"],
        "addresses": ["10.1.7.17"],
        "masks": ["255.255.255.0"],
        "description": "Intel Ethernet",
        "speed": "1000000000",
    }


def policy(_language: str) -> bytes:
    """Give the security template: secedit writes SIDs and the same names in every language."""
    admins = "*S-1-5-32-544"
    system = {
        "MinimumPasswordAge": "1",
        "MaximumPasswordAge": "30",
        "MinimumPasswordLength": "12",
        "PasswordComplexity": "1",
        "PasswordHistorySize": "24",
        "LockoutBadCount": "3",
        "ResetLockoutCount": "30",
        "LockoutDuration": "30",
        "RequireLogonToChangePassword": "0",
        "ForceLogoffWhenHourExpire": "1",
        "NewAdministratorName": '"keeper"',
        "NewGuestName": '"Guest"',
        "ClearTextPassword": "0",
        "LSAAnonymousNameLookup": "0",
        "EnableAdminAccount": "0",
        "EnableGuestAccount": "0",
    }
    rights = {
        **dict.fromkeys(("SeDebugPrivilege", "SeLoadDriverPrivilege", "SeTakeOwnershipPrivilege"), admins),
        **dict.fromkeys(("SeRemoteShutdownPrivilege", "SeSecurityPrivilege"), admins),
        "SeInteractiveLogonRight": f"{admins},*{USER[: USER.rindex('-')]}-513",
        "SeDenyInteractiveLogonRight": "*S-1-5-32-546",
        "SeDenyNetworkLogonRight": "*S-1-5-32-546,*S-1-5-113",
        "SeDenyRemoteInteractiveLogonRight": "*S-1-5-32-546,*S-1-5-113",
    }
    return inf.dump({"System Access": system, "Event Audit": {"AuditSystemEvents": "0"}, "Privilege Rights": rights})


def audit(language: str) -> bytes:
    """Give auditpol's backup, with its header and words in the language and code page of the PC."""
    at = LANGUAGES.index(language)
    guids = [f"{{0CCE92{number:02X}-69AE-11D9-BED3-505054503030}}" for number in range(0x10, 0x4B)]
    rows = [f"PC-17,System,{_WORDS['logon'][at]},{guid},{_WORDS['both'][at]},,3" for guid in guids]
    return "\r\n".join([_WORDS["header"][at], *rows, ""]).encode("gbk")
