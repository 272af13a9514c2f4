# SPDX-License-Identifier: Apache-2.0
"""The one batch of commands that reads everything some steps need to know, by the tools Windows brings along.

A batch keeps to what cmd.exe has always done: no `&&` after a redirection, no nested quotes. All its files lie in the
folder it stands in, and it finds programs in the system's own folder alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.formats.registry import HIVES
from policies.windows import registry, scheduled_task, service
from policies.windows.state import StepError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Steps: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

HKLM: Final = HIVES["HKLM"]
# Small trees that hold most of what is asked, whole: their keys need no commands of their own.
TREES: Final = (f"{HKLM}\\SOFTWARE\\Policies", f"{HKLM}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies")
PROGRAM: Final = "run.cmd"
HEAD: Final = (
    "@echo off",
    'set "D=%~dp0"',
    r'set "PATH=%SystemRoot%\System32;%SystemRoot%\System32\Wbem;%SystemRoot%\System32\WindowsPowerShell\v1.0"',
)
QUIET: Final = ">nul 2>nul"
LOAD: Final = rf'reg.exe load {registry.USERS}\{registry.DEFAULT_PROFILE} "%SystemDrive%\Users\Default\NTUSER.DAT" {QUIET}'
UNLOAD: Final = rf"reg.exe unload {registry.USERS}\{registry.DEFAULT_PROFILE} {QUIET}"
LOOK: Final = "look.ps1"
_POWERSHELL: Final = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File"
# What cmd.exe would understand as more than text, even inside quotes.
_UNSAFE: Final = re.compile(r'["%\x00-\x1f\x7f]|[^\x00-\x7f]')
_SID: Final = re.compile(r"S-1-[0-9-]{1,180}\Z")


def roots(steps: Steps) -> list[str]:
    """List the keys to export: none lies below another."""
    wanted = registry.keys(steps)
    wanted += [f"{service.KEY}\\{name}" for name in service.names(steps.get("service", ()))]
    # Whatever else is asked, a firewall's rules and BitLocker's policy lie in the first tree.
    wanted += TREES[:1]
    trees = [tree for tree in TREES if any(below(key, tree) for key in wanted)]
    found: list[str] = []
    for key in sorted({*wanted, *trees}, key=lambda one: (one.count("\\"), one.lower())):
        if not any(below(key, one) for one in found):
            found.append(key)
    return found


def ups(steps: Steps) -> list[str]:
    """List the keys above those that are exported, as far as they may be missing."""
    found = {up.lower(): up for key in roots(steps) for up in _above(key)}
    return list(found.values())


def subtrees(steps: Steps) -> list[str]:
    """List what to export of each user's hive: two levels deep, which exist on every PC or are made by us."""
    found = {"\\".join(step["key"].split("\\")[:2]).lower(): step["key"].split("\\")[:2] for step in steps.get("user_hive", ())}
    return ["\\".join(parts) for parts in found.values()]


def reading(steps: Steps, look: bytes) -> dict[str, bytes]:
    """Give the files to carry to the PC: the batch, and the script `look` with what it is to look up, where it is needed.

    Raises:
        StepError: a key or name that cannot stand on a command line.
    """
    files: dict[str, bytes] = {PROGRAM: batch(lines(steps))}
    if _looks(steps):
        groups = [_sid(step["control"], step["group"]) for step in steps.get("local_group", ())]
        files |= {LOOK: look, "groups.txt": "".join(f"{sid}\r\n" for sid in groups).encode("ascii")}
    return files


def lines(steps: Steps) -> list[str]:
    """Give the commands alone, for a batch that does more."""
    found = [*registry_lines(steps), *_users(steps), *_policies(steps), *_running(steps)]
    return [*found, f'{_POWERSHELL} "%D%{LOOK}" >"%D%out\\look.txt" 2>nul'] if _looks(steps) else found


def _looks(steps: Steps) -> bool:
    return bool(steps.get("local_group") or steps.get("bitlocker"))


def batch(lines: Iterable[str]) -> bytes:
    """Write a batch file: ASCII, so that no code page changes it."""
    return ("\r\n".join([*HEAD, *lines, "exit /b 0"]) + "\r\n").encode("ascii")


def below(key: str, above: str) -> bool:
    """Tell whether a key is another or lies below it."""
    return f"{key}\\".lower().startswith(f"{above}\\".lower())


def registry_lines(steps: Steps) -> Iterator[str]:
    """Yield the commands that export the keys of the machine, and tell which keys above them exist."""
    for number, key in enumerate(roots(steps)):
        yield f'reg.exe export "{_safe(key)}" "%D%out\\key{number}.reg" /y {QUIET}'
    for number, key in enumerate(ups(steps)):
        yield f'reg.exe query "{_safe(key)}" {QUIET}'
        yield f'if not errorlevel 1 echo u{number}>>"%D%out\\keys.txt"'
    yield f'xcopy.exe "%ProgramData%\\ntuser.pol" "%D%out" /h /y /q {QUIET}'


def _users(steps: Steps) -> Iterator[str]:
    yield 'whoami.exe /groups /fo csv /nh >"%D%out\\who.txt" 2>nul'
    parts = subtrees(steps)
    if not parts:
        return
    yield LOAD
    yield r'if exist "%SystemDrive%\Users\Default\NTUSER.DAT" echo there>>"%D%out\profile.txt"'
    yield f'reg.exe query {registry.USERS} >"%D%out\\hives.txt" 2>nul'
    for number, part in enumerate(parts):
        loop = f"for /f %%s in ('reg.exe query {registry.USERS}') do"
        yield f'{loop} reg.exe export "%%s\\{_safe(part)}" "%D%out\\user{number}-%%~nxs.reg" /y {QUIET}'
    yield UNLOAD


def _policies(steps: Steps) -> Iterator[str]:
    if steps.get("security_policy") or steps.get("local_group"):
        yield f'secedit.exe /export /cfg "%D%out\\policy.inf" /areas SECURITYPOLICY USER_RIGHTS /quiet {QUIET}'
        yield f'xcopy.exe "%SystemRoot%\\security\\templates\\policies\\gpt*.*" "%D%out" /h /y /q {QUIET}'
    if steps.get("audit_policy"):
        yield f'auditpol.exe /backup /file:"%D%out\\audit.csv" {QUIET}'


def _running(steps: Steps) -> Iterator[str]:
    yield 'sc.exe query type= service state= all bufsize= 262144 >"%D%out\\services.txt" 2>nul'
    for number, name in enumerate(scheduled_task.names(steps.get("scheduled_task", ()))):
        yield f'schtasks.exe /query /xml ONE /tn "{name}" >"%D%out\\task{number}.xml" 2>nul'


def _above(key: str) -> Iterator[str]:
    r"""Yield the keys above one, from the lowest; HIVE\\SOFTWARE and its like are always there."""
    while key.count("\\") > len(("SOFTWARE", "vendor")):
        key = key.rpartition("\\")[0]
        yield key


def _safe(text: str) -> str:
    if _UNSAFE.search(text):
        message = f"{text!r} cannot stand on a command line"
        raise StepError(message)
    return text


def _sid(control: str, text: str) -> str:
    if not _SID.match(text):
        message = f"{control}: {text!r} is no SID"
        raise StepError(message)
    return text
