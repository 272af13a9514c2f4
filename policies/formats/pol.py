# SPDX-License-Identifier: Apache-2.0
"""Registry.pol, the file in which Group Policy carries registry values: MS-GPREG 2.2.1.

`**del.NAME` deletes a value, `**delvals.` all values of a key, `**soft.` and others are kept as they stand.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from policies.formats.registry import SZ, FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER: Final = b"PReg\x01\x00\x00\x00"
DELETE: Final = "**del."
# What a deletion carries: one blank, as Microsoft's own editor writes.
_BLANK: Final = " \0".encode("utf-16-le")
_NUMBER: Final = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Entry:
    """One instruction: the key without its hive (which the file's folder tells), the name, type number and data."""

    key: str
    name: str
    type: int
    data: bytes


def deletion(key: str, name: str) -> Entry:
    """Make the entry that deletes a value."""
    return Entry(key, DELETE + name, SZ, _BLANK)


def load(content: bytes) -> tuple[Entry, ...]:
    """Read a file, entry by entry.

    Raises:
        FormatError: another header, or an entry that is cut or malformed; the message has its offset.
    """
    if content[:8] != HEADER:
        raise FormatError("no Registry.pol of version 1")
    return tuple(_entries(content))


def dump(entries: Iterable[Entry]) -> bytes:
    """Write a file; `load` gives the same entries back.

    Raises:
        FormatError: a key or name that the format cannot hold.
    """
    return HEADER + b"".join(_written(one) for one in entries)


def _entries(content: bytes) -> Iterator[Entry]:
    at = len(HEADER)
    while at < len(content):
        at = _sign(content, at, "[")
        key, at = _text(content, at)
        name, at = _text(content, _sign(content, at, ";"))
        number, at = _number(content, _sign(content, at, ";"))
        size, at = _number(content, _sign(content, at, ";"))
        at = _sign(content, at, ";")
        if len(content) - at < size:
            raise _cut(at)
        yield Entry(key, name, number, content[at : at + size])
        at = _sign(content, at + size, "]")


def _sign(content: bytes, at: int, sign: str) -> int:
    if content[at : at + 2] != sign.encode("utf-16-le"):
        message = f"byte {at}: {sign} expected"
        raise FormatError(message)
    return at + 2


def _text(content: bytes, at: int) -> tuple[str, int]:
    end = at
    while (end := content.find(b"\0\0", end)) >= 0 and (end - at) % 2:
        # The second byte of one character and the first of the next.
        end += 1
    if end < 0:
        raise _cut(at)
    return content[at:end].decode("utf-16-le", "surrogatepass"), end + 2


def _number(content: bytes, at: int) -> tuple[int, int]:
    if len(content) - at < _NUMBER.size:
        raise _cut(at)
    return _NUMBER.unpack_from(content, at)[0], at + _NUMBER.size


def _cut(at: int) -> FormatError:
    return FormatError(f"byte {at}: the file ends in the middle of an entry")


def _written(one: Entry) -> bytes:
    if "\0" in one.key or "\0" in one.name or not one.key:
        message = f"{one.key!r}, {one.name!r}: no key and name of Registry.pol"
        raise FormatError(message)
    open_, semicolon, close = ("[".encode("utf-16-le"), ";".encode("utf-16-le"), "]".encode("utf-16-le"))
    fields = (_terminated(one.key), _terminated(one.name), _NUMBER.pack(one.type), _NUMBER.pack(len(one.data)), one.data)
    return open_ + semicolon.join(fields) + close


def _terminated(text: str) -> bytes:
    return (text + "\0").encode("utf-16-le", "surrogatepass")
