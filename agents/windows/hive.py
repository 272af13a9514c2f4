# SPDX-License-Identifier: Apache-2.0
"""A PC's registry as far as it has been read: what is there, what is certainly not, and what has to be fetched first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from policies.verdict import Cell

SEPARATOR: Final = "\\"
HIVES: Final = ("HKEY_LOCAL_MACHINE", "HKEY_USERS")
# Hives that are a view of another one; whoever looks is no user of the PC, so "the current user" is the system itself.
_VIEWS: Final = {
    "HKEY_CLASSES_ROOT": r"HKEY_LOCAL_MACHINE\SOFTWARE\Classes",
    "HKEY_CURRENT_CONFIG": r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Hardware Profiles\Current",
    "HKEY_CURRENT_USER": r"HKEY_USERS\.DEFAULT",
}
# One query must not fetch a whole hive key by key.
FETCH_LIMIT: Final = 2000


@dataclass(frozen=True, slots=True)
class Value:
    """A value: `type` is Windows' name of it (REG_DWORD …), `data` as osquery shows it."""

    name: str
    type: str
    data: Cell


@dataclass(slots=True)
class Key:
    """A key: subkeys by lower-case name with the name as written; `mtime` is a Unix time, None where nobody said it."""

    subkeys: dict[str, str] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)
    mtime: int | None = None


def path_of(asked: str) -> str:
    r"""Give a path as the registry knows it: no doubled backslashes, views resolved; "" where there is no such hive."""
    hive, *rest = [part for part in asked.split(SEPARATOR) if part] or [""]
    base = hive if hive in HIVES else _VIEWS.get(hive, "")
    return SEPARATOR.join((base, *rest)) if base else ""


class Hive:
    """Keys by path; upper and lower case are one.

    `fetch` reads further keys, each alone: it gives a Key, None for one that is missing, or the reason it is closed.
    """

    def __init__(self, fetch: Callable[[list[str]], Mapping[str, Key | str | None]] | None = None) -> None:
        self._keys: dict[str, Key | None] = {}
        self._closed: dict[str, str] = {}
        # Below these everything that exists is known.
        self._whole: set[str] = set()
        self._fetch = fetch

    def add(self, path: str, key: Key | None) -> None:
        """Remember a key, or that it is missing."""
        self._keys[path.lower()] = key

    def whole(self, root: str) -> None:
        """Remember that all of a root has been read: what is not known below it does not exist."""
        self._whole.add(root.lower())

    def close(self, root: str, reason: str) -> None:
        """Remember why a root cannot be read."""
        self._closed[root.lower()] = reason

    def need(self, paths: Iterable[str]) -> None:
        """Fetch what is not known yet of some keys, all at once.

        Raises:
            NotObservedError: they are too many, or nobody is there to ask.
        """
        wanted = [path for path in dict.fromkeys(paths) if path and not self.knows(path)]
        if not wanted:
            return
        if len(wanted) > FETCH_LIMIT:
            raise NotObservedError(f"the query would read {len(wanted)} keys of the registry one by one: ask for a narrower path")
        if self._fetch is None:
            raise NotObservedError(f"{wanted[0]} was not recorded")
        for path, found in self._fetch(wanted).items():
            if isinstance(found, str):
                self.close(path, found)
            else:
                self.add(path, found)

    def key(self, path: str) -> Key | None:
        """Give a key, None where there is none.

        Raises:
            NotObservedError: the key is closed to whoever asks, or was not recorded.
        """
        low = path.lower()
        if not path:
            return None
        if not self.knows(path):
            self.need([path])
        shut = self._above(low, self._closed)
        if shut is not None and low not in self._keys:
            raise NotObservedError(self._closed[shut])
        return self._keys.get(low)

    def below(self, path: str) -> list[str]:
        """Give the paths of a key's subkeys."""
        key = self.key(path)
        return [f"{path}{SEPARATOR}{name}" for name in key.subkeys.values()] if key else []

    def knows(self, path: str) -> bool:
        """Tell whether it is known what a key holds, that it is missing, or that it is closed."""
        low = path.lower()
        return low in self._keys or self._above(low, self._whole) is not None or self._above(low, self._closed) is not None

    @staticmethod
    def _above(low: str, roots: Container[str]) -> str | None:
        while low:
            if low in roots:
                return low
            low = low.rpartition(SEPARATOR)[0]
        return None
