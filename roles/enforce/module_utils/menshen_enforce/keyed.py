# SPDX-License-Identifier: GPL-3.0-or-later
"""Set keys in a text of settings, leaving every other line as it is."""

from __future__ import annotations

import re

SECTION = re.compile(r"\s*\[([^\]]*)\]\s*\Z")


def value_of(text: str | None, key: str, separator: str = "=", section: str | None = None) -> str | None:
    """Give the value of `key` that counts (the last one), None where it is not set."""
    found = None
    for line, inside in _lines(text or "", section):
        match = _active(key, separator).match(line) if inside else None
        if match:
            found = match.group(2).strip()
    return found


def with_key(text: str | None, key: str, value: str, separator: str = "=", section: str | None = None) -> str:
    """Give the text with `key` set to `value` wherever it is set, else in place of its comment, else at the end."""
    lines = [(line, inside) for line, inside in _lines(text or "", section)]
    active, silent = _active(key, separator), _silent(key, separator)
    at = [number for number, (line, inside) in enumerate(lines) if inside and active.match(line)]
    written = f"{key} {value}" if separator == " " else f"{key}={value}"
    if at:
        changed = [active.sub(lambda m: f"{m.group(1)}{value}", line) if number in at else line for number, (line, _) in enumerate(lines)]
        return _joined(changed)
    shown = [line for line, _ in lines]
    commented = next((number for number, (line, inside) in enumerate(lines) if inside and silent.match(line)), None)
    if commented is not None:
        spaced = " = " if separator == "=" and " = " in shown[commented] else None
        shown.insert(commented + 1, f"{key}{spaced}{value}" if spaced else written)
        return _joined(shown)
    last = max((number for number, (_, inside) in enumerate(lines) if inside), default=None)
    if section is not None and last is None:
        shown += [f"[{section}]", written]
    elif section is not None:
        while last and not shown[last].strip():
            last -= 1
        shown.insert(last + 1, written)
    else:
        shown.append(written)
    return _joined(shown)


def _active(key: str, separator: str):
    between = r"[ \t]+" if separator == " " else r"[ \t]*=[ \t]*"
    return re.compile(rf"([ \t]*{re.escape(key)}{between})(.*)\Z")


def _silent(key: str, separator: str):
    between = r"[ \t]+" if separator == " " else r"[ \t]*="
    return re.compile(rf"[ \t]*[#;][ \t]*{re.escape(key)}{between}")


def _lines(text: str, section: str | None):
    inside = section is None
    for line in text.split("\n")[: -1 if text.endswith("\n") or not text else None]:
        header = SECTION.match(line)
        if header and section is not None:
            inside = header.group(1) == section
        yield line, inside


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
