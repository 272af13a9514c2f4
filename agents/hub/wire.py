# SPDX-License-Identifier: Apache-2.0
"""The bodies that osqueryd sends, read strictly; whatever is wrong is one `WireError`, never a surprise further in.

Source: osquery plugins/remote, plugins/logger/tls_logger.cpp, plugins/distributed; docs/en/hub.md lists the shapes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPTH: Final = 32
LONGEST_NAME: Final = 512
_UNPRINTED: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class WireError(ValueError):
    """A body is not what osquery sends; the message is one line and repeats nothing of the body."""


@dataclass(frozen=True, slots=True)
class Enrol:
    """A host that wants in; `details` are the first rows of its tables, all text."""

    secret: str
    identifier: str
    platform: str
    details: Mapping[str, Mapping[str, str]]

    def detail(self, table: str, column: str) -> str:
        """Give one detail, "" where it was not sent."""
        return self.details.get(table, {}).get(column, "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one distributed query gave: SQLite's status (0 is fine), what went wrong, the rows (all text)."""

    status: int
    message: str
    rows: list[dict[str, str]]


def clean(text: str, limit: int = 256) -> str:
    """Give text of a host as one printable line: nothing in it can forge a line of a log or steer a terminal."""
    return _UNPRINTED.sub("?", text[: limit + 1])[:limit]


def document(body: bytes) -> dict[str, Any]:
    """Parse a body: one JSON object, at most `DEPTH` deep; an empty one is an empty object.

    Raises:
        WireError: it is something else.
    """
    if not body.strip():
        return {}
    try:
        # "replace": a broken byte in a file name must not cost the host its whole batch.
        found = json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise WireError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise WireError("the body is not a JSON object")
    if _too_deep(found):
        raise WireError(f"the body is nested deeper than {DEPTH}")
    return found


def node_key(found: Mapping[str, Any], authorization: str) -> str:
    """Give the node key: that of the body first, which every version sends, else `Authorization: NodeKey …` (5.23 on)."""
    key = found.get("node_key")
    if isinstance(key, str) and key:
        return key[:LONGEST_NAME]
    scheme, _, value = authorization.partition(" ")
    return value.strip()[:LONGEST_NAME] if scheme.lower() == "nodekey" else ""


def enrol(found: Mapping[str, Any]) -> Enrol:
    """Read an enrolment."""
    details = found.get("host_details", {})
    rows = details.items() if isinstance(details, dict) else ()
    return Enrol(
        secret=_text(found, "enroll_secret"),
        identifier=clean(_text(found, "host_identifier")),
        platform=clean(str(found.get("platform_type", "")), 16),
        details={clean(table): _row(row) for table, row in rows if isinstance(row, dict)},
    )


def log(found: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Read a log: its type (result or status) and its lines."""
    kind, lines = found.get("log_type"), found.get("data")
    if kind not in ("result", "status"):
        raise WireError("log_type is neither result nor status")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise WireError("data is not a list of objects")
    return kind, lines


def answers(found: Mapping[str, Any]) -> dict[str, Answer]:
    """Read what distributed queries gave, by their names."""
    queries = found.get("queries", {})
    statuses, messages = found.get("statuses", {}), found.get("messages", {})
    if not all(isinstance(one, dict) for one in (queries, statuses, messages)):
        raise WireError("queries, statuses and messages must be objects")
    # A query that failed may come without rows.
    names = dict.fromkeys([*queries, *statuses])
    return {
        name: Answer(_status(statuses.get(name, 0)), clean(str(messages.get(name, "")), 512), _rows(queries.get(name, [])))
        for name in names
    }


def _status(value: Any) -> int:
    # Numbers since osquery 3.0, texts before.
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise WireError("a status is no number") from None


def _rows(value: Any) -> list[dict[str, str]]:
    if value in ("", None):
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise WireError("the rows of a query are not a list of objects")
    return [_row(row) for row in value]


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _cell(cell) for name, cell in row.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise WireError("a cell is neither text nor a number")


def rows(value: Any) -> list[dict[str, str]]:
    """Read the rows of a snapshot, as those of a distributed query."""
    return _rows(value)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise WireError(f"{name} is not a text of at most {LONGEST_NAME} characters")
    return value


def _refuse(_: str) -> None:
    raise ValueError


def _too_deep(found: object) -> bool:
    level: list[Any] = [found]
    for _ in range(DEPTH):
        below: list[Any] = []
        for one in level:
            values = one.values() if isinstance(one, dict) else one
            below += [value for value in values if isinstance(value, dict | list)]
        if not below:
            return False
        level = below
    return True
