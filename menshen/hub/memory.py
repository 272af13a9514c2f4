# SPDX-License-Identifier: Apache-2.0
"""Open what the hub remembers."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final

from agents.hub import hosts, latest, schema
from agents.hub.database import StoreError, connect
from agents.hub.remembered import SILENT_AFTER, Remembered
from menshen.language import of_environment, say
from menshen.settings import state_folder
from menshen.trouble import TroubleError
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.hub.database import Database
    from menshen.subject import Subject

DATABASE: Final = "MENSHEN_HUB_DATABASE"
SILENT: Final = "MENSHEN_HUB_SILENT_HOURS"


def database_url() -> str:
    """Give the hub's database: MENSHEN_HUB_DATABASE (a path or postgresql://…), else hub.db in the state folder."""
    return os.environ.get(DATABASE) or str(state_folder() / "hub.db")


def silent_after() -> int:
    """Give after how many seconds a silent host is unknown: MENSHEN_HUB_SILENT_HOURS, else four hours.

    Raises:
        TroubleError: it is no number above 0.
    """
    text = os.environ.get(SILENT, "")
    try:
        hours = float(text) if text else SILENT_AFTER / 3600
    except ValueError:
        hours = 0.0
    if not 0 < hours < 24 * 366:
        raise TroubleError(say(f"{SILENT} is {text!r}, no number of hours", f"{SILENT} 为 {text!r}，不是小时数"))
    return int(hours * 3600)


@contextmanager
def opened(url: str | None = None) -> Iterator[Database]:
    """Open the hub's database for a block.

    Raises:
        TroubleError: it cannot be opened, or refused.
    """
    try:
        database = connect(url or database_url())
        try:
            schema.prepare(database)
            yield database
        finally:
            database.close()
    except StoreError as error:
        raise told(error) from error


def told(error: Exception) -> TroubleError:
    """Say what went wrong in the hub as the user's trouble."""
    text = str(error)
    return TroubleError(said(text, of_environment()))


def remembered(subject: Subject, at: str, database: Database | None = None) -> Remembered:
    """Give what the hub knows of a subject at a time."""
    if database is None:
        with opened() as own:
            return remembered(subject, at, own)
    now = int(datetime.fromisoformat(at).timestamp())
    host = hosts.of_subject(database, subject.name)
    seen = latest.of_subject(database, subject.name)
    return Remembered(subject.name, subject.kind, host, seen, now, silent_after())
