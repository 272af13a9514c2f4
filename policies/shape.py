# SPDX-License-Identifier: Apache-2.0
"""What a file must look like, as small checks put together; each finds everything wrong below it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from policies.located import Keys
from policies.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

Wrong: TypeAlias = tuple[Keys, str]
Check: TypeAlias = Callable[[Any], Iterable[Wrong]]

_SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")


def anything(_value: Any) -> Iterable[Wrong]:
    """Accept whatever stands there."""
    return ()


def text(value: Any) -> Iterable[Wrong]:
    """Demand text with something in it."""
    if isinstance(value, str) and value.strip():
        return ()
    return [((), "must be text" if value is not None else "must not be empty")]


def note(value: Any) -> Iterable[Wrong]:
    """Demand text, which may be empty."""
    return () if isinstance(value, str) else [((), "must be text")]


def name(value: Any) -> Iterable[Wrong]:
    """Demand a name in snake_case."""
    if isinstance(value, str) and _SNAKE.match(value):
        return ()
    return [((), f"must be a name in snake_case, not {value!r}")]


def boolean(value: Any) -> Iterable[Wrong]:
    """Demand true or false."""
    return () if isinstance(value, bool) else [((), f"must be true or false, not {value!r}")]


def integer(value: Any) -> Iterable[Wrong]:
    """Demand a whole number."""
    return () if isinstance(value, int) and not isinstance(value, bool) else [((), f"must be a whole number, not {value!r}")]


def one_of(*known: str) -> Check:
    """Demand one of these words."""

    def check(value: Any) -> Iterable[Wrong]:
        if isinstance(value, str) and value in known:
            return ()
        return [((), f"must be one of {', '.join(known)}, not {value!r}")]

    return check


def each(of: Check, *, at_least: int = 0) -> Check:
    """Demand a list of such things, at least so many of them."""

    def check(value: Any) -> Iterator[Wrong]:
        if not isinstance(value, list):
            yield (), "must be a list"
            return
        if len(value) < at_least:
            yield (), f"must name at least {at_least}"
        for index, item in enumerate(value):
            for keys, message in of(item):
                yield (index, *keys), message

    return check


def table(of: Check, *, key: Check = anything) -> Check:
    """Demand a mapping whose keys are free within `key` and whose values are all such things."""

    def check(value: Any) -> Iterator[Wrong]:
        if not isinstance(value, Mapping):
            yield (), "must be a mapping"
            return
        for word, item in value.items():
            for _, message in key(word):
                yield (word,), message
            for keys, message in of(item):
                yield (word, *keys), message

    return check


def mapping(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """Demand a mapping with exactly these keys, those in `optional` as one likes."""
    known = {**required, **(optional or {})}

    def check(value: Any) -> Iterator[Wrong]:
        if not isinstance(value, Mapping):
            yield (), "must be a mapping"
            return
        for word in required:
            if word not in value:
                yield (), f"{word} is missing"
        for word, item in value.items():
            if word not in known:
                yield (word,), f"unknown key {word}{nearest(word, known)}"
                continue
            for keys, message in known[word](item):
                yield (word, *keys), f"{word} {message}" if not keys else message

    return check


def in_both_languages(value: Any) -> Iterable[Wrong]:
    """Demand the same words in English and in Chinese."""
    if not isinstance(value, Mapping):
        return [((), "must have en and zh")]
    wrong: list[Wrong] = [((), f"translation missing: {language}") for language in ("en", "zh") if language not in value]
    for word in value:
        if word not in {"en", "zh"}:
            # In {en: a, b, zh: c} the b becomes a key without a value.
            hint = " (quote text that has a comma in it)" if value[word] is None else nearest(word, ("en", "zh"))
            wrong.append(((word,), f"unknown key {word}{hint}"))
    wrong += [((word,), f"{word} {message}") for word in ("en", "zh") if word in value for _, message in text(value[word])]
    return wrong
