# SPDX-License-Identifier: Apache-2.0
r"""The table `registry`, by osquery's rules of paths (osquery's registry table, read and described in our own words).

A `path` or `key` is split at its backslashes, empty parts ignored, and shown again as it was asked: doubled backslashes
stay doubled. In a LIKE pattern a part with % stands for every subkey, `%%` as the last part for everything below; SQLite
then compares the whole text. Without a constraint only the hives are listed. A key that does not exist gives no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents.windows.hive import HIVES, SEPARATOR, path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agents.source import Ask, Row
    from agents.windows.hive import Hive, Key
    from agents.windows.pc import Pc

_WILDCARD: Final = "%"
_RECURSIVE: Final = "%%"
_DEPTH: Final = 32
_DEFAULT: Final = "(Default)"


def registry(pc: Pc, ask: Ask) -> Iterator[Row]:
    """Yield subkeys and values of the keys that are asked for."""
    hive = pc.hive
    keys = _keys(hive, ask)
    hive.need(path_of(key) for key in keys)
    for key in keys:
        found = hive.key(path_of(key))
        if found is not None:
            yield from _rows(key, found)


def _keys(hive: Hive, ask: Ask) -> list[str]:
    if not ({"key", "path"} & ask.constraints.keys()):
        return list(HIVES)
    found = dict.fromkeys(ask.values("key"))
    found.update(dict.fromkeys(_parent(path) for path in ask.values("path")))
    patterns = [*ask.values("key", "LIKE")]
    patterns += [path if path.endswith(_RECURSIVE) else _parent(path) for path in ask.values("path", "LIKE")]
    for pattern in patterns:
        found.update(dict.fromkeys(_expanded(hive, pattern)))
    return list(found)


def _parent(path: str) -> str:
    return path.rpartition(SEPARATOR)[0]


def _expanded(hive: Hive, pattern: str) -> Iterable[str]:
    first, *rest = [part for part in pattern.split(SEPARATOR) if part] or [""]
    if first.endswith(_RECURSIVE) and not rest:
        return _all_below(hive, list(HIVES))
    paths = list(HIVES) if _WILDCARD in first else [first] if first else []
    for at, part in enumerate(rest):
        if part.endswith(_RECURSIVE) and at == len(rest) - 1:
            return _all_below(hive, paths)
        paths = _below(hive, paths) if _WILDCARD in part else [f"{path}{SEPARATOR}{part}" for path in paths]
    return paths


def _below(hive: Hive, paths: list[str]) -> list[str]:
    hive.need(map(path_of, paths))
    found: list[str] = []
    for path in paths:
        key = hive.key(path_of(path))
        found += [f"{path}{SEPARATOR}{name}" for name in key.subkeys.values()] if key else []
    return found


def _all_below(hive: Hive, paths: list[str]) -> list[str]:
    found, level = list(paths), paths
    for _ in range(_DEPTH):
        level = _below(hive, level)
        if not level:
            break
        found += level
    return found


def _rows(asked: str, key: Key) -> Iterator[Row]:
    for name in key.subkeys.values():
        yield {
            "key": asked,
            "path": f"{asked}{SEPARATOR}{name}",
            "name": name,
            "type": "subkey",
            "data": "",
            "mtime": key.mtime,
        }
    for value in key.values:
        yield {
            "key": asked,
            "path": f"{asked}{SEPARATOR}{value.name}",
            "name": value.name or _DEFAULT,
            "type": value.type,
            "data": value.data,
            "mtime": key.mtime,
        }
