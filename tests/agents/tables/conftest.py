# SPDX-License-Identifier: Apache-2.0
"""What tests of Linux tables share: recorded hosts, and a way to ask a table that also checks its columns."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from agents.host import Host
from agents.source import Ask, Constraint
from agents.tables.linux import TABLES
from policies.schema import tables

Rows = Callable[..., list[dict]]
Record = Callable[[Mapping[str, str | bytes | Path]], Host]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Lay files below a folder and give it as a host; a `Path` as content makes a symbolic link with that text."""

    def lay(files: Mapping[str, str | bytes | Path]) -> Host:
        for path, content in files.items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                place.symlink_to(content)
            else:
                place.write_bytes(content.encode() if isinstance(content, str) else content)
        return Host(tmp_path)

    return lay


@pytest.fixture
def rows() -> Rows:
    """Ask a table for `columns` (all, unless told) where columns equal, or are LIKE, what is given; the schema holds."""

    def ask(table: str, host: Host, *, columns: set[str] | None = None, like: Mapping[str, str] | None = None, **equal: str | int):
        known = {column.name for column in tables()[table].columns}
        constraints = {name: (Constraint("=", value),) for name, value in equal.items()}
        constraints |= {name: (Constraint("LIKE", value),) for name, value in (like or {}).items()}
        module, function = TABLES[table].split(":")
        serve = getattr(importlib.import_module(f"agents.tables.linux.{module}"), function)
        found = [dict(row) for row in serve(host, Ask(frozenset(columns or known), constraints))]
        unknown = {name for row in found for name in row} - known
        assert set() == unknown
        return found

    return ask


@pytest.fixture
def as_nobody():
    """Give up root's rights for the length of a test, so that what only root may read cannot be read."""
    # What is imported later might lie where only root may read.
    tables()
    for entry in TABLES.values():
        importlib.import_module(f"agents.tables.linux.{entry.partition(':')[0]}")
    if os.geteuid() == 0:
        # The groups too: sudo's rules may be read by root's group.
        groups, group = os.getgroups(), os.getegid()
        os.setgroups([])
        os.setegid(65534)
        os.seteuid(65534)
        yield
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)
    else:
        yield
