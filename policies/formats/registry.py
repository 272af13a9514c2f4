# SPDX-License-Identifier: Apache-2.0
"""One value of a registry, as all formats share it: key, name, type number and the bytes that are stored.

Types: winnt.h (https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NONE, SZ, EXPAND_SZ, BINARY, DWORD, DWORD_BIG_ENDIAN, LINK, MULTI_SZ = range(8)
QWORD: Final = 11
NAMES: Final[Mapping[int, str]] = {
    NONE: "REG_NONE",
    SZ: "REG_SZ",
    EXPAND_SZ: "REG_EXPAND_SZ",
    BINARY: "REG_BINARY",
    DWORD: "REG_DWORD",
    DWORD_BIG_ENDIAN: "REG_DWORD_BIG_ENDIAN",
    LINK: "REG_LINK",
    MULTI_SZ: "REG_MULTI_SZ",
    8: "REG_RESOURCE_LIST",
    9: "REG_FULL_RESOURCE_DESCRIPTOR",
    10: "REG_RESOURCE_REQUIREMENTS_LIST",
    QWORD: "REG_QWORD",
}
TYPES: Final[Mapping[str, int]] = {name: number for number, name in NAMES.items()}
# The short names of hives that reg.exe, people and .reg files use.
HIVES: Final[Mapping[str, str]] = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKU": "HKEY_USERS",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_WIDTHS: Final[Mapping[int, int]] = {DWORD: 4, DWORD_BIG_ENDIAN: 4, QWORD: 8}


class FormatError(ValueError):
    """The input is not in this format, or the data does not fit it; the message says where."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One value: the full key with its hive's long name, the name ("" is the key's default value), type and stored bytes."""

    key: str
    name: str
    type: int
    data: bytes

    @property
    def type_name(self) -> str:
        """Give the type as reg.exe names it; an unknown one by its number."""
        return NAMES.get(self.type, str(self.type))

    @property
    def value(self) -> int | str | list[str] | bytes:
        """Give what the bytes mean: a number, text, a list of texts; the bytes themselves where they do not fit their type."""
        if self.type in _WIDTHS:
            fits = len(self.data) == _WIDTHS[self.type]
            return int.from_bytes(self.data, "big" if self.type == DWORD_BIG_ENDIAN else "little") if fits else self.data
        if self.type in {SZ, EXPAND_SZ, LINK, MULTI_SZ} and len(self.data) % 2 == 0:
            text = self.data.decode("utf-16-le", "surrogatepass")
            return _texts(text) if self.type == MULTI_SZ else text.split("\0", 1)[0]
        return self.data

    @property
    def place(self) -> tuple[str, str]:
        """Give what tells one value from another: registries do not tell upper from lower case."""
        return self.key.lower(), self.name.lower()


def setting(key: str, name: str, type_name: str, value: Any) -> Setting:
    """Make a value from plain data: a number, text, a list of texts, or hex digits for REG_BINARY.

    Raises:
        FormatError: the type is not known, or the data does not fit it.
    """
    number = TYPES.get(type_name)
    if number is None:
        message = f"{key}\\{name}: unknown type {type_name}"
        raise FormatError(message)
    try:
        return Setting(full(key), name, number, _stored(number, value))
    except (TypeError, ValueError, OverflowError) as error:
        message = f"{key}\\{name}: {value!r} is no {type_name}"
        raise FormatError(message) from error


def full(key: str) -> str:
    """Give a key with the long name of its hive."""
    hive, slash, rest = key.partition("\\")
    return HIVES.get(hive.upper(), hive) + slash + rest


def _stored(number: int, value: Any) -> bytes:
    if number in _WIDTHS:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(value)
        return value.to_bytes(_WIDTHS[number], "big" if number == DWORD_BIG_ENDIAN else "little")
    if number == MULTI_SZ:
        if not isinstance(value, list) or not all(isinstance(text, str) and text and "\0" not in text for text in value):
            raise TypeError(value)
        return _utf16("".join(f"{text}\0" for text in value) + "\0")
    if number in {SZ, EXPAND_SZ, LINK}:
        if not isinstance(value, str) or "\0" in value:
            raise TypeError(value)
        return _utf16(value + "\0")
    return bytes.fromhex(value)


def _texts(text: str) -> list[str]:
    # Two NULs end the list; what programs left behind them is no part of it.
    return [part for part in text.split("\0\0", 1)[0].split("\0") if part]


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
