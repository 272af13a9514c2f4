# SPDX-License-Identifier: Apache-2.0
"""A PC that answers from memory, for when there are hundreds: reg.exe's exports from given values, files in a dictionary."""

from __future__ import annotations

import ntpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from policies.formats import reg
from policies.formats.registry import full, setting
from wsman.machine import Call, Done, Machine, name, parts

if TYPE_CHECKING:
    from policies.formats.registry import Setting

_EACH_USER: Final = re.compile(r"""\(?for /f "delims=" %k in \('reg query HKEY_USERS'\) do @(.*?)\)?""", re.DOTALL)
_TYPES: Final = {"REG_DWORD": int, "REG_QWORD": int}


@dataclass
class MemoryPc(Machine):
    """A PC whose registry is `values`, by key and name in lower case; only what tests need of cmd.exe and reg.exe."""

    values: dict[tuple[str, str], Setting] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    folder: str = r"C:\Temp"

    def native(self, text: str) -> Done:
        """Run the few commands that looks and settings are made of."""
        done = Done()
        for line in text.split("\r\n"):
            for _, part in parts(line):
                each = _EACH_USER.fullmatch(part)
                if each:
                    for sid in self._below("HKEY_USERS"):
                        self._command(each[1].replace("%~nxk", sid).replace("%k", f"HKEY_USERS\\{sid}"))
                else:
                    done = self._command(part)
        return done

    def set(self, one: Setting) -> None:
        """Write a value."""
        self.values[one.place] = one

    def read(self, path: str) -> bytes:
        """Give a file."""
        try:
            return self.files[self._full(path)]
        except KeyError:
            raise FileNotFoundError(path) from None

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        self.files[self._full(path)] = content

    def remove(self, path: str) -> None:
        """Remove a file or all below a folder."""
        place = self._full(path)
        for file in [one for one in self.files if one == place or one.startswith(f"{place}\\")]:
            del self.files[file]

    def listed(self, folder: str) -> list[str]:
        """List a folder's files."""
        place = self._full(folder)
        return sorted(ntpath.basename(file) for file in self.files if ntpath.dirname(file) == place)

    def _full(self, path: str) -> str:
        return ntpath.normpath(ntpath.join(self.folder, self.expand(path))).lower()

    def _below(self, hive: str) -> list[str]:
        return list(dict.fromkeys(one.key.split("\\")[1] for one in self.values.values() if one.key.startswith(f"{hive}\\")))

    def _command(self, part: str) -> Done:
        call = Call(name(part), [word.strip('"') for word in re.findall(r'"[^"]*"|[^\s"]+', part)][1:], part)
        match call.program, call.arguments:
            case "cd", ["/d", folder]:
                self.folder = self.expand(folder)
            case "cd", [".."]:
                self.folder = ntpath.dirname(self.folder)
            case "rmdir", [*_, folder]:
                self.remove(folder)
            case "mkdir", _:
                pass
            case "reg", ["export", key, file, *_]:
                return self._export(key, file)
            case "reg", ["query", hive]:
                return Done(0, "".join(f"{hive}\\{name}\r\n" for name in self._below(hive)).encode())
            case "reg", ["add", key, "/v", value, "/t", kind, "/d", data, "/f"]:
                self.set(setting(full(key), value, kind, _TYPES.get(kind, str)(data)))
            case _:
                return self.refuse(part)
        return Done()

    def _export(self, key: str, file: str) -> Done:
        top = full(key)
        low = top.lower()
        found = sorted(
            (one for one in self.values.values() if f"{one.key.lower()}\\".startswith(f"{low}\\")), key=lambda one: one.key
        )
        if not found:
            return Done(1)
        # reg.exe lists every key on the way, also those that hold no value.
        blocks = {block.key.lower(): block for block in reg.blocks_of(found)}
        for block in list(blocks.values()):
            parent = block.key
            while parent.lower() != low:
                parent = parent.rpartition("\\")[0]
                blocks.setdefault(parent.lower(), reg.Block(parent))
        blocks.setdefault(low, reg.Block(top))
        self.write(file, reg.dump(blocks[key] for key in sorted(blocks)))
        return Done()
