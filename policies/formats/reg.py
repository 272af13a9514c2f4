# SPDX-License-Identifier: Apache-2.0
"""The .reg format that `reg export` writes and `reg import` reads: UTF-16 with a mark, CR LF, Windows Registry Editor 5.00."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from policies.formats.registry import BINARY, DWORD, SZ, FormatError, Setting, full

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER: Final = "Windows Registry Editor Version 5.00"
_MARK: Final = "\ufeff"
_KEY: Final = re.compile(r"[ \t]*\[(-?)([^\r\n]*)\][ \t]*(?=\r|\n|\Z)")
_NAME: Final = re.compile(r'[ \t]*(?:@|"((?:[^"\\]|\\.)*)")[ \t]*=[ \t]*', re.DOTALL)
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_DWORD: Final = re.compile(r"dword:([0-9a-fA-F]{1,8})(?![0-9a-zA-Z])")
_HEX: Final = re.compile(r"hex(?:\(([0-9a-fA-F]{1,8})\))?:((?:[0-9a-fA-F]{1,2}|[ \t,]|\\[ \t]*\r?\n)*)")
_REST: Final = re.compile(r"[ \t]*(?:;[^\r\n]*)?(?:\r?\n|\Z)")
_BLANK: Final = re.compile(r"(?:[ \t]*(?:;[^\r\n]*)?\r?\n)*[ \t]*(?:;[^\r\n]*\Z)?")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
# regedit breaks a list of bytes so that a line has at most 80 characters.
_WIDTH: Final = 80


@dataclass(frozen=True, slots=True)
class Block:
    """One [key]: its values, the names of values to delete, or `removed`: the key goes with all below it."""

    key: str
    settings: tuple[Setting, ...] = ()
    absent: tuple[str, ...] = ()
    removed: bool = False


def load(content: bytes) -> tuple[Block, ...]:
    """Read a file in the order it is written.

    Raises:
        FormatError: not UTF-16, another header, or a line that reg.exe would skip in silence; the message has its number.
    """
    if content[:2] != b"\xff\xfe":
        raise FormatError("no .reg file: it does not begin with the mark of UTF-16")
    try:
        text = content[2:].decode("utf-16-le", "surrogatepass")
    except UnicodeDecodeError as error:
        raise FormatError("no .reg file: it ends in the middle of a character") from error
    head, _, body = text.partition("\n")
    if head.strip() != HEADER:
        message = f"no .reg file: it begins with {head.strip()[:60]!r}"
        raise FormatError(message)
    return tuple(_blocks(body))


def settings(content: bytes) -> Iterator[Setting]:
    """Yield every value of a file, whatever its key."""
    for block in load(content):
        yield from block.settings


def dump(blocks: Iterable[Block]) -> bytes:
    """Write a file as `reg export` does."""
    lines = [HEADER, ""]
    for block in blocks:
        lines.append(f"[{'-' if block.removed else ''}{_safe(block.key)}]")
        lines += [_line(one) for one in block.settings]
        lines += [f"{_quoted(name)}=-" for name in block.absent]
        lines.append("")
    return (_MARK + "\r\n".join(lines) + "\r\n").encode("utf-16-le", "surrogatepass")


def blocks_of(found: Iterable[Setting]) -> tuple[Block, ...]:
    """Gather values by key, in the order keys first appear."""
    keys: dict[str, list[Setting]] = {}
    for one in found:
        keys.setdefault(one.key, []).append(one)
    return tuple(Block(key, tuple(values)) for key, values in keys.items())


def _blocks(body: str) -> Iterator[Block]:
    at, open_ = 0, None
    while (at := _after(_BLANK, body, at)) < len(body):
        if key := _KEY.match(body, at):
            if open_:
                yield open_.block()
            open_ = _Open(full(key[2]), bool(key[1]))
            at = _end(body, key.end())
        elif open_ is None:
            raise _wrong(body, at, "a value before the first key")
        else:
            at = _value(open_, body, at)
    if open_:
        yield open_.block()


@dataclass(slots=True)
class _Open:
    """A block that is still being read."""

    key: str
    removed: bool
    settings: list[Setting] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def block(self) -> Block:
        return Block(self.key, tuple(self.settings), tuple(self.absent), self.removed)


def _value(block: _Open, body: str, at: int) -> int:
    name = _NAME.match(body, at)
    if not name:
        raise _wrong(body, at, "neither a key nor a value")
    called = _plain(name[1] or "")
    if body.startswith("-", name.end()):
        block.absent.append(called)
        return _end(body, name.end() + 1)
    number, data, end = _data(body, name.end())
    block.settings.append(Setting(block.key, called, number, data))
    return _end(body, end)


def _data(body: str, at: int) -> tuple[int, bytes, int]:
    if text := _TEXT.match(body, at):
        return SZ, (_plain(text[1]) + "\0").encode("utf-16-le", "surrogatepass"), text.end()
    if number := _DWORD.match(body, at):
        return DWORD, int(number[1], 16).to_bytes(4, "little"), number.end()
    if raw := _HEX.match(body, at):
        digits = re.findall(r"[0-9a-fA-F]{1,2}", raw[2])
        return int(raw[1], 16) if raw[1] else BINARY, bytes(int(pair, 16) for pair in digits), raw.end()
    raise _wrong(body, at, "data of no known type")


def _end(body: str, at: int) -> int:
    rest = _REST.match(body, at)
    if not rest:
        raise _wrong(body, at, "something stands behind the data")
    return rest.end()


def _after(pattern: re.Pattern[str], body: str, at: int) -> int:
    found = pattern.match(body, at)
    return found.end() if found else at


def _wrong(body: str, at: int, what: str) -> FormatError:
    # The header's line is the first.
    return FormatError(f"line {body.count(chr(10), 0, at) + 2}: {what}")


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' if text else "@"


def _safe(key: str) -> str:
    if any(sign in key for sign in "\r\n\0"):
        message = f"{key!r} is no key"
        raise FormatError(message)
    return key


def _line(one: Setting) -> str:
    head = f"{_quoted(one.name)}="
    if one.type == DWORD and len(one.data) == len(b"word"):
        return f"{head}dword:{int.from_bytes(one.data, 'little'):08x}"
    if one.type == SZ and _is_text(one.data):
        text = one.data.decode("utf-16-le")[:-1]
        return f'{head}"{text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"'
    return _bytes(head + ("hex:" if one.type == BINARY else f"hex({one.type:x}):"), one.data)


def _is_text(data: bytes) -> bool:
    """Tell whether a quoted line can hold it: whole characters, one NUL at the end, no line break."""
    try:
        text = data.decode("utf-16-le")
    except UnicodeDecodeError:
        return False
    return text.endswith("\0") and "\0" not in text[:-1] and "\r" not in text and "\n" not in text


def _bytes(head: str, data: bytes) -> str:
    lines, line = [], head
    for number, byte in enumerate(data):
        piece = f"{byte:02x}" + ("," if number + 1 < len(data) else "")
        if len(line) + len(piece) + len("\\") > _WIDTH:
            lines.append(line + "\\")
            line = "  "
        line += piece
    return "\r\n".join([*lines, line])
