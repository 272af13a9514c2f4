# SPDX-License-Identifier: Apache-2.0
"""Where a host is reached by SSH, and as whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from agents.connections.ssh import SshSource

PORT: Final = 22
KNOWN_HOSTS: Final = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))


@dataclass(frozen=True, slots=True)
class Target:
    """One host: `user` "" is the user who asks; `key_file` None means the agent's keys and the user's default ones.

    `as_root` looks with sudo, which must not ask for a password. Only keys open the door: no field holds a secret.
    """

    address: str
    port: int = PORT
    user: str = ""
    key_file: Path | None = None
    known_hosts: tuple[Path, ...] = KNOWN_HOSTS
    as_root: bool = False

    def opened(self, seconds: float) -> AbstractContextManager[SshSource]:
        """Log on, as every `Way` does."""
        # Half a second of imports: only who goes by SSH pays for them.
        from agents.connections import ssh  # noqa: PLC0415 - see above

        return ssh.opened(self, seconds)
