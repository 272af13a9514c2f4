# SPDX-License-Identifier: Apache-2.0
"""The parts of the registry that are read with every look, so that the catalogue's questions need no second one."""

from __future__ import annotations

from typing import Final

_SOFTWARE: Final = r"HKEY_LOCAL_MACHINE\SOFTWARE"
_CONTROL: Final = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control"
_SERVICES: Final = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"

# Exported whole: small on every PC.
ROOTS: Final[tuple[str, ...]] = (
    rf"{_SOFTWARE}\Menshen",
    rf"{_SOFTWARE}\Policies",
    rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\Policies",
    rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\Run",
    rf"{_SOFTWARE}\Microsoft\Windows\CurrentVersion\Uninstall",
    rf"{_SOFTWARE}\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
    rf"{_SOFTWARE}\Microsoft\Windows NT\CurrentVersion\Winlogon",
    rf"{_CONTROL}\CrashControl",
    rf"{_CONTROL}\Lsa",
    rf"{_CONTROL}\Remote Assistance",
    rf"{_CONTROL}\SecureBoot",
    rf"{_CONTROL}\SecurityProviders",
    rf"{_CONTROL}\StorageDevicePolicies",
    rf"{_CONTROL}\Terminal Server",
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Policies",
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum\USBSTOR",
    rf"{_SERVICES}\LanmanServer",
    rf"{_SERVICES}\LanmanWorkstation",
    rf"{_SERVICES}\NetBT\Parameters",
    rf"{_SERVICES}\SharedAccess\Parameters",
    rf"{_SERVICES}\Tcpip\Parameters",
    rf"{_SERVICES}\Tcpip6\Parameters",
    rf"{_SERVICES}\W32Time",
)
# The same for every hive that is loaded, below HKEY_USERS\SID.
USER_ROOTS: Final[tuple[str, ...]] = (
    r"Control Panel\Desktop",
    r"Software\Policies",
    r"Software\Microsoft\Windows\CurrentVersion\Internet Settings",
    r"Software\Microsoft\Windows\CurrentVersion\Policies",
    r"Software\Microsoft\Windows\CurrentVersion\Run",
    r"Software\Microsoft\Windows\CurrentVersion\Uninstall",
)
# Read without what is below them: they hold much that nobody asks for.
KEYS: Final[tuple[str, ...]] = (
    "HKEY_USERS",
    r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum",
    rf"{_SOFTWARE}\Microsoft\Windows NT\CurrentVersion",
    *(
        rf"{_SERVICES}\{name}"
        for name in (
            *("1394ohci", "BTHUSB", "BthEnum", "bthserv", "cdrom", "fdc", "flpydisk", "icssvc", "irda", "irmon", "mrxsmb10"),
            *("sbp2port", "sfloppy", "SharedAccess", "UASPStor", "USBSTOR", "RemoteRegistry", "WinRM"),
        )
    ),
)
