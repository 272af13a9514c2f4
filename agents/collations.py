# SPDX-License-Identifier: Apache-2.0
"""The orders that columns with versions are sorted and compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agents import versions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import apsw

# osquery approximates the package managers' orders (to it 2.0~rc1 is later than 2.0); here they are exact.
COLLATIONS: Final[Mapping[str, Callable[[str, str], int]]] = {
    "version": versions.generic,
    "version_dpkg": versions.dpkg,
    "version_rhel": versions.rpm,
    "version_arch": versions.rpm,
}


def register(connection: apsw.Connection) -> None:
    """Give `connection` every collation."""
    for name, compare in COLLATIONS.items():
        connection.create_collation(name, compare)
