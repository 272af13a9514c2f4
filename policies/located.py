# SPDX-License-Identifier: Apache-2.0
"""YAML whose values know where they stand: read fast, and located exactly once something is wrong.

Values are built straight from the events of PyYAML's C parser, which is more than twice as fast as its C loader
(tests/bench). The dialect is what people expect of YAML: yes/no/on/off are booleans as in Ansible, but 12:30, 0644 and
2026-01-01 stay text. Tags are refused, and so is an alias inside what it stands for.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml
from yaml.events import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from policies.problems import CatalogueError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Keys: TypeAlias = "tuple[str | int, ...]"

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?\Z")
_STARTS_NUMBER = frozenset("0123456789+-")


class Located(dict[str, Any]):
    """A mapping that remembers the line of each of its keys."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: `path` as problems quote it, its text, and its value."""

    path: str
    text: str
    value: Any

    def problem(self, message: str, keys: Keys = ()) -> Problem:
        """Make a problem at the key or list item that `keys` lead to, or at the nearest thing above it that exists."""
        mark = _find(self.text, keys)
        return Problem(self.path, mark[0], mark[1], message)


def read(path: str, raw: bytes) -> Document:
    """Read one YAML document.

    Raises:
        CatalogueError: not UTF-8, not YAML, a second key of the same name, an anchor, alias or tag.
    """
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()  # the codec that knows the mark, utf-8-sig, is slow
    except UnicodeDecodeError as error:
        raise CatalogueError([Problem(path, raw.count(b"\n", 0, error.start) + 1, 1, "not UTF-8 text")]) from error
    builder = _Builder(path, text)
    try:
        value = builder.document()
    except yaml.MarkedYAMLError as error:
        place: Any = error.problem_mark or error.context_mark
        line, column = (place.line + 1, place.column + 1) if place else (1, 1)
        raise CatalogueError([Problem(path, line, column, f"not YAML: {error.problem or error.context}")]) from error
    except yaml.YAMLError as error:
        raise CatalogueError([Problem(path, 1, 1, f"not YAML: {error}")]) from error
    if builder.problems:
        raise CatalogueError(builder.problems)
    return Document(path, text, value)


class _Builder:
    """Turns parser events into values."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._anchors: dict[str, Any] = {}
        self._next: Callable[[], Any] = _Loader(text).get_event

    def document(self) -> Any:
        self._next()  # the stream's start
        if not isinstance(self._next(), yaml.DocumentStartEvent):
            return None
        value = self._value(self._next())
        self._next()
        after: Any = self._next()
        if isinstance(after, yaml.DocumentStartEvent):
            self._wrong(after.start_mark, "a second document in one file")
        return value

    def _wrong(self, mark: Any, message: str) -> None:
        self.problems.append(Problem(self.path, mark.line + 1, mark.column + 1, message))

    def _value(self, event: Any) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            if event.anchor not in self._anchors:
                self._wrong(event.start_mark, f"an alias of nothing that stands above it: {event.anchor}")
            return self._anchors.get(event.anchor)
        if event.tag is not None:
            self._wrong(event.start_mark, f"a tag ({event.tag}): write plain YAML")
        if kind is ScalarEvent:
            value = plain(event.value) if event.implicit[0] else event.value
        else:
            value = self._mapping() if kind is MappingStartEvent else self._sequence()
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _mapping(self) -> Located:
        found = Located()
        following = self._next
        while type(event := following()) is not MappingEndEvent:
            if type(event) is not ScalarEvent:
                self._wrong(event.start_mark, "a key must be a word")
                self._value(event)
                self._value(following())
                continue
            key: str = event.value
            mark: Any = event.start_mark
            if key in found:
                self._wrong(mark, f"a second key {key}; the first is on line {found.lines[key]}")
            found.lines[key] = mark.line + 1
            found[key] = self._value(following())
        return found

    def _sequence(self) -> list[Any]:
        found = []
        while type(event := self._next()) is not SequenceEndEvent:
            found.append(self._value(event))
        return found


def plain(text: str) -> str | int | float | bool | None:
    """Give the value an unquoted scalar stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _STARTS_NUMBER:
        if _INTEGER.match(text):
            return int(text)
        if _HEXADECIMAL.match(text):
            return int(text, 16)
        if _NUMBER.match(text):
            return float(text)
    return text


def _find(text: str, keys: Keys) -> tuple[int, int]:
    node = yaml.compose(text, Loader=_Loader)
    line, column = 1, 1
    for key in keys:
        step = _step(node, key)
        if step is None:
            break
        mark, node = step
        line, column = mark.line + 1, mark.column + 1
    return line, column


def _step(node: Any, key: str | int) -> tuple[Any, Any] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((name.start_mark, value) for name, value in node.value if name.value == key), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark, node.value[key]
    return None
