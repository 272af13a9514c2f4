# SPDX-License-Identifier: Apache-2.0
"""`$name` and `$$`: the only substitution there is, strict, and typed by where it stands."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policies.parameter import Value
    from policies.text import Language

_LONE = re.compile(r"\$(?:\{([a-z][a-z0-9_]*)\}|([a-z][a-z0-9_]*))\Z")
# Comments before quotes: the apostrophe of a comment opens no text.
_QUOTED = re.compile(r"--[^\n]*|/\*.*?\*/|('(?:[^']|'')*')", re.DOTALL)
_YES: Mapping[tuple[Language, bool], str] = {("en", True): "yes", ("en", False): "no", ("zh", True): "是", ("zh", False): "否"}


class _Template(string.Template):
    """`string.Template` with names as parameters have them: lower-case snake."""

    idpattern = r"(?a:[a-z][a-z0-9_]*)"
    flags = re.RegexFlag(0)


def names(text: str) -> list[str] | None:
    """List the names `text` uses, in order of first use; None where a `$` is neither `$name` nor `$$`."""
    if "$" not in text:
        return []
    template = _Template(text)
    return template.get_identifiers() if template.is_valid() else None


def names_in(data: Any) -> Iterator[str | None]:
    """Yield every name used in nested data, None for each text with a stray `$`."""
    for text in texts(data):
        found = names(text)
        yield from [None] if found is None else found


def texts(data: Any) -> Iterator[str]:
    """Yield every text value in nested data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)


def lone(text: str) -> str | None:
    """Give the name where `text` is a lone `$name`, whose value keeps its type; else None."""
    found = _LONE.match(text)
    return (found.group(1) or found.group(2)) if found else None


def quoted_names(sql: str) -> list[str]:
    """List the names that stand inside a quoted SQL text, where a literal cannot go."""
    literals = (found.group(1) for found in _QUOTED.finditer(sql) if found.group(1)) if "$" in sql else ()
    return [name for literal in literals for name in names(literal) or ()]


def literal(value: Value) -> str:
    """Write a value as an SQL literal; an empty list is `(NULL)`, which nothing is in.

    Raises:
        ValueError: text with a NUL character, at which SQLite would end the literal.
    """
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        # In parentheses, or `x -$n` would become a comment.
        return f"({value!r})" if value < 0 else repr(value)
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text with a NUL character cannot stand in SQL")
        return "'" + value.replace("'", "''") + "'"
    return f"({', '.join(map(literal, value)) or 'NULL'})"


def in_sql(text: str, values: Mapping[str, Value]) -> str:
    """Fill `text` with SQL literals.

    Raises:
        KeyError: a name without a value.
        ValueError: a stray `$`.
    """
    if "$" not in text:
        return text
    return _Template(text).substitute({name: literal(value) for name, value in values.items()})


def in_data(data: Any, values: Mapping[str, Value]) -> Any:
    """Fill nested data: a lone `$name` keeps its type, in longer text lists are joined by commas and booleans are true/false.

    Raises:
        KeyError: a name without a value.
        ValueError: a stray `$`.
    """
    if isinstance(data, dict):
        return {key: in_data(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [in_data(value, values) for value in data]
    if not isinstance(data, str) or "$" not in data:
        return data
    name = lone(data)
    if name:
        value = values[name]
        return list(value) if isinstance(value, list) else value
    return _Template(data).substitute({name: _plain(value) for name, value in values.items()})


def in_words(text: str, values: Mapping[str, Value], language: Language) -> str:
    """Fill a sentence for people: lists joined as the language does, booleans as yes and no.

    Raises:
        KeyError: a name without a value.
        ValueError: a stray `$`.
    """
    if "$" not in text:
        return text
    return _Template(text).substitute({name: spoken(value, language) for name, value in values.items()})


def spoken(value: Value, language: Language) -> str:
    """Say a value as people write it."""
    if isinstance(value, bool):
        return _YES[language, value]
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(value)
    return str(value)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)
