# SPDX-License-Identifier: Apache-2.0
"""Which jobs run when: `schedule.yml` beside the inventory's hosts, or the usual ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from policies import located, shape
from policies.problems import CatalogueError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE: Final = "schedule.yml"
AUDIT, DRIFT, ENFORCE, REPORT, WATCHDOG = "audit", "drift", "enforce_expired", "report", "watchdog"
WHATS: Final = (AUDIT, DRIFT, ENFORCE, REPORT, WATCHDOG)
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}\Z")
_ONE_LINE: Final = re.compile(r"[^\x00-\x1f\x7f]+\Z")


def _name(value: Any) -> Iterable[shape.Wrong]:
    fine = isinstance(value, str) and _NAME.match(value)
    return () if fine else [((), f"must be small letters, digits and hyphens, not {value!r}")]


def _line(value: Any) -> Iterable[shape.Wrong]:
    return () if isinstance(value, str) and _ONE_LINE.match(value) else [((), "must be one line of text")]


def _number(value: Any) -> Iterable[shape.Wrong]:
    fine = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**20
    return () if fine else [((), f"must be a number, 0 or more, not {value!r}")]


SHAPE: Final = shape.mapping(
    {
        "jobs": shape.each(
            shape.mapping(
                {"name": _name, "what": shape.one_of(*WHATS), "when": _line},
                {
                    "limit": _line,
                    "controls": shape.each(shape.name, at_least=1),
                    "jitter_minutes": _number,
                    "grace_minutes": _number,
                    "checklist": shape.name,
                    "language": shape.one_of("zh", "en"),
                    "folder": _line,
                },
            ),
            at_least=1,
        )
    }
)


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `when` is a calendar expression of systemd.time(7).

    It starts up to `jitter_minutes` later, and counts as missed when it has not within `grace_minutes` more.
    """

    name: str
    what: str
    when: str
    limit: str = "all"
    controls: tuple[str, ...] = ()
    jitter_minutes: float = 10
    grace_minutes: float = 30
    checklist: str = "retail_credit"
    language: str = "zh"
    folder: str = ""


USUAL: Final = (
    Job("audit", AUDIT, "*-*-* 01:30:00", jitter_minutes=15),
    Job("drift", DRIFT, "hourly", jitter_minutes=5),
    Job("enforce-expired", ENFORCE, "*-*-* 00:20:00", jitter_minutes=5),
    Job("report", REPORT, "*-*-01 06:00:00"),
    Job("watchdog", WATCHDOG, "*:0/15", jitter_minutes=1),
)


def load(path: Path) -> tuple[Job, ...]:
    """Read the file; where there is none, the usual jobs.

    Raises:
        CatalogueError: it cannot be read, or everything wrong in it.
    """
    if not path.exists():
        return USUAL
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError([Problem(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from error
    document = located.read(str(path), raw)
    found = list(SHAPE(document.value)) or list(_twice(document.value["jobs"]))
    if found:
        raise CatalogueError([document.problem(message, keys) for keys, message in found])
    return tuple(Job(**{**entry, "controls": tuple(entry.get("controls", ()))}) for entry in document.value["jobs"])


def _twice(entries: list[Any]) -> Iterable[shape.Wrong]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry["name"] in seen:
            yield ("jobs", index, "name"), f"duplicate name {entry['name']}"
        seen.add(entry["name"])
