# SPDX-License-Identifier: Apache-2.0
"""One visit to a PC: the command line and input that ask for everything at once, and the parcel that comes back."""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from agents.windows import scripts
from agents.windows.roots import KEYS, ROOTS, USER_ROOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a parcel may hold when unpacked, and in how many parts: an honest PC stays far below.
UNPACKED_LIMIT: Final = 192 * 1024 * 1024
PARTS_LIMIT: Final = 4000
# What stands before the parcel: a profile of the account may print as well.
_MARK: Final = b"menshen:"
_TOKEN: Final = re.compile(r"[0-9a-f]{8,64}")
# Everything that is ever started on a PC; no text of a query or of the inventory becomes part of it.
EXPORT: Final = 'reg export "{key}" r{number}.reg /y <nul >nul 2>nul'
USER_EXPORT: Final = r'reg export "%k\{key}" "u{number}-%~nxk.reg" /y <nul >nul 2>nul'
EACH_USER: Final = "(for /f \"delims=\" %k in ('reg query HKEY_USERS') do @{export})"
POLICY: Final = r'secedit /export /cfg "{folder}\policy.inf" /areas SECURITYPOLICY USER_RIGHTS /quiet <nul >nul 2>nul'
AUDIT: Final = r'auditpol /backup /file:"{folder}\audit.csv" <nul >nul 2>nul'
SHELL: Final = "powershell -NoProfile -NonInteractive -EncodedCommand {script}"
FOLDER: Final = r"%TEMP%\menshen-{token}"


# What reading a stranger's base64, zip and JSON may raise.
_FAULTS: Final = (
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class RubbishError(Exception):
    """The answer is no parcel of ours; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to bring: with `exports` the constant roots of the registry and both policies; scripts by name; single keys.

    `arguments` are data for the scripts.
    """

    exports: bool = False
    objects: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def line(self, token: str) -> str:
        """Give the command line; `token` names the folder on the PC and must be hexadecimal."""
        shell = SHELL.format(script=scripts.encoded_boot())
        if not self.exports:
            return shell
        if not _TOKEN.fullmatch(token):
            raise ValueError(token)
        folder = FOLDER.format(token=token)
        exports = [EXPORT.format(key=key, number=number) for number, key in enumerate(ROOTS)]
        users = [USER_EXPORT.format(key=key, number=number) for number, key in enumerate(USER_ROOTS)]
        policies = [one.format(folder=folder) for one in (POLICY, AUDIT)]
        each = [EACH_USER.format(export=export) for export in users]
        begin, end = (f'mkdir "{folder}"', f'cd /d "{folder}"'), ("cd ..", f'rmdir /s /q "{folder}"')
        steps = [*begin, *exports, *each, *policies, shell, *end]
        return " & ".join(steps)

    def input(self, token: str) -> bytes:
        """Give what the first script reads: one JSON document in ASCII."""
        document = {
            "main": scripts.text("collect"),
            "scripts": {name: scripts.text(f"objects/{name}") for name in self.objects},
            "keys": [*(KEYS if self.exports else ()), *self.keys],
            "roots": list(ROOTS) if self.exports else [],
            "folder": FOLDER.format(token=token) if self.exports else None,
            "arguments": dict(self.arguments),
        }
        # PowerShell hands its input over line by line.
        return json.dumps(document).encode("ascii") + b"\n"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came back: exported files by name, scripts' answers by script, single keys, and the report on the visit."""

    files: Mapping[str, bytes]
    objects: Mapping[str, Any]
    keys: Iterable[Any]
    report: Mapping[str, Any]


def unpack(printed: bytes) -> Parcel:
    """Read what a PC has printed.

    Raises:
        RubbishError: it is no parcel, or one that is too large.
    """
    _, mark, marked = printed.rpartition(_MARK)
    if not mark:
        raise RubbishError("no parcel in what it printed")
    try:
        content = base64.b64decode(b"".join(marked.split()), validate=True)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _parts(archive)
        report, keys = _document(parts, "report.json"), _document(parts, "keys.json")["keys"]
        _check(report, keys)
        return Parcel(
            # Windows does not tell upper from lower case in names of files.
            files={name.removeprefix("files/").lower(): part for name, part in parts.items() if name.startswith("files/")},
            objects={
                name.removeprefix("objects/").removesuffix(".json"): json.loads(part)
                for name, part in parts.items()
                if name.startswith("objects/")
            },
            keys=keys,
            report=report,
        )
    except _FAULTS as error:
        raise RubbishError(f"{type(error).__name__}: {error}") from error


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    if len(listed) > PARTS_LIMIT or sum(one.file_size for one in listed) > UNPACKED_LIMIT:
        raise RubbishError(f"a parcel of {len(listed)} parts, unpacked {sum(one.file_size for one in listed)} bytes, is too large")
    parts: dict[str, bytes] = {}
    for one in listed:
        with archive.open(one) as stream:
            # The size that is written in the parcel may be a lie.
            parts[one.filename.replace("\\", "/")] = stream.read(one.file_size)
    return parts


def _check(report: Mapping[str, Any], keys: Any) -> None:
    """Demand the shape that the script gives. Raises RubbishError."""
    if not isinstance(report.get("roots"), dict):
        raise RubbishError("the report names no roots")
    for key in keys if isinstance(keys, list) else [None]:
        if not (isinstance(key, dict) and isinstance(key.get("path"), str) and isinstance(key.get("state"), str)):
            raise RubbishError("a key has no path or state")
        names, values = key.get("subkeys") or [], key.get("values") or []
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names) and isinstance(values, list)):
            raise RubbishError("a key's subkeys are no names")
        if not all(_is_value(value) for value in values):
            raise RubbishError("a value of a key has no name or kind")


def _is_value(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("kind"), int) and "data" in value


def _document(parts: Mapping[str, bytes], name: str) -> Any:
    document = json.loads(parts[name].decode("utf-8-sig"))
    if not isinstance(document, dict):
        raise RubbishError(f"{name} is no object")
    return document
