# SPDX-License-Identifier: Apache-2.0
"""An office PC that keeps the rules: the registry that the catalogue's own settings ask for, and what Windows adds to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from policies.catalogue import load
from policies.formats.registry import setting
from policies.merge import choose
from policies.resolve import resolve
from wsman import collect, recorded, recordings
from wsman.memory import MemoryPc

if TYPE_CHECKING:
    from policies.formats.registry import Setting
    from wsman.machine import Machine

_CONTROL: Final = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet"
_DESKTOP: Final = r"Software\Policies\Microsoft\Windows\Control Panel\Desktop"
# What is there on every PC, and what users' hives hold.
_OWN: Final = (
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "ProductName", "REG_SZ", "Windows 10 Pro"),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "UBR", "REG_DWORD", 5247),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "EditionID", "REG_SZ", "Professional"),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "CurrentBuild", "REG_SZ", "26200"),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion", "DisplayVersion", "REG_SZ", "25H2"),
    (rf"{_CONTROL}\Services\NetBT\Parameters\Interfaces\Tcpip_{{1}}", "NetbiosOptions", "REG_DWORD", 2),
    (rf"{_CONTROL}\Services\W32Time\Parameters", "Type", "REG_SZ", "NT5DS"),
    (rf"{_CONTROL}\Enum\ROOT\x\0", "Driver", "REG_SZ", "x"),
    (rf"{_CONTROL}\Control\SecureBoot\State", "UEFISecureBootEnabled", "REG_DWORD", 1),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{7z}", "DisplayName", "REG_SZ", "输入法 3.1"),
    (r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{7z}", "DisplayVersion", "REG_SZ", "3.1"),
    *((rf"HKEY_USERS\{sid}\Control Panel\Desktop", "WallPaper", "REG_SZ", "") for sid in (".DEFAULT", recorded.USER)),
    *(
        (rf"HKEY_USERS\{sid}\{_DESKTOP}", name, "REG_SZ", data)
        for sid in (".DEFAULT", recorded.USER)
        for name, data in (("ScreenSaverIsSecure", "1"), ("ScreenSaveActive", "1"), ("ScreenSaveTimeOut", "600"))
    ),
)


@cache
def settings(baseline: str = "agent_pc") -> tuple[Setting, ...]:
    """Give the registry of a PC that keeps a baseline, value by value."""
    catalogue = load()
    found: dict[tuple[str, str], Setting] = {}
    for name in catalogue.baselines[baseline].controls:
        control = catalogue.controls[name]
        if "windows" not in control.kinds:
            continue
        chosen = choose(control, "windows", [catalogue.baselines[baseline]])
        for step in resolve(control, "windows", chosen.values).enforce:
            if step["mechanism"] == "registry" and step.get("state") != "absent":
                # A parameter that is a number may stand in a text.
                data = str(step["data"]) if step["type"] in {"REG_SZ", "REG_EXPAND_SZ"} else step["data"]
                one = setting(step["key"], step.get("name", ""), step["type"], data)
                found[one.place] = one
    for row in _OWN:
        one = setting(*row)
        found[one.place] = one
    return tuple(found.values())


def recordings_for(machine: Machine, language: str = "en-US", **more) -> None:
    """Let a PC answer what its registry does not hold, in one language."""
    machine.tree = {
        r"C:\Windows\System32\drivers\etc\hosts": True,
        r"C:\Users": False,
        r"C:\Users\Public": False,
        r"C:\Users\Public\Documents": False,
        r"C:\Users\Public\Documents\a.txt": True,
    }
    collect.install(machine, recorded.objects(language), **{"now": recorded.NOW, **more})
    machine.programs["secedit"] = recordings.secedit(recorded.policy(language))
    machine.programs["auditpol"] = recordings.auditpol(recorded.audit(language))


def in_memory(language: str = "en-US", **more) -> MemoryPc:
    """Give such a PC that answers from memory."""
    machine = MemoryPc(values={one.place: one for one in settings()}, rights=more.pop("rights", "all"))
    recordings_for(machine, language, **more)
    return machine
