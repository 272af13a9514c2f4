# SPDX-License-Identifier: Apache-2.0
"""The security template that `secedit /export` writes and `secedit /configure` reads: accounts by SID, UTF-16.

Format: MS-GPSB 2.2 (https://learn.microsoft.com/openspecs/windows_protocols/ms-gpsb).
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final, TypeAlias

from policies.formats.registry import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping

Template: TypeAlias = "dict[str, dict[str, str]]"
SYSTEM_ACCESS: Final = "System Access"
PRIVILEGE_RIGHTS: Final = "Privilege Rights"
GROUP_MEMBERSHIP: Final = "Group Membership"
_HEAD: Final[Mapping[str, Mapping[str, str]]] = {"Unicode": {"Unicode": "yes"}}
_TAIL: Final[Mapping[str, Mapping[str, str]]] = {"Version": {"signature": '"$CHICAGO$"', "Revision": "1"}}


def load(content: bytes) -> Template:
    """Read a template: section -> name -> value, quotes around a whole value taken off; a line without = is a name with "".

    Raises:
        FormatError: neither UTF-16 with a mark nor ASCII, a line before the first section, or a name twice in one section.
    """
    found: Template = {}
    section: dict[str, str] | None = None
    seen: set[tuple[int, str]] = set()
    for number, raw in enumerate(_text(content).splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith(";"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = found.setdefault(line[1:-1].strip(), {})
            continue
        name, _, value = line.partition("=")
        name = name.strip()
        if section is None or not name:
            message = f"line {number}: {'a setting before the first section' if name else 'a value without a name'}"
            raise FormatError(message)
        if (id(section), name.lower()) in seen:
            message = f"line {number}: {name} stands twice in its section"
            raise FormatError(message)
        seen.add((id(section), name.lower()))
        section[name] = _bare(value.strip())
    return found


def dump(template: Mapping[str, Mapping[str, str]]) -> bytes:
    """Write a template that `secedit /configure` reads; an empty value takes a right away from everybody.

    Raises:
        FormatError: a name or value with a line break, or a name with = or [.
    """
    lines: list[str] = []
    for section, settings in {**_HEAD, **template, **_TAIL}.items():
        lines.append(f"[{_one_line(section)}]")
        lines += [f"{_name(name)} = {_one_line(value)}" for name, value in settings.items()]
    return codecs.BOM_UTF16_LE + ("\r\n".join(lines) + "\r\n").encode("utf-16-le")


def members(value: str) -> frozenset[str]:
    """Give the accounts of a right: SIDs without their star, names as they stand (secedit knows no SID for these)."""
    return frozenset(part.strip().removeprefix("*") for part in value.split(",") if part.strip())


def _text(content: bytes) -> str:
    try:
        return content[2:].decode("utf-16-le") if content.startswith(codecs.BOM_UTF16_LE) else content.decode("ascii")
    except UnicodeDecodeError as error:
        raise FormatError("no security template: neither UTF-16 with a mark nor ASCII") from error


def _bare(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1] else value


def _one_line(text: str) -> str:
    if any(sign in text for sign in "\r\n\0"):
        message = f"{text!r} does not stand on one line"
        raise FormatError(message)
    return text


def _name(text: str) -> str:
    if not text or text[0] in "[;" or "=" in text:
        message = f"{text!r} is no name of a security template"
        raise FormatError(message)
    return _one_line(text)
