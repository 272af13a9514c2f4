# SPDX-License-Identifier: Apache-2.0
"""One thing to tell people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policies.text import Text


class Severity(StrEnum):
    """How much it matters; `rank` orders them."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Give 0 for info up to 2 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened to whom, since when, and what shows more.

    `key` names the trouble for as long as it lasts (`drift/pc-103/usb_storage_blocked`): the same key with the same severity
    and title is told once, and the one with `healed` ends it. `since` is a UTC stamp or None; `command` is what shows more.
    Nothing secret belongs in any of it.
    """

    key: str
    severity: Severity
    subject: str
    title: Text
    lines: tuple[Text, ...] = ()
    since: str | None = None
    command: str = ""
    healed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {
            "key": self.key,
            "severity": str(self.severity),
            "subject": self.subject,
            "title": _both(self.title),
            "lines": [_both(line) for line in self.lines],
            "since": self.since,
            "command": self.command,
            "healed": self.healed,
        }

    @classmethod
    def from_json(cls, document: Any) -> Notice:
        """Read what `to_json` gave."""
        return cls(
            key=document["key"],
            severity=Severity(document["severity"]),
            subject=document["subject"],
            title=Text(**document["title"]),
            lines=tuple(Text(**line) for line in document["lines"]),
            since=document["since"],
            command=document["command"],
            healed=document["healed"],
        )


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}
