# SPDX-License-Identifier: Apache-2.0
"""osquery's SQL functions that SQLite lacks or computes otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from agents.functions import encoding, network, paths, text, versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import apsw

# Name -> (number of arguments or -1, function). Arguments come as SQLite has them: int, float, str, bytes or None.
FUNCTIONS: Final[Mapping[str, tuple[int, Callable[..., Any]]]] = {
    **text.FUNCTIONS,
    **encoding.FUNCTIONS,
    **network.FUNCTIONS,
    **versions.FUNCTIONS,
    **paths.FUNCTIONS,
}
NAMES: Final = frozenset(FUNCTIONS)


def register(connection: apsw.Connection) -> None:
    """Give `connection` every function."""
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_scalar_function(name, function, arguments, deterministic=name not in paths.FUNCTIONS)
