# SPDX-License-Identifier: Apache-2.0
"""The text that Microsoft's LGPO.exe takes by /t and makes a Registry.pol of by /r: four lines an instruction.

Written after LGPO's own documentation; no LGPO.exe has read it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.formats.registry import BINARY, DWORD, EXPAND_SZ, MULTI_SZ, SZ, FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from policies.formats.registry import Setting

COMPUTER, USER = "Computer", "User"
DELETE: Final = "DELETE"
_WORDS: Final[Mapping[int, str]] = {DWORD: "DWORD", SZ: "SZ", EXPAND_SZ: "EXSZ", MULTI_SZ: "MULTISZ", BINARY: "BINARY"}
_SIZE: Final = 4


@dataclass(frozen=True, slots=True)
class Instruction:
    """`scope` Computer or User, the key without its hive, the value's name, and what to do: DWORD:1, SZ:text, DELETE."""

    scope: str
    key: str
    name: str
    action: str


def of(scope: str, key: str, one: Setting) -> Instruction:
    """Make the instruction that sets a value.

    Raises:
        FormatError: a type LGPO text has no word for, or text with a line break.
    """
    word = _WORDS.get(one.type)
    value = one.value
    if word is None or (isinstance(value, bytes) and one.type != BINARY):
        message = f"{one.key}\\{one.name}: LGPO text has no word for {one.type_name}"
        raise FormatError(message)
    said = value.hex() if isinstance(value, bytes) else "\\0".join(value) if isinstance(value, list) else str(value)
    return Instruction(scope, key, one.name, f"{word}:{said}")


def dump(instructions: Iterable[Instruction]) -> bytes:
    """Write UTF-16 with a mark, as LGPO.exe's own /parse output may be kept.

    Raises:
        FormatError: a part of an instruction that does not stand on one line.
    """
    lines: list[str] = []
    for one in instructions:
        parts = (one.scope, one.key, one.name, one.action)
        if any(sign in part for part in parts for sign in "\r\n\0") or one.scope not in {COMPUTER, USER} or not one.key:
            message = f"{one!r} is no instruction of LGPO text"
            raise FormatError(message)
        lines += [*parts, ""]
    return ("\ufeff" + "\r\n".join(lines)).encode("utf-16-le", "surrogatepass")


def load(content: bytes) -> tuple[Instruction, ...]:
    """Read LGPO text, comments left out.

    Raises:
        FormatError: not UTF-16 or UTF-8, or an instruction of other than four lines.
    """
    return tuple(_instructions(_decoded(content)))


def _decoded(content: bytes) -> str:
    try:
        return content[2:].decode("utf-16-le") if content[:2] == b"\xff\xfe" else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("no LGPO text: neither UTF-16 nor UTF-8") from error


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    lines = [line for line in lines if not line.startswith(";")]
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        parts = lines[at : at + _SIZE]
        if len(parts) < _SIZE or parts[0] not in {COMPUTER, USER} or not parts[1] or not parts[3]:
            message = f"instruction at {' / '.join(parts)[:80]!r}: not scope, key, name and action"
            raise FormatError(message)
        yield Instruction(*parts)
        at += _SIZE
