# SPDX-License-Identifier: Apache-2.0
"""The watch's one file: SQLite, written in transactions that a kill at any moment leaves whole or absent."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_SECONDS: Final = 30.0
VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE series (id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity TEXT NOT NULL, probe TEXT NOT NULL,
  UNIQUE (name, quantity, probe)) STRICT;
CREATE TABLE recent (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) STRICT, WITHOUT ROWID;
CREATE TABLE blocks (series INTEGER, hour INTEGER, data BLOB, PRIMARY KEY (series, hour)) STRICT, WITHOUT ROWID;
CREATE TABLE minutes (series INTEGER, hour INTEGER, data BLOB, PRIMARY KEY (series, hour)) STRICT, WITHOUT ROWID;
CREATE TABLE hours (series INTEGER, hour INTEGER, lowest REAL, mean REAL, highest REAL, samples INTEGER, covered INTEGER,
  PRIMARY KEY (series, hour)) STRICT, WITHOUT ROWID;
CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), boot TEXT, mono REAL, wall REAL, body TEXT) STRICT;
CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL, key TEXT, about TEXT, over INTEGER, data TEXT) STRICT;
CREATE INDEX events_at ON events (at);
CREATE TABLE spans (id INTEGER PRIMARY KEY, name TEXT, event TEXT, started REAL, ended REAL, lowest REAL, result TEXT,
  data TEXT) STRICT;
CREATE INDEX spans_name ON spans (name, event, started);
CREATE TABLE outages (id INTEGER PRIMARY KEY, started REAL, ended REAL, upses TEXT, lowest REAL, tiers TEXT, stopped INTEGER,
  failed INTEGER, back REAL) STRICT;
CREATE TABLE actions (id TEXT PRIMARY KEY, tier TEXT, step INTEGER, subjects TEXT, command TEXT, seconds REAL, tries INTEGER,
  wanted REAL, claimed REAL, runner TEXT, ended REAL, results TEXT) STRICT;
CREATE TABLE wishes (id INTEGER PRIMARY KEY, at REAL, kind TEXT, body TEXT) STRICT;
"""


class StoreError(NotObservedError):
    """The watch's file is not there or cannot be used; the message says why."""


class Store:
    """The open file; use as a context manager. Readers never wait for the one writer."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open it, or make it.

        Raises:
            StoreError: it is not there (and may not be made), or is none of ours.
        """
        self.path = path
        if not create and not path.exists():
            raise StoreError(f"no history yet at {path}: `menshen watch` keeps one")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{path}: cannot open the history: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.connection.close()
            raise StoreError(f"{path}: not a readable history: {error}") from error

    def _prepare(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, VERSION}:
            self.connection.close()
            raise StoreError(f"{self.path}: history of version {version}; this Menshen reads version {VERSION}")
        # What is committed must outlive a power cut: that is what this file is about.
        self.connection.execute("PRAGMA synchronous = FULL")
        if version == 0:
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT")
            if os.name == "posix":
                self.path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write a block whole or not at all."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
