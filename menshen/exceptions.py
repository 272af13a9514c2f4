# SPDX-License-Identifier: Apache-2.0
"""Write exceptions into the file people read, leaving every other line of it as it is."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from menshen.language import say
from menshen.trouble import TroubleError
from policies import exception
from policies.problems import CatalogueError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from policies.control import Control
    from policies.exception import Grant

EMPTY: Final = "# SPDX-License-Identifier: Apache-2.0\n# Dated permissions to deviate (menshen exception grant).\nexceptions: []\n"
# What stands bare; everything else is quoted, so that no word of people is read as YAML.
_BARE: Final = frozenset({"from", "until", "control"})
_NUMBERED: Final = re.compile(r"EX-(\d{4})-(\d{3,})\Z")


def text_of(path: Path) -> str:
    """Give the file's text, or that of a file without an exception.

    Raises:
        TroubleError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8") if path.exists() else EMPTY
    except (OSError, UnicodeDecodeError) as error:
        raise TroubleError(say(f"{path}: cannot be read", f"{path}：无法读取")) from error


def next_id(grants: tuple[Grant, ...], today: date) -> str:
    """Give the next number of the year: EX-2026-001."""
    found = [int(match[2]) for one in grants if (match := _NUMBERED.match(one.id)) and int(match[1]) == today.year]
    return f"EX-{today.year}-{max(found, default=0) + 1:03d}"


def added(text: str, entry: Mapping[str, Any], path: Path) -> str:
    """Give the text with one entry more at the end of its list.

    Raises:
        CatalogueError: the list is written on one line, so nothing can be put at its end without rewriting it.
    """
    node = _list(text, path)
    if not node.value:
        start, end = node.start_mark.index, node.end_mark.index
        return text[:start].rstrip(" ") + "\n" + _written(entry, 2) + _rest(text[end:])
    if node.flow_style:
        mark = node.start_mark
        raise CatalogueError([Problem(str(path), mark.line + 1, mark.column + 1, "write each exception on lines of its own")])
    last = node.value[-1].end_mark.index
    # The node ends where the next one begins: comments after the last entry stay after it.
    end = len(text[:last].rstrip())
    end = text.index("\n", end) + 1 if "\n" in text[end:] else len(text)
    before = text[:end] if text[:end].endswith("\n") else text[:end] + "\n"
    return before + _written(entry, node.value[0].start_mark.column - 2) + text[end:]


def _rest(text: str) -> str:
    rest = text.lstrip(" ")
    return rest.removeprefix("\n")


def revoked(text: str, name: str, day: date, path: Path) -> str:
    """Give the text with `revoked:` in the entry of that id.

    Raises:
        TroubleError: there is no such exception, or it is revoked already.
    """
    known = []
    for entry in _list(text, path).value:
        keys = {key.value: value for key, value in entry.value}
        known.append(keys["id"].value)
        if keys["id"].value != name:
            continue
        if "revoked" in keys:
            raise TroubleError(say(f"{name} is revoked already", f"{name} 已撤销"))
        end = keys["until"].end_mark.index
        if entry.flow_style:
            return f"{text[:end]}, revoked: {day.isoformat()}{text[end:]}"
        end = text.index("\n", end) if "\n" in text[end:] else len(text)
        return f"{text[:end]}\n{' ' * entry.start_mark.column}revoked: {day.isoformat()}{text[end:]}"
    hint = nearest(name, known)
    raise TroubleError(say(f"no such exception: {name}", f"没有此例外：{name}") + hint)


def _list(text: str, path: Path) -> Any:
    exception.read(str(path), text.encode())
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    return next(value for key, value in root.value if key.value == "exceptions")


def _written(entry: Mapping[str, Any], column: int) -> str:
    lines = [f"{name}: {value if name in _BARE else json.dumps(value, ensure_ascii=False)}" for name, value in entry.items()]
    pad = " " * column
    return f"{pad}- {lines[0]}\n" + "".join(f"{pad}  {line}\n" for line in lines[1:])


def save(path: Path, text: str, controls: Mapping[str, Control]) -> tuple[Grant, ...]:
    """Check the new text as every audit will, then replace the file with it; give the exceptions in it.

    Raises:
        CatalogueError: something is wrong with it; the file is as it was.
        TroubleError: it cannot be written.
    """
    found = exception.read(str(path), text.encode(), controls)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise TroubleError(say(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from error
    return found
