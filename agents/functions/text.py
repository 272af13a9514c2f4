# SPDX-License-Identifier: Apache-2.0
"""Functions on text: splitting, regular expressions, sound, and the numbers osquery computes otherwise than SQLite."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from agents.cells import as_text
from agents.limits import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

# What may follow "(?" in the regular expressions of C++ (ECMAScript), in which osquery reads them.
_GROUPS: Final = (":", "=", "!")
# POSIX classes within brackets, which ECMAScript knows and Python does not.
_CLASSES: Final = {
    "alnum": "a-zA-Z0-9", "alpha": "a-zA-Z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "d": "0-9",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~", "s": r"\s",
    "space": r"\s", "upper": "A-Z", "w": r"\w", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_PIECE: Final = re.compile(r"\\.|\[\^?|\]|\(\?.?|\$|\[:\w+:\]|.", re.DOTALL)
_IN_BRACKETS: Final = re.compile(r"\\.|\[:(?P<name>\w+):\]|(?P<end>\])|.", re.DOTALL)
# In ECMAScript empty brackets match nothing, and negated ones anything.
_EMPTY: Final = {"[": "(?!)", "[^": r"[\s\S]"}
_SOUNDS: Final = {
    letter: digit for digit, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), 1) for letter in letters
}


def split(text: Any, separators: Any, index: Any) -> str | None:
    """Give part number `index` (from 0) of `text` cut at any character of `separators`; empty parts do not count."""
    if text is None or separators is None or index is None:
        return None
    if not _text(separators):
        raise QueryError("split needs at least one separator")
    parts = re.split(f"[{re.escape(_text(separators))}]", _text(text))
    return _at([part.strip() for part in parts if part], index)


def regex_split(text: Any, pattern: Any, index: Any) -> str | None:
    """Give part number `index` (from 0) of `text` cut wherever `pattern` matches."""
    if text is None or pattern is None or index is None:
        return None
    if not _text(pattern):
        raise QueryError("regex_split needs a pattern")
    whole, parts, start = _text(text), [], 0
    for match in _compile(_text(pattern)).finditer(whole):
        if match.end() > match.start():
            parts.append(whole[start : match.start()])
            start = match.end()
    return _at([*parts, whole[start:]], index)


def regex_match(text: Any, pattern: Any, index: Any) -> str | None:
    """Give group number `index` (0: all) of the first match of `pattern` in `text`; NULL where there is none."""
    if text is None or pattern is None or index is None:
        return None
    match = _compile(_text(pattern)).search(_text(text))
    return None if match is None else _at([match[0], *match.groups("")], index)


def soundex(text: Any) -> str:
    """Give the Soundex code of a word, as SQLite does where it is built with it: `?000` for a text without letters."""
    letters = re.sub(r"\A[^A-Z]+", "", _text(text).upper()) if text is not None else ""
    if not letters:
        return "?000"
    code, before = letters[0], _SOUNDS.get(letters[0])
    for letter in letters[1:]:
        sound = _SOUNDS.get(letter)
        if sound and sound != before:
            code += str(sound)
        before = sound
    return code[:4].ljust(4, "0")


def log(number: Any) -> float | None:
    """Give the natural logarithm, where SQLite's own `log` has base 10."""
    return None if number is None else _compute("log", math.log, number)


def cot(angle: Any) -> float | None:
    """Give the cotangent of an angle in radians."""
    return None if angle is None else _compute("cot", lambda value: 1 / math.tan(value), angle)


def _compute(name: str, function: Any, number: Any) -> float:
    try:
        return float(function(float(number)))
    except (ArithmeticError, ValueError) as error:
        message = f"{name} has no value for {number!r}"
        raise QueryError(message) from error


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(as_text(value))


def _at(parts: list[str], index: Any) -> str | None:
    try:
        position = int(index)
    except ValueError:
        position = 0
    return parts[position] if 0 <= position < len(parts) else None


@lru_cache(maxsize=256)
def _compile(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(_translate(pattern), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"not a regular expression: {pattern!r}: {error}"
        raise QueryError(message) from error


def _translate(pattern: str) -> str:
    # From ECMAScript to Python: `$` is the very end, brackets know POSIX classes and no nesting, and of the groups that
    # begin with "(?" only three exist.
    done, at = "", 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        sign = piece[0] if piece else pattern[at]
        at += len(sign)
        if sign.startswith("(?") and not sign.endswith(_GROUPS):
            message = f"osquery's regular expressions have no group {sign}...): {pattern!r}"
            raise QueryError(message)
        if sign in {"[", "[^"}:
            inner, at = _translate_brackets(pattern, at)
            sign = _EMPTY[sign] if inner == "]" else sign + inner
        done += r"\Z" if sign == "$" else sign
    return done


def _translate_brackets(pattern: str, at: int) -> tuple[str, int]:
    done = ""
    while at < len(pattern):
        piece = _IN_BRACKETS.match(pattern, at)
        if piece is None:
            break
        at = piece.end()
        if piece["end"]:
            return f"{done}]", at
        # Doubled signs are set operations in later Pythons, so every sign but the range's is escaped.
        sign = piece[0]
        done += _CLASSES.get(piece["name"], "") if piece["name"] else f"\\{sign}" if sign in "[&~|" else sign
    return done, at


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "split": (3, split),
    "regex_split": (3, regex_split),
    "regex_match": (3, regex_match),
    "soundex": (1, soundex),
    "log": (1, log),
    "cot": (1, cot),
}
