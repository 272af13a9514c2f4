# SPDX-License-Identifier: Apache-2.0
"""Controls that eyes or paper answer: what is asked for, and the built-in queries over what people recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from policies import shape
from policies.parameter import Parameter
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

SITE = "site"
# An inspection of one machine: it answers for that machine alone, where it cannot answer for itself.
MACHINE = "machine"
EVERY_DAYS = "every_days"
LONGEST_DAYS = 3660
EVIDENCE: tuple[str, ...] = ("photo", "form", "record", "none")

# The newest look decides, and of two at one second the bad one. What failed stays failed, however old, until someone
# looks again; a date in the future proves nothing.
INSPECTION_SQL = """\
WITH newest AS (
  SELECT inspector, inspected_at, expires_at, note, files, sha256, result
  FROM attestations WHERE control = $control
  ORDER BY inspected_at DESC, result = 'fail' DESC LIMIT 1)
SELECT newest.inspector AS who, datetime(newest.inspected_at, 'unixepoch') || 'Z' AS "when",
       newest.result, newest.note, newest.files, newest.sha256,
       CASE WHEN newest.result = 'fail' THEN 0
            WHEN newest.result = 'pass'
             AND coalesce(newest.expires_at, time.unix_time) >= time.unix_time
             AND time.unix_time - newest.inspected_at BETWEEN 0 AND $every_days * 86400 THEN 1 END AS ok
FROM newest CROSS JOIN time
"""
# A machine that cannot answer for itself may be answered for by someone who looked, and kept a photo or a record of it.
HAND_SQL = """\
WITH newest AS (
  SELECT inspector, inspected_at, expires_at, note, files, sha256, result
  FROM attestations WHERE control = $control AND subject = $subject
  ORDER BY inspected_at DESC, result = 'fail' DESC LIMIT 1)
SELECT 'by_hand' AS state, $model AS model, newest.inspector AS who,
       datetime(newest.inspected_at, 'unixepoch') || 'Z' AS "when",
       (time.unix_time - newest.inspected_at) / 86400 AS age_days, newest.result, newest.note, newest.files, newest.sha256,
       $machine AS machine,
       CASE WHEN newest.result = 'fail' THEN 0
            WHEN newest.result = 'pass' AND newest.files > 0
             AND coalesce(newest.expires_at, time.unix_time) >= time.unix_time
             AND time.unix_time - newest.inspected_at BETWEEN 0 AND $every_days * 86400 THEN 1 END AS ok
FROM newest CROSS JOIN time
"""
DOCUMENT_SQL = """\
WITH newest AS (
  SELECT name, version, owner, approved_at, valid_until, sha256
  FROM documents WHERE control = $control
  ORDER BY approved_at DESC, added_at DESC LIMIT 1)
SELECT newest.owner AS who, datetime(newest.approved_at, 'unixepoch') || 'Z' AS "when",
       newest.name, newest.version, datetime(newest.valid_until, 'unixepoch') || 'Z' AS valid_until, newest.sha256,
       CASE WHEN coalesce(newest.valid_until, time.unix_time) >= time.unix_time
             AND time.unix_time - newest.approved_at BETWEEN 0 AND $every_days * 86400 THEN 1 END AS ok
FROM newest CROSS JOIN time
"""


def _days(value: Any) -> Iterable[shape.Wrong]:
    wrong = list(shape.integer(value))
    if not wrong and not 1 <= value <= LONGEST_DAYS:
        return [((), f"{value} is outside 1..{LONGEST_DAYS}")]
    return wrong


INSPECT_SHAPE = shape.mapping(
    {
        "look_at": shape.in_both_languages,
        EVERY_DAYS: _days,
        "evidence": shape.each(shape.one_of(*EVIDENCE), at_least=1),
    },
    {"where": shape.one_of(SITE, MACHINE)},
)
DOCUMENT_SHAPE = shape.mapping({"provide": shape.in_both_languages, EVERY_DAYS: _days})


@dataclass(frozen=True, slots=True)
class Inspect:
    """What an inspector looks at, at least every so many days, and which kinds of evidence he keeps.

    `where` is site, or machine where a look at a machine answers for it alone.
    """

    look_at: Text
    every_days: int
    evidence: tuple[str, ...]
    where: str = SITE


@dataclass(frozen=True, slots=True)
class Document:
    """Which paper answers the control, and after how many days it must be reviewed."""

    provide: Text
    every_days: int


def inspect_of(entry: Any) -> Inspect:
    """Build an inspection from an entry that has passed `INSPECT_SHAPE`."""
    return Inspect(Text.of(entry["look_at"]), entry[EVERY_DAYS], tuple(entry["evidence"]), entry.get("where", SITE))


def document_of(entry: Any) -> Document:
    """Build a document from an entry that has passed `DOCUMENT_SHAPE`."""
    return Document(Text.of(entry["provide"]), entry[EVERY_DAYS])


def every_days(days: int, line: int) -> Parameter:
    """Make the parameter that comes with an inspection or a document."""
    return Parameter(
        name=EVERY_DAYS,
        title=Text(en="Longest time between two looks", zh="两次检查的最长间隔"),
        type="integer",
        default=days,
        unit="d",
        minimum=1,
        maximum=LONGEST_DAYS,
        strictest="min",
        line=line,
    )
