# SPDX-License-Identifier: Apache-2.0
"""The files of a policies folder: their bytes, their digest, and each read and held against its shape."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies import located
from policies.problems import CatalogueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from policies.located import Document
    from policies.shape import Check

_FOLDERS: tuple[str, ...] = ("controls", "baselines", "checklists")
REQUIREMENTS = "requirements.yml"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The YAML files of a folder by their path in it, sorted; `label` is the folder's name, which leads every quoted path."""

    label: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """Hash paths and contents: SHA-256 as 64 hexadecimal digits."""
        whole = hashlib.sha256()
        for path, raw in self.files.items():
            whole.update(f"{path}\0{len(raw)}\0".encode())
            whole.update(raw)
        return whole.hexdigest()

    def under(self, folder: str) -> list[str]:
        """List the paths in one folder."""
        return [path for path in self.files if path.startswith(f"{folder}/")]

    def quoted(self, path: str) -> str:
        """Give a path as problems quote it, such as `policies/controls/workstation/screen_lock.yml`."""
        return f"{self.label}/{path}"

    def document(self, path: str, check: Check, problems: list[Problem]) -> Document | None:
        """Read one file and hold it against its shape; None if anything is wrong with it, which goes to `problems`."""
        try:
            document = located.read(self.quoted(path), self.files[path])
        except CatalogueError as error:
            problems.extend(error.problems)
            return None
        wrong = [document.problem(message, keys) for keys, message in check(document.value)]
        problems.extend(wrong)
        return None if wrong else document


def read(root: Traversable) -> Shelf:
    """Read every YAML file of the catalogue's folders into memory.

    Raises:
        CatalogueError: there is no such folder, or a file cannot be read.
    """
    try:
        found = dict(sorted(_walk(root)))
    except OSError as error:
        raise CatalogueError([Problem(str(root), 0, 0, f"cannot be read: {error.strerror}")]) from error
    if not root.is_dir():
        raise CatalogueError([Problem(str(root), 0, 0, "no such folder")])
    return Shelf(root.name, found)


def _walk(root: Traversable) -> Iterator[tuple[str, bytes]]:
    requirements = root.joinpath(REQUIREMENTS)
    if requirements.is_file():
        yield REQUIREMENTS, requirements.read_bytes()
    for folder in _FOLDERS:
        if root.joinpath(folder).is_dir():
            yield from _files(root.joinpath(folder), folder)


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name.endswith((".yml", ".yaml")):
            yield f"{path}/{entry.name}", entry.read_bytes()
        elif entry.is_dir():
            yield from _files(entry, f"{path}/{entry.name}")
