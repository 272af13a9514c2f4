# SPDX-License-Identifier: Apache-2.0
"""Keep an append-only chain of entries in SQLite: each carries the hash of the one before.

A rewritten or reordered entry breaks every hash after it; a truncated chain no longer has the head an old report printed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from policies.records import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

GENESIS: Final = "0" * 64
WAIT_SECONDS: Final = 30.0
SCHEMA_VERSION: Final = 1

# The triggers guard against accidents, not against whoever owns the file: that is what the hashes and printed heads are for.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (
  sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_remain BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


_SELECT: Final = "SELECT sequence, kind, at, body, previous, hash FROM entries"


class LedgerError(Exception):
    """The ledger cannot be read or written; the message names the file and says why."""


class BrokenChainError(LedgerError):
    """An entry does not carry the hash it must; the message names the first such entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `sequence` counts from 1, `at` is UTC ISO 8601 with Z, `body` is JSON data."""

    sequence: int
    kind: str
    at: str
    body: Mapping[str, Any]
    previous: str
    hash: str


def entry_hash(sequence: int, kind: str, at: str, body: str, previous: str) -> str:
    """Hash an entry: SHA-256 over the canonical JSON array of its members, the body as the text that is stored."""
    return hashlib.sha256(canonical([sequence, kind, at, body, previous]).encode()).hexdigest()


class Chain:
    """The entries of one ledger file.

    Use as a context manager. Writers wait for each other up to `WAIT_SECONDS`; readers never wait.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        """Open the file, or make it when `create` is set.

        Raises:
            LedgerError: it does not exist (and may not be made), is no ledger, or is of another version.
        """
        self.path = path
        if not create and not path.exists():
            raise LedgerError(f"{path}: no ledger there yet; `menshen audit` makes one")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"{path}: cannot open the ledger: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.connection.close()
            raise LedgerError(f"{path}: not a readable ledger: {error}") from error
        except LedgerError:
            self.connection.close()
            raise

    def _prepare(self) -> None:
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, SCHEMA_VERSION}:
            raise LedgerError(f"{self.path}: ledger of version {version}; this Menshen reads version {SCHEMA_VERSION}")
        if version == SCHEMA_VERSION:
            return
        if self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() != (0,):
            raise LedgerError(f"{self.path}: a database, but not a ledger of Menshen's")
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
        if os.name == "posix":
            self.path.chmod(0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def append(self, kind: str, at: str, body: Mapping[str, Any]) -> Entry:
        """Add one entry; call inside `writing()`.

        Raises:
            LedgerError: the file cannot be written (a full disk, no right).
        """
        last = self.last()
        sequence, previous = (last.sequence + 1, last.hash) if last else (1, GENESIS)
        text = canonical(body)
        hashed = entry_hash(sequence, kind, at, text, previous)
        try:
            self.connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", (sequence, kind, at, text, previous, hashed))
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path}: cannot write to the ledger: {error}") from error
        return Entry(sequence, kind, at, body, previous, hashed)

    def last(self, kind: str | None = None) -> Entry | None:
        """Give the newest entry, of `kind` where given."""
        return next(self._select("WHERE ? IS NULL OR kind = ? ORDER BY sequence DESC LIMIT 1", (kind, kind)), None)

    def entries(self, *, until: str | None = None, kind: str | None = None) -> Iterator[Entry]:
        """Give the entries in order, those up to and including the time `until` and of `kind` where given."""
        yield from self._select("WHERE at <= ? AND (? IS NULL OR kind = ?) ORDER BY sequence", (until or "9999", kind, kind))

    def newest(self, *, until: str, kind: str) -> Iterator[Entry]:
        """Give the newest entry of `kind` up to and including a time, if there is one."""
        yield from self._select("WHERE at <= ? AND kind = ? ORDER BY sequence DESC LIMIT 1", (until, kind))

    def _select(self, clause: str, values: tuple[object, ...] = ()) -> Iterator[Entry]:
        try:
            cursor = self.connection.execute(f"{_SELECT} {clause}", values)
            for sequence, kind, at, body, previous, hashed in cursor:
                yield Entry(sequence, kind, at, json.loads(body), previous, hashed)
        except (sqlite3.Error, json.JSONDecodeError) as error:
            raise LedgerError(f"{self.path}: cannot read the ledger: {error}") from error

    def head(self) -> str:
        """Give the hash of the newest entry, or `GENESIS`."""
        last = self.last()
        return last.hash if last else GENESIS

    def check(self) -> int:
        """Recompute every hash, and give the number of entries.

        Raises:
            BrokenChainError: an entry is missing, altered or out of place.
        """
        previous, expected = GENESIS, 0
        rows = self.connection.execute(f"{_SELECT} ORDER BY sequence")
        for sequence, kind, at, body, before, hashed in rows:
            expected += 1
            if sequence != expected or before != previous or hashed != entry_hash(sequence, kind, at, body, before):
                raise BrokenChainError(f"{self.path}: the chain is broken at entry {expected}")
            previous = hashed
        return expected

    def writing(self) -> Writing:
        """Hold the write lock for a block: all of it is stored, or nothing."""
        return Writing(self)


class Writing:
    """The one transaction of a writer."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def __enter__(self) -> None:
        try:
            self._chain.connection.execute("PRAGMA synchronous = FULL")
            self._chain.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise LedgerError(f"{self._chain.path}: another writer holds the ledger, or it cannot be written: {error}") from error

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        connection = self._chain.connection
        if kind is not None:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as problem:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise LedgerError(f"{self._chain.path}: cannot write to the ledger: {problem}") from problem
