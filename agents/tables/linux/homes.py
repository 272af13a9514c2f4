# SPDX-License-Identifier: Apache-2.0
"""Home folders, and how files in them are read: their owners may have put anything there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from agents.source import Ask, NotObservedError
from agents.tables.linux import accounts, text_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host


def homes(host: Host, ask: Ask) -> Iterator[tuple[int, str, str]]:
    """Give uid, name and home folder of the accounts `ask` is about: those its `uid` names, else all."""
    wanted = set(ask.values("uid"))
    for row in accounts.users(host, Ask(frozenset({"uid", "username", "directory"}))):
        if not wanted or str(row["uid"]) in wanted:
            yield int(str(row["uid"])), str(row["username"]), str(row["directory"]).rstrip("/")


def names(host: Host, folder: str) -> list[str]:
    """List a folder below a home.

    Raises:
        NotObservedError: it may not be listed, or is a link without end.
    """
    try:
        return host.names(folder)
    except OSError as error:
        message = f"cannot list {folder}: {error.strerror}"
        raise NotObservedError(message) from error


def document(host: Host, path: str) -> dict[str, Any]:
    """Read a JSON object; empty where there is no such file.

    Raises:
        NotObservedError: the file cannot be read or holds no JSON object.
    """
    text = text_files.read(host, path)
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{path} is no JSON: {error}"
        raise NotObservedError(message) from error
    if not isinstance(found, dict):
        message = f"{path} is no JSON object"
        raise NotObservedError(message)
    return found


def inside(value: object, *keys: str) -> Any:
    """Walk down JSON objects; None where the way ends."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
