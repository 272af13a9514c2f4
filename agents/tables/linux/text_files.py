# SPDX-License-Identifier: Apache-2.0
"""Text files of a Linux host: their lines, and the settings in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError
from agents.tables.linux import paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

COMMENTS: Final = ("#", ";")
SETTING: Final = re.compile(r"(?P<key>[^\s=]+)(?:\s*=|\s|$)(?P<value>.*)")


def file_lines(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the lines of the asked text files, without line ends; what is absent or no regular file has none.

    Raises:
        NotObservedError: a file cannot be read, is larger than a text file may be, or is not text.
    """
    for path in paths.asked(host, ask):
        for number, line in lines(host, path):
            yield {"path": path, "line_number": number, "line": line}


def config_values(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the settings of the asked files: `KEY value`, `key = value`, `key=value` and, below `[section]`, the same.

    Lines that begin with # or ; are comments. What follows a value on its line belongs to it, as most readers of such
    files have it; one pair of quotes around a value is taken off. A key alone has an empty value. Raises as `file_lines`.
    """
    for path in paths.asked(host, ask):
        section = ""
        for number, line in lines(host, path):
            text = line.strip()
            if text.startswith("[") and text.endswith("]"):
                section = text[1:-1].strip()
            elif text and not text.startswith(COMMENTS):
                key, value = setting(text)
                yield {"path": path, "section": section, "key": key, "value": value, "line_number": number}


def lines(host: Host, path: str) -> Iterator[tuple[int, str]]:
    """Give the numbered lines of a regular text file, without an empty one after the last line end. Raises as `file_lines`."""
    text = read(host, path)
    if text is None:
        return
    numbered = text.removesuffix("\n").split("\n") if text else []
    for number, line in enumerate(numbered, 1):
        yield number, line.removesuffix("\r")


def read(host: Host, path: str) -> str | None:
    """Read a regular text file; None where there is none. A pipe or a device is never opened. Raises as `file_lines`."""
    content = host.data(path) if is_file(host, path) else None
    if content is not None and b"\0" in content:
        message = f"{path} is not a text file"
        raise NotObservedError(message)
    return None if content is None else content.decode("utf-8", "replace")


def is_file(host: Host, path: str) -> bool:
    """Tell whether a path is, or leads to, a regular file.

    Raises:
        NotObservedError: that cannot be looked at.
    """
    try:
        return host.path(path).is_file()
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        message = f"cannot look at {path}: {error.strerror}"
        raise NotObservedError(message) from error


def setting(text: str) -> tuple[str, str]:
    """Split one setting into key and value, quotes around the value taken off.

    The first = divides only where nothing but white space stands before it and the key, so that
    `AcceptEnv LANG=C` has the key AcceptEnv.
    """
    found = SETTING.fullmatch(text)
    if found is None:
        return text, ""
    return found["key"], unquoted(found["value"].strip())


def unquoted(value: str) -> str:
    """Take one pair of equal quotes off a value."""
    shortest = 2
    if len(value) >= shortest and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
