# SPDX-License-Identifier: Apache-2.0
"""Fetch a secret from where a channel says it is kept, at the moment it is needed, and keep it out of what is said."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# A secret of a robot or a mailbox is short; a folder or a log named by mistake is not read whole.
LONGEST = 4096
SHOWN_INSTEAD = "***"
_SHORTEST = 4


class SecretError(Exception):
    """A secret is not where it should be; the message names the place, never the secret."""


def _no_vault(name: str) -> str:
    raise SecretError(f"no vault to read {name} from")


@dataclass(slots=True)
class Secrets:
    """Fetches secrets, and remembers those it gave, so that `hide` can take them out of any text."""

    vault: Callable[[str], str] = _no_vault
    given: set[str] = field(default_factory=set)

    def get(self, where: str | Mapping[str, Any]) -> str:
        """Give the text itself, or what stands at `{env: NAME}`, `{file: PATH}` (its first line) or `{vault: NAME}`.

        Raises:
            SecretError: nothing stands there.
        """
        if isinstance(where, str):
            return where
        ((kind, place),) = where.items()
        value = self._fetched(kind, place)
        if not value:
            raise SecretError(f"the secret {kind} {place} is empty")
        self.given.add(value)
        return value

    def _fetched(self, kind: str, place: str) -> str:
        if kind == "vault":
            return self.vault(place)
        if kind == "env":
            if place not in os.environ:
                raise SecretError(f"the environment has no {place}")
            return os.environ[place]
        # A unit's LoadCredential= puts files there; a bare name is looked for among them.
        path = Path(os.environ.get("CREDENTIALS_DIRECTORY", ""), place)
        try:
            with path.open(encoding="utf-8") as file:
                return file.read(LONGEST).split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise SecretError(f"the secret file {path} cannot be read: {reason}") from error

    def hide(self, text: str) -> str:
        """Take every secret given so far out of a text."""
        for value in sorted(self.given, key=len, reverse=True):
            if len(value) >= _SHORTEST:
                text = text.replace(value, SHOWN_INSTEAD)
        return text
