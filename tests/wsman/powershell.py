# SPDX-License-Identifier: Apache-2.0
"""What stands for PowerShell, which Wine has not: Ansible's own file scripts, read from its wire format, and nothing else.

A script that a test gave the machine by name (`Machine.scripts`) is answered by it. Everything else is refused, unless it
is a plain command line that means the same in cmd.exe (Ansible's `raw` sends all it is told as PowerShell).
"""

from __future__ import annotations

import base64
import hashlib
import json
import ntpath
import re
from typing import TYPE_CHECKING

from wsman.machine import NATIVE, Done, name, parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsman.machine import Call, Machine

# Between the script that Ansible sends and what that script is to read.
_BETWEEN = re.compile(rb"\r?\n\0\0\0\0\r?\n")
_REMOVE = re.compile(r"Remove-Item '([^']+)' -Force(?: -Recurse)?;")
# What would mean one thing here and another in PowerShell.
_AMBIGUOUS = re.compile(r"[$`{};]|%\w+%|&(?!&)")


def powershell(machine: Machine, call: Call) -> Done:
    """Answer a call of powershell.exe."""
    words = [word.lower() for word in call.arguments]
    if "-encodedcommand" not in words:
        return machine.refuse(call.text)
    text = base64.b64decode(call.arguments[words.index("-encodedcommand") + 1]).decode("utf-16-le")
    if "$codeJson = foreach ($in in $input)" in text:
        return _ansible(machine, call.stdin)
    if text in machine.scripts:
        return machine.scripts[text](machine, {}, call.stdin)
    removed = _REMOVE.search(text)
    if removed:
        machine.remove(removed[1])
        return Done()
    plain = text.strip()
    understood = NATIVE | machine.programs.keys() | {"cmd"}
    if not _AMBIGUOUS.search(plain) and all(name(part) in understood for _, part in parts(plain)):
        return machine._run(plain, call.stdin)
    return machine.refuse(f"powershell: {text}")


def _ansible(machine: Machine, stdin: bytes) -> Done:
    _, manifest, *data = _BETWEEN.split(stdin, maxsplit=2)
    action = json.loads(manifest)["actions"][-1]
    doing = _FILES.get(action["name"]) or machine.scripts.get(action["name"])
    if doing is None:
        return machine.refuse(f"Ansible's {action['name']}")
    return doing(machine, action["params"], data[0] if data else b"")


def _put(machine: Machine, params: dict, data: bytes) -> Done:
    content = b"".join(base64.b64decode(line) for line in data.split())
    machine.write(params["Path"], content)
    return Done(0, json.dumps({"sha1": hashlib.sha1(content, usedforsecurity=False).hexdigest()}).encode() + b"\r\n")


def _fetch(machine: Machine, params: dict, _: bytes) -> Done:
    try:
        content = machine.read(params["Path"])
    except FileNotFoundError:
        return Done(1, b"", f"{params['Path']} does not exist\r\n".encode())
    start = params["Offset"]
    return Done(0, base64.b64encode(content[start : start + params["BufferSize"]]) + b"\r\n")


def _folder(machine: Machine, params: dict, _: bytes) -> Done:
    folder = ntpath.join(machine.expand(params["Directory"]), params["Name"])
    machine.native(f'mkdir "{folder}"')
    return Done(0, f"{folder}\r\n".encode())


def _home(_machine: Machine, params: dict, _: bytes) -> Done:
    path = params["Path"]
    home = r"C:\users\admin"
    return Done(0, f"{home + path[1:] if path[:1] == '~' else path}\r\n".encode())


_FILES: dict[str, Callable[[Machine, dict, bytes], Done]] = {
    "winrm_put_file.ps1": _put,
    "winrm_fetch_file.ps1": _fetch,
    "powershell_mkdtemp.ps1": _folder,
    "powershell_expand_user.ps1": _home,
}
