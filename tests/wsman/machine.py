# SPDX-License-Identifier: Apache-2.0
"""What runs a command line: real programs where there are any, recordings where a test brought them, a loud no otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# What cmd.exe does itself, and the programs that Wine really has (measured: they read and change what they should).
NATIVE: Final = frozenset(
    (
        *("reg", "regedit", "whoami", "hostname", "more", "echo", "mkdir", "md", "rmdir", "rd", "del", "erase", "type", "copy"),
        *("move", "ren", "if", "for", "exit", "cd", "set", "ver", "rem", "cls"),
    )
)
# What Wine answers with success and without doing anything, or has not at all.
PRETENDED: Final = frozenset(
    (
        *("powershell", "pwsh", "netsh", "secedit", "auditpol", "dism", "systeminfo", "tasklist", "taskkill", "icacls", "cacls"),
        *("wevtutil", "schtasks", "certutil", "findstr", "find", "where", "shutdown", "sc", "net", "net1", "gpupdate"),
        *("gpresult", "manage-bde", "bcdedit", "powercfg", "w32tm", "wmic", "wusa", "msiexec", "fsutil", "cscript"),
    )
)
_WORDS: Final = re.compile(r"""(?:[^\s"]|"[^"]*")+""")
_REDIRECTION: Final = re.compile(r"""(?<!\S)([012]?)([<>]{1,2})\s*(&1|"[^"]*"|[^\s"&]+)""")
_THROUGH_CMD: Final = re.compile(r"cmd(?:\.exe)?(?:\s+/[a-z](?::\w+)?)*?\s+/c\s+(.*)", re.IGNORECASE | re.DOTALL)


@dataclass
class Done:
    """How a command ended."""

    code: int = 0
    out: bytes = b""
    err: bytes = b""


@dataclass
class Call:
    """One program's command line, without its redirections."""

    program: str
    arguments: list[str]
    text: str
    stdin: bytes = b""

    def option(self, name: str) -> str | None:
        """Give the value of `/name value` or `/name:value`."""
        for number, word in enumerate(self.arguments):
            if word.lower() == f"/{name}" and number + 1 < len(self.arguments):
                return self.arguments[number + 1]
            if word.lower().startswith(f"/{name}:"):
                return word.split(":", 1)[1]
        return None


@dataclass
class Machine:
    """A PC: `rights` of whoever logs on are "all", "user" (no administrator) or "none" (may not open a shell).

    `programs` stand for what cannot run here: each is given the machine and the call. `scripts` do the same for
    PowerShell scripts, by name. Whatever else only pretends to run is refused and listed in `pretended`.
    """

    rights: str = "all"
    programs: dict[str, Callable[[Machine, Call], Done]] = field(default_factory=dict)
    scripts: dict[str, Callable[[Machine, dict, bytes], Done]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"TEMP": r"C:\Temp", "SYSTEMROOT": r"C:\windows"})
    # What the table `file` finds: the path of a file with true, of a folder with false.
    tree: dict[str, bool] = field(default_factory=dict)
    pretended: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def run(self, line: str, stdin: bytes = b"") -> Done:
        """Run a command line as cmd.exe would."""
        self.lines.append(line)
        return self._run(line, stdin)

    def _run(self, line: str, stdin: bytes) -> Done:
        through = _THROUGH_CMD.fullmatch(line.strip())
        if through:
            inner = through[1].strip()
            return self._run(inner[1:-1] if inner[:1] == inner[-1:] == '"' else inner, stdin)
        done, waiting = Done(), ""
        for operator, part in parts(line):
            program = name(part)
            if program in NATIVE and not self._hidden(part):
                waiting = f"{waiting} {operator} {part}" if waiting else part if operator in {"", "&"} or not done.code else ""
                continue
            done, waiting = self._after(done, waiting), ""
            if operator == "&&" and done.code:
                continue
            done = _joined(done, self._call(program, part, stdin))
        return self._after(done, waiting)

    def native(self, text: str) -> Done:
        """Run what really runs here."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """Give a file's content; raises FileNotFoundError."""
        raise NotImplementedError

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        raise NotImplementedError

    def remove(self, path: str) -> None:
        """Remove a file or a folder with what it holds."""
        raise NotImplementedError

    def listed(self, folder: str) -> list[str]:
        """List the files of a folder by name."""
        raise NotImplementedError

    def expand(self, text: str) -> str:
        """Put in the values of environment variables."""
        known = {variable.upper(): value for variable, value in self.environment.items()}
        return re.sub(r"%([^%\s]+)%", lambda found: known.get(found[1].upper(), found[0]), text)

    def refuse(self, what: str) -> Done:
        """Say loudly that nothing here runs this, and remember it."""
        self.pretended.append(what)
        return Done(1, b"", f"nothing on this test PC really runs this: {what[:200]}\r\n".encode())

    def _hidden(self, part: str) -> bool:
        words = {name(word.strip('"()@')) for word in _WORDS.findall(part)}
        return bool(words & PRETENDED - {"find", "net", "where", "sc"})

    def _after(self, done: Done, waiting: str) -> Done:
        return _joined(done, self.native(waiting)) if waiting else done

    def _call(self, program: str, part: str, stdin: bytes) -> Done:
        if program not in self.programs:
            return self.refuse(part)
        targets: dict[str, str] = {}
        for number, sign, target in _REDIRECTION.findall(part):
            targets["0" if sign == "<" else number or "1"] = target.strip('"')
        bare = self.expand(_REDIRECTION.sub("", part)).strip()
        words = [word.replace('"', "") for word in _WORDS.findall(bare)]
        done = self.programs[program](self, Call(program, words[1:], bare, b"" if "0" in targets else stdin))
        return self._redirected(done, targets)

    def _redirected(self, done: Done, targets: dict[str, str]) -> Done:
        for stream, content in (("1", done.out), ("2", done.err)):
            target = targets.get(stream)
            if target and target.lower() not in {"nul", "&1"}:
                self.write(self.expand(target), content)
        return Done(done.code, b"" if "1" in targets else done.out, b"" if "2" in targets else done.err)


def name(part: str) -> str:
    """Give the program of a command line: without folder, quotes and .exe."""
    words = _WORDS.findall(part.strip().lstrip("@("))
    return PureWindowsPath(words[0].strip('"')).name.lower().removesuffix(".exe") if words else ""


def parts(line: str) -> Iterator[tuple[str, str]]:
    """Split a line at & and && outside of quotes and parentheses; gives the operator before each part."""
    operator, part, quoted, depth, at = "", "", False, 0, 0
    while at < len(line):
        sign = line[at]
        if sign == '"':
            quoted = not quoted
        elif not quoted and sign in "()":
            depth += 1 if sign == "(" else -1
        if sign == "&" and not quoted and not depth and not part.endswith(">"):
            if part.strip():
                yield operator, part.strip()
            operator = "&&" if line[at : at + 2] == "&&" else "&"
            at, part = at + len(operator), ""
            continue
        part, at = part + sign, at + 1
    if part.strip():
        yield operator, part.strip()


def _joined(before: Done, after: Done) -> Done:
    return Done(after.code, before.out + after.out, before.err + after.err)
