# SPDX-License-Identifier: Apache-2.0
"""Remember on disk which troubles are open and which messages still wait, so that a restart neither repeats nor loses one."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from reports.notify.notice import Notice, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reports.notify.settings import Channel

WAIT_SECONDS: Final = 30.0
# A sender that has died holds what it took for so long.
CLAIM_SECONDS: Final = 300
AT_ONCE: Final = 500

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS open (
  key TEXT PRIMARY KEY, severity TEXT NOT NULL, title TEXT NOT NULL, notice TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS waiting (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, severity TEXT NOT NULL, notice TEXT NOT NULL, at TEXT NOT NULL,
  claimed INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, why TEXT NOT NULL DEFAULT ''
) STRICT;
"""


class AlertStateError(Exception):
    """The state of alerts cannot be read or written; the message names the file."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One notice that a channel has not been told yet: since `at` (UTC stamp), tried `tries` times, last refused for `why`."""

    id: int
    channel: str
    notice: Notice
    at: str
    tries: int
    why: str


class Memory:
    """The state of alerts in one SQLite file; use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            AlertStateError: that is not possible.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise AlertStateError(f"{path}: cannot open the state of alerts: {error}") from error
        try:
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._connection.close()
            raise AlertStateError(f"{path}: cannot open the state of alerts: {error}") from error
        if os.name == "posix":
            path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def take(self, notices: Iterable[Notice], channels: Sequence[Channel], at: str) -> list[Notice]:
        """Keep what is news, and put it into the outbox of each channel that is told such things; all of it, or nothing.

        Raises:
            AlertStateError: it could not be written.
        """
        with self._writing():
            news = [told for one in notices if (told := self._news(one, at)) is not None]
            for notice in news:
                self._put(notice, channels, at)
        return news

    def put(self, notice: Notice, channels: Sequence[Channel], at: str) -> None:
        """Put a notice into the outbox whatever was told before (a test message)."""
        with self._writing():
            self._put(notice, channels, at)

    def _news(self, notice: Notice, at: str) -> Notice | None:
        row = self._connection.execute("SELECT severity, title FROM open WHERE key = ?", (notice.key,)).fetchone()
        if notice.healed:
            self._connection.execute("DELETE FROM open WHERE key = ?", (notice.key,))
            # Whoever heard of the trouble hears of its end.
            return replace(notice, severity=Severity(row[0])) if row else None
        if row == (str(notice.severity), notice.title.en):
            return None
        text = json.dumps(notice.to_json(), ensure_ascii=False)
        values = (notice.key, str(notice.severity), notice.title.en, text, at)
        self._connection.execute("INSERT OR REPLACE INTO open VALUES (?, ?, ?, ?, ?)", values)
        return notice

    def _put(self, notice: Notice, channels: Sequence[Channel], at: str) -> None:
        text = json.dumps(notice.to_json(), ensure_ascii=False)
        self._connection.executemany(
            "INSERT INTO waiting (channel, severity, notice, at) VALUES (?, ?, ?, ?)",
            [(one.name, str(notice.severity), text, at) for one in channels if notice.severity.rank >= one.minimum.rank],
        )

    def open_notices(self) -> list[tuple[Notice, str]]:
        """List the troubles that last, each with when it was told first (UTC stamp), by key."""
        rows = self._connection.execute("SELECT notice, at FROM open ORDER BY key")
        return [(Notice.from_json(json.loads(text)), at) for text, at in rows]

    def waiting(self) -> list[Waiting]:
        """List what waits, oldest first."""
        return self._waiting("SELECT id, channel, notice, at, tries, why FROM waiting ORDER BY id", ())

    def claim(self, channel: str, severities: Sequence[Severity], seconds: float) -> list[Waiting]:
        """Take for delivery what waits for a channel, of these severities; nobody else takes it for `CLAIM_SECONDS`."""
        marks = ", ".join("?" * len(severities))
        choice = f"channel = ? AND severity IN ({marks}) AND claimed < ? ORDER BY id LIMIT {AT_ONCE}"
        values = (channel, *map(str, severities), int(seconds) - CLAIM_SECONDS)
        with self._writing():
            found = self._waiting(f"SELECT id, channel, notice, at, tries, why FROM waiting WHERE {choice}", values)  # noqa: S608 - marks
            self._connection.executemany("UPDATE waiting SET claimed = ? WHERE id = ?", [(int(seconds), one.id) for one in found])
        return found

    def _waiting(self, query: str, values: tuple[object, ...]) -> list[Waiting]:
        rows = self._connection.execute(query, values).fetchall()
        return [Waiting(row[0], row[1], Notice.from_json(json.loads(row[2])), *row[3:]) for row in rows]

    def settle(self, taken: Iterable[Waiting], why: str) -> None:
        """End a delivery: what was told (`why` is "") is forgotten, else it waits for the next try."""
        with self._writing():
            for one in taken:
                if why:
                    self._connection.execute(
                        "UPDATE waiting SET claimed = 0, tries = tries + 1, why = ? WHERE id = ?", (why, one.id)
                    )
                else:
                    self._connection.execute("DELETE FROM waiting WHERE id = ?", (one.id,))

    def _writing(self) -> _Writing:
        return _Writing(self._connection, self.path)


class _Writing:
    """One transaction: all of it is stored, or nothing."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def __enter__(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise AlertStateError(f"{self._path}: cannot write the state of alerts: {error}") from error

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            self._connection.execute("ROLLBACK" if kind else "COMMIT")
        except sqlite3.Error as problem:
            raise AlertStateError(f"{self._path}: cannot write the state of alerts: {problem}") from problem
