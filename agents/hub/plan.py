# SPDX-License-Identifier: Apache-2.0
"""What the hub must be told from outside: who the hosts of the inventory are, and what each is to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agents.hub.hosts import Host
    from policies.compile.question import Question


class Plan(Protocol):
    """Answers from the inventory and the catalogue; never waits for anything."""

    def questions(self, subject: str) -> Sequence[Question]:
        """Give what a subject is asked, in a fixed order; nothing for one that is not in the inventory."""
        ...

    def match(self, host: Host) -> tuple[str | None, str]:
        """Tell which subject a new host is, or None and why a person must say it."""
        ...
