# SPDX-License-Identifier: Apache-2.0
"""A PC's tools that Wine has not, as small models over files in the tools' real formats; they know what our batches say, no more.

A model is no proof that Windows does the same: docs/en/windows.md says what only a real PC can show.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.formats import inf
from wsman import batch
from wsman.machine import Done

if TYPE_CHECKING:
    from wsman.machine import Call, Machine

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
_STARTS = {"auto": 2, "delayed-auto": 2, "demand": 3, "disabled": 4}
_AUDIT = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value\r\n"
_DELAY = re.compile(r"<Delay>PT(\d+)S</Delay>")
_SCRIPT = re.compile(r'"([^"]+fire\.cmd)"')


@dataclass
class Tools:
    """secedit, auditpol, sc, net, schtasks, icacls, xcopy and look.ps1 of one PC; `services` are name -> state number."""

    policy: dict[str, dict[str, str]] = field(default_factory=dict)
    audit: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, bytes] = field(default_factory=dict)
    look: str = ""
    deaf_from: int = 0
    carried: int = 0
    done: list[str] = field(default_factory=list)

    def install(self, machine: Machine, script: str) -> None:
        """Put the models on a PC, and the script that carries batches."""
        machine.programs |= {
            tool: getattr(self, tool) for tool in ("secedit", "auditpol", "sc", "net", "schtasks", "icacls", "xcopy")
        }
        powershell = machine.programs["powershell"]
        machine.programs["powershell"] = lambda pc, call: self.looked(call) if "-File" in call.arguments else powershell(pc, call)
        machine.scripts[script] = self.carry

    def carry(self, machine: Machine, params: dict, stdin: bytes) -> Done:
        """Count the trips; from the trip `deaf_from` on nobody gets through, until the guard has brought the way back."""
        self.carried += 1
        if self.deaf_from and self.carried >= self.deaf_from:
            return Done(1, b"", b"the way is cut")
        return batch.carry(machine, params, stdin)

    def looked(self, call: Call) -> Done:
        """Answer look.ps1 with what was recorded."""
        assert call.text.endswith('look.ps1"'), call.text
        return Done(0, self.look.encode())

    def secedit(self, machine: Machine, call: Call) -> Done:
        """Export the policy, or take over a template."""
        file = call.option("cfg")
        if call.arguments[0] == "/export":
            machine.write(file, inf.dump(self.policy))
            return Done()
        self.done.append(call.text)
        for section, lines in inf.load(machine.read(file)).items():
            if section == inf.GROUP_MEMBERSHIP:
                self._members(lines)
            elif section in {inf.SYSTEM_ACCESS, inf.PRIVILEGE_RIGHTS}:
                here = self.policy.setdefault(section, {})
                here.update(lines)
                self.policy[section] = {name: value for name, value in here.items() if value}
        return Done()

    def auditpol(self, machine: Machine, call: Call) -> Done:
        """Back the policy up, or set one sub-category."""
        if call.arguments[0] == "/backup":
            rows = "".join(f"PC,System,x,{guid},x,,{value}\r\n" for guid, value in self.audit.items())
            machine.write(call.option("file"), (_AUDIT + rows).encode())
            return Done()
        on = [call.option(word) == "enable" for word in ("success", "failure")]
        self.audit[call.option("subcategory")] = on[0] + 2 * on[1]
        self.done.append(call.text)
        return Done()

    def sc(self, machine: Machine, call: Call) -> Done:
        """Tell a service's state, or set how it starts: in Wine's registry, where Windows keeps it."""
        if call.arguments[0] == "query":
            blocks = [
                f"\r\nSERVICE_NAME: {name}\r\n显示名称: {name}: 1\r\n        类型               : 20  WIN32_SHARE\r\n"
                f"        状态               : {state}  X\r\n                                (STOPPABLE, ACCEPTS)\r\n"
                for name, state in self.services.items()
            ]
            return Done(0, "".join(blocks).encode("gbk"))
        name = call.arguments[1]
        self.done.append(call.text)
        start = _STARTS[call.arguments[-1]]
        return machine.native(f"reg add {SERVICES}\\{name} /v Start /t REG_DWORD /d {start} /f")

    def net(self, _: Machine, call: Call) -> Done:
        """Start or stop a service."""
        self.done.append(call.text)
        self.services[call.arguments[1]] = {"start": 4, "stop": 1}[call.arguments[0]]
        return Done()

    def schtasks(self, machine: Machine, call: Call) -> Done:
        """Create, show or delete a task; one that a registration triggers runs after its delay unless it is gone."""
        name = call.option("tn")
        found = re.search(r'/tn "([^"]+)"', call.text)
        name = found[1] if found else name
        if "/query" in call.arguments:
            return Done(0, self.tasks[name]) if name in self.tasks else Done(1)
        if "/delete" in call.arguments:
            return Done(0 if self.tasks.pop(name, None) else 1)
        self.tasks[name] = machine.read(call.option("xml"))
        self._arm(machine, name, self.tasks[name].decode("utf-16"))
        return Done()

    def icacls(self, *_: object) -> Done:
        """Take note of nothing: Wine has no owners."""
        return Done()

    def xcopy(self, machine: Machine, call: Call) -> Done:
        """Copy what matches, if there is any."""
        folder, _, pattern = call.arguments[0].rpartition("\\")
        wanted = re.compile(re.escape(pattern).replace(r"\*", ".*"), re.IGNORECASE)
        found = [file for file in machine.listed(folder) if wanted.fullmatch(file)]
        for file in found:
            machine.write(rf"{call.arguments[1]}\{file}", machine.read(rf"{folder}\{file}"))
        return Done(0 if found else 4)

    def _members(self, lines: dict[str, str]) -> None:
        kept = [line for line in self.look.splitlines() if not line.startswith("member ")]
        for name, value in lines.items():
            group = name.removeprefix("*").removesuffix("__Members")
            kept += [f"member {group} {sid}" for sid in sorted(inf.members(value))]
        self.look = "\r\n".join([*kept, ""])

    def _arm(self, machine: Machine, name: str, text: str) -> None:
        delay, script = _DELAY.search(text), _SCRIPT.search(text)
        if delay and script:
            timer = threading.Timer(int(delay[1]), self._fire, (machine, name, script[1]))
            timer.daemon = True
            timer.start()

    def _fire(self, machine: Machine, name: str, script: str) -> None:
        if name in self.tasks:
            batch.run(machine, script)
            self.deaf_from = 0
