# SPDX-License-Identifier: Apache-2.0
"""Functions on paths; two of them look at the files of the machine that runs the query."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from agents.limits import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable


def parent_directory(path: Any) -> str | None:
    """Give what stands before the last separator; NULL where there is none."""
    if not isinstance(path, str):
        raise QueryError("parent_directory needs a text")
    folder, separator, _ = path.rpartition(os.sep)
    return folder if separator else None


def find_file_path_in_cmd(*arguments: Any) -> str:
    """Give the shortest beginning of a command line, up to a space, that names a file; empty where none does.

    Arguments: the command line, whether double quotes group (0), the escape character.
    """
    return _find("find_file_path_in_cmd", arguments, shortest=True)


def is_path_deterministic(*arguments: Any) -> int:
    """Tell whether only one file can be meant by an unquoted command line. Arguments as `find_file_path_in_cmd`."""
    shortest = _find("is_path_deterministic", arguments, shortest=True)
    return int(shortest in {"", _find("is_path_deterministic", arguments, shortest=False)})


def _find(function: str, arguments: tuple[Any, ...], *, shortest: bool) -> str:
    if len(arguments) not in {1, 2, 3} or None in arguments:
        message = f"{function} needs a command line"
        raise QueryError(message)
    line, quoting, escape = (*map(str, arguments), *("0", "\\")[len(arguments) - 1 :])
    if len(escape) != 1:
        message = f"{function} needs one escape character"
        raise QueryError(message)
    found = ""
    for candidate in _beginnings(line.lstrip(), escape, quotes=quoting not in {"", "0"}):
        if os.path.isfile(candidate):  # noqa: PTH113 - a text that may be no path at all
            found = candidate
            if shortest:
                break
    return found


def _beginnings(line: str, escape: str, *, quotes: bool) -> list[str]:
    texts, text, quoted, escaped = [], "", False, False
    for character in line:
        if escaped:
            text += character
            escaped = False
        elif quotes and character == '"':
            quoted = not quoted
        elif character == escape:
            escaped = True
        else:
            if character.isspace() and not quoted:
                texts.append(text)
            text += character
    return [*texts, text]


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "parent_directory": (1, parent_directory),
    "find_file_path_in_cmd": (-1, find_file_path_in_cmd),
    "is_path_deterministic": (-1, is_path_deterministic),
}
