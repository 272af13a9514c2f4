# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the files people write: each problem with its place, all of them at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place.

    `line` and `column` count from 1; both are 0 where the place has no line (a whole file, a value of the inventory).
    """

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """Give `path:line:column: message`, the form editors can jump to."""
        if not self.line:
            return f"{self.path}: {self.message}"
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class CatalogueError(Exception):
    """Files say something that cannot be; `problems` holds everything found, sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Give all problems, one a line."""
        return "\n".join(map(str, self.problems))


def nearest(word: str, known: Iterable[str]) -> str:
    """Give `; did you mean X?` for the known word most like `word`, or nothing."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else ""
