# SPDX-License-Identifier: Apache-2.0
"""Ask this host what the control node wrote down for it, and keep the answers."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from agents import __version__
from agents.connections.local import LocalSource
from agents.engine import Engine
from agents.observe import observe

if TYPE_CHECKING:
    from pathlib import Path

    from agents.resident.spool import Spool

SCHEMA: Final = "menshen/look/1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One resolved control, as questions.json has it."""

    control: str
    kind: str
    when: str | None
    observe: str


def questions(path: Path) -> tuple[str, list[Asked]]:
    """Read the host's name and its questions. Raises OSError, ValueError or KeyError where the file is none of ours."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return document["subject"], [Asked(one["control"], "linux", one["when"], one["observe"]) for one in document["questions"]]


def look(path: Path, spool: Spool) -> str:
    """Look once; give the name of what was kept."""
    subject, asked = questions(path)
    at, mark = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), secrets.token_hex(16)
    with Engine(LocalSource()) as engine:
        seen = [observe(engine, one, subject, at).to_json() for one in asked]
    document: dict[str, Any] = {"schema": SCHEMA, "id": mark, "at": at, "subject": subject, "agent": __version__}
    # Which question each answer answers: whoever judges knows whether it is still the one to ask.
    document["asked"] = {one.control: digest(one.when, one.observe) for one in asked}
    return spool.put(at, mark, {**document, "observations": seen})


def digest(when: str | None, observe: str) -> str:
    """Give what two questions have in common exactly when they are the same: a SHA-256."""
    return hashlib.sha256(json.dumps([when, observe]).encode()).hexdigest()
