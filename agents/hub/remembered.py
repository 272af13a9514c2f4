# SPDX-License-Identifier: Apache-2.0
"""A subject as the hub knows it: what its osqueryd said last, and since when it says nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError
from policies.compile.question import question
from policies.records import Observation, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agents.hub.hosts import Host
    from agents.hub.latest import Seen
    from agents.source import Ask, Row
    from policies.resolve import Resolved

# A PC that is switched off over lunch is no news; one that has been silent for half a shift is.
SILENT_AFTER: Final = 4 * 3600


def stamp(moment: int) -> str:
    """Write seconds since 1970 as the ledger writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the hub knows of one subject at `now` (seconds since 1970); `host` None where nobody enrolled as it."""

    subject: str
    kind: str
    host: Host | None
    seen: Mapping[str, Seen]
    now: int
    silent_after: int = SILENT_AFTER

    @property
    def label(self) -> str:
        """Name the collector; `none/` where there is nothing to go by."""
        if self._silence():
            return "none/hub"
        return f"hub/osqueryd {self.host.version}".strip() if self.host else "none/hub"

    def serves(self, table: str) -> bool:  # noqa: ARG002 - the shape of every source
        """Serve no table: hosts that report by themselves answer whole questions."""
        return False

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:  # noqa: ARG002 - as above
        """Refuse."""
        raise NotObservedError("this host reports to the hub by itself: ask it with `menshen query --subjects`")

    def recall(self, asked: Resolved, at: str) -> Observation:
        """Give what was last seen of one control, at the time it was seen."""
        found = self.seen.get(asked.control)
        reason = self._silence() or self._gap(asked, found)
        if reason or found is None:
            return Observation(asked.control, self.subject, self.kind, Outcome.UNOBSERVED, at, self.label, reason=reason)
        columns = question(asked).columns if found.outcome is Outcome.ROWS else ()
        # A row has the columns of the question, in its order; a column that did not come is NULL.
        rows = tuple({name: row.get(name) for name in columns} for row in found.rows)
        when = stamp(found.observed_at)
        return Observation(asked.control, self.subject, self.kind, found.outcome, when, found.source, columns, rows, found.reason)

    def _silence(self) -> str:
        reason = ""
        if self.host is None:
            reason = "no osqueryd has enrolled as this host yet"
        elif self.host.review:
            reason = f"the host that reports as this one waits for review: {self.host.review}"
        elif self.now - self.host.seen_at > self.silent_after:
            since, hours = stamp(self.host.seen_at), f"{self.silent_after / 3600:g}"
            reason = f"no report from this host since {since}; it counts as unknown after {hours} h"
        return reason

    def _gap(self, asked: Resolved, found: Seen | None) -> str:
        reason = ""
        if found is None:
            reason = "the host has not answered this control yet"
        elif found.digest != question(asked).digest:
            reason = "the host has not answered this control since its values or its query changed"
        elif self.now - found.observed_at > self.silent_after:
            since = stamp(found.observed_at)
            reason = f"the host reports, but has not answered this control since {since}"
        return reason
