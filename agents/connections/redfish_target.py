# SPDX-License-Identifier: Apache-2.0
"""Where the management controller of a server is reached by Redfish, and how it proves that it is the right one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from agents.connections.redfish import RedfishSource

PORT: Final = 443


@dataclass(frozen=True, slots=True)
class RedfishTarget:
    """One controller, always by TLS: its certificate is checked by `ca` (None: the system's authorities) or by `fingerprint`.

    `fingerprint` is the SHA-256 of the certificate (64 hexadecimal digits), for controllers that signed their own; `system`
    is the Id of the computer behind the controller, "" where there is only one. `kind` is the subject's.
    """

    address: str
    port: int = PORT
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    fingerprint: str = ""
    system: str = ""
    kind: str = "linux"

    @property
    def place(self) -> str:
        """Name the controller in messages."""
        return f"{self.address}:{self.port}"

    def opened(self, seconds: float) -> AbstractContextManager[RedfishSource]:
        """Log on, as every `Way` does."""
        from agents.connections import redfish  # noqa: PLC0415 - only who goes by Redfish pays for TLS

        return redfish.opened(self, seconds)
