# SPDX-License-Identifier: Apache-2.0
"""SQLite or PostgreSQL behind the same few words, so that one hub needs no server and several can share one."""

from __future__ import annotations

import errno
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WAIT_SECONDS: Final = 30.0
_POSTGRES: Final = ("postgresql://", "postgres://")


class StoreError(Exception):
    """Nothing was stored; the message says why. `full` tells that the disk is."""

    def __init__(self, message: str, *, full: bool = False) -> None:
        super().__init__(message)
        self.full = full


class Database(Protocol):
    """One connection, for one thread at a time. SQL is written with `?`, and has no other question mark or percent sign."""

    postgres: bool

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and give its rows; outside `writing` it is a transaction of its own."""
        ...

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of the value lists."""
        ...

    def writing(self) -> Any:
        """Open a transaction for a block: all of it is on disk at its end, or nothing."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def connect(url: str) -> Database:
    """Open `postgresql://…`, `sqlite:///path`, or the path of an SQLite file.

    Raises:
        StoreError: it cannot be opened.
    """
    return Postgres(url) if url.startswith(_POSTGRES) else Sqlite(Path(url.removeprefix("sqlite://")))


class Sqlite:
    """An SQLite file: a commit returns when the disk has it (WAL, synchronous FULL)."""

    postgres = False

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{path}: cannot open the hub's database: {error}", full=_is_full(error)) from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _of_sqlite(error) from error

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement many times."""
        try:
            self._connection.executemany(sql, values)
        except sqlite3.Error as error:
            raise _of_sqlite(error) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            # A full disk may have rolled back already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Postgres:
    """A PostgreSQL database; a lost server is looked for again at the next statement."""

    postgres = True

    def __init__(self, url: str) -> None:
        import psycopg  # noqa: PLC0415 - a fifth of a second that SQLite does without

        self._url, self._errors, self._open = url, psycopg.Error, psycopg.connect
        self._connection = self._connected()

    def _connected(self) -> Any:
        try:
            return self._open(self._url, autocommit=True, connect_timeout=10, prepare_threshold=3)
        except self._errors as error:
            # The message of a failed log-on names host and user, never the password.
            raise StoreError(f"cannot reach the hub's database: {_line(error)}") from error

    def _alive(self) -> Any:
        if self._connection.closed or self._connection.broken:
            self._connection = self._connected()
        return self._connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement."""
        try:
            cursor = self._alive().execute(sql.replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []
        except self._errors as error:
            raise _of_postgres(error) from error

    def many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement many times."""
        try:
            with self._alive().cursor() as cursor:
                cursor.executemany(sql.replace("?", "%s"), list(values))
        except self._errors as error:
            raise _of_postgres(error) from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction."""
        try:
            with self._alive().transaction():
                yield
        except self._errors as error:
            raise _of_postgres(error) from error

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _of_sqlite(error: sqlite3.Error) -> StoreError:
    return StoreError(f"the hub's database refused: {error}", full=_is_full(error))


def _of_postgres(error: Exception) -> StoreError:
    # 53100 disk_full (PostgreSQL manual, appendix A).
    return StoreError(f"the hub's database refused: {_line(error)}", full=getattr(error, "sqlstate", None) == "53100")


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _is_full(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC or "disk I/O" in str(error)
