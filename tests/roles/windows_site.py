# SPDX-License-Identifier: Apache-2.0
"""Three simulated PCs with different starting states, and the front door to them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml
from wsman import collect, recorded
from wsman.server import Pc, serving
from wsman.tools import Tools
from wsman.wine import booted

ROOT = Path(__file__).resolve().parents[2]
# Ansible sends a script without what its lines begin and end with.
_LINES = (ROOT / "roles/enforce_windows/files/carry.ps1").read_text(encoding="ascii").splitlines()
SCRIPT = "\n".join(line.strip() for line in _LINES if line.strip())
ADMINISTRATORS = "S-1-5-32-544"
GUIDS = [f"{{0CCE92{number:02X}-69AE-11D9-BED3-505054503030}}" for number in range(0x10, 0x4C)]
LANGUAGES = {"pc-fresh": "Administrator", "pc-weak": "管理员", "pc-half": "Administrator"}
WEAK = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\门店]
"说明"="锁屏 \\"900\\""
"raw"=hex:01,02
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System]
"InactivityTimeoutSecs"="900"
"ConsentPromptBehaviorAdmin"=dword:00000000
[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR]
"Start"=dword:00000003
"Type"=dword:00000001
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]
"AutoAdminLogon"="1"
"DefaultPassword"="secret"
[HKEY_USERS\\S-1-5-21-0-0-0-1000\\Software\\Policies\\Microsoft\\Windows\\Control Panel\\Desktop]
"ScreenSaveTimeOut"="3600"
"""
HALF = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR]
"Start"=dword:00000004
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\RemovableStorageDevices]
"Deny_All"=dword:00000001
[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa]
"LmCompatibilityLevel"=dword:00000005
"""
ACCESS = {
    "MinimumPasswordAge": "0",
    "MaximumPasswordAge": "42",
    "MinimumPasswordLength": "0",
    "PasswordComplexity": "0",
    "PasswordHistorySize": "0",
    "LockoutBadCount": "0",
    "EnableGuestAccount": "0",
    "ClearTextPassword": "0",
}
STARTING = {"pc-fresh": "", "pc-weak": WEAK, "pc-half": HALF}
SERVICES = {
    "Spooler": (2, 4),
    "WlanSvc": (2, 4),
    "WinDefend": (2, 4),
    "EventLog": (2, 4),
    "AppIDSvc": (3, 1),
    "mpssvc": (2, 4),
    "TermService": (3, 1),
    "RemoteRegistry": (3, 4),
    "SSDPSRV": (3, 4),
}
EXPORTED = (
    *(r"HKLM\SOFTWARE\Policies", r"HKLM\SOFTWARE\Microsoft", r"HKLM\SYSTEM\CurrentControlSet", r"HKU\.Default\Software\Policies"),
    r"HKU\S-1-5-21-0-0-0-1000\Software\Policies",
)


class Site:
    """The PCs by name, what their tools know, and an inventory of them."""

    def __init__(self, folder, pcs, tools, port):
        self.folder, self.pcs, self.tools, self.port = folder, pcs, tools, port
        hosts = {name: {"ansible_winrm_path": f"/{name}/wsman"} for name in pcs}
        (folder / "hosts.yml").write_text(yaml.safe_dump({"windows": {"hosts": hosts, "vars": self._variables()}}))

    def menshen(self, *arguments, code=0):
        """Run the front door; gives its JSON document."""
        command = [sys.executable, "-m", "menshen", *arguments, "--inventory", str(self.folder), "--json"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "ANSIBLE_LOCAL_TEMP": str(self.folder / "t")}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=400)
        assert code == done.returncode, f"{done.returncode}: {done.stdout[-3000:]} {done.stderr[-2000:]}"
        return json.loads(done.stdout)

    def changed(self, *arguments, code=0):
        """Plan or apply; gives what happened on each PC."""
        return self.menshen(*arguments, "--limit", "windows", code=code)["hosts"]

    def audited(self):
        """Audit over the auditor's own way; gives name -> control -> verdict."""
        found = {name: {} for name in self.pcs}
        arguments = ("--limit", "windows", "--host-seconds", "300", "--ledger", str(self.folder / "ledger"))
        for one in self.menshen("audit", *arguments, code=1)["findings"]:
            found[one["subject"]][one["control"]] = one["verdict"]
        return found

    def exports(self):
        """Export what our rules can reach, of every PC."""
        return {name: {key: pc.export(key) for key in EXPORTED} for name, pc in self.pcs.items()}

    def _variables(self):
        return {
            "menshen_kind": "windows",
            "menshen_baselines": ["agent_pc"],
            "enforce_windows_work_seconds": 0,
            "ansible_connection": "winrm",
            "ansible_host": "127.0.0.1",
            "ansible_port": self.port,
            "ansible_user": "admin",
            "ansible_password": "Correct-Horse-7",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
        }


def started(stack, folder):
    """Boot the PCs, give each its starting state, and serve them; gives the Site."""
    pcs, tools = {}, {}
    for name, text in STARTING.items():
        machine = pcs[name] = stack.enter_context(booted(folder, name))
        if text:
            machine.load(text)
        add = r"reg add HKLM\SYSTEM\CurrentControlSet\Services"
        machine.native("\r\n".join(f"{add}\\{one} /v Start /t REG_DWORD /d {start} /f" for one, (start, _) in SERVICES.items()))
        tools[name] = Tools(
            policy={
                "System Access": {**ACCESS, "NewAdministratorName": LANGUAGES[name]},
                "Privilege Rights": {
                    "SeDebugPrivilege": f"*{ADMINISTRATORS}",
                    "SeRemoteShutdownPrivilege": f"*S-1-5-32-545,*{ADMINISTRATORS}",
                },
            },
            audit=dict.fromkeys(GUIDS, 0),
            services={one: state for one, (_, state) in SERVICES.items()},
            look="drive -C: 1 1 7\r\n",
        )
    served = {name: Pc(machine) for name, machine in pcs.items()}
    for name, tool in tools.items():
        tool.install(pcs[name], SCRIPT)
        collect.install(pcs[name], recorded.objects("en-US"))
    server = stack.enter_context(serving(served))
    return Site(folder, pcs, tools, server.port)
