# SPDX-License-Identifier: Apache-2.0
"""What every way to a subject has in common, whatever it speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from agents.source import Source


class Way(Protocol):
    """Where a subject is reached, and how; made from the inventory without touching anything."""

    def opened(self, seconds: float) -> AbstractContextManager[Source]:
        """Go there: give the source of rows for a block that ends at the latest `seconds` after its beginning.

        Raises:
            NotObservedError: there is no way in; the message says what would help.
        """
        ...
