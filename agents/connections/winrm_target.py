# SPDX-License-Identifier: Apache-2.0
"""Where a Windows PC is reached by WinRM, as whom, and how it proves that it is the right one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from agents.connections.winrm import WinRmSource

HTTP_PORT: Final = 5985
HTTPS_PORT: Final = 5986
NTLM, KERBEROS, CERTIFICATE, BASIC = "ntlm", "kerberos", "certificate", "basic"
TRANSPORTS: Final = (NTLM, KERBEROS, CERTIFICATE, BASIC)


@dataclass(frozen=True, slots=True)
class WinRmTarget:
    """One PC: `scheme` http is only ever spoken with encrypted messages; `ca` None means the system's authorities.

    `basic` sends the password itself and is for https alone.
    """

    address: str
    port: int = HTTPS_PORT
    scheme: str = "https"
    path: str = "wsman"
    user: str = ""
    password: str = field(default="", repr=False)
    transport: str = NTLM
    validate: bool = True
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def url(self) -> str:
        """Give the address of the service."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{host}:{self.port}/{self.path.strip('/')}"

    @property
    def place(self) -> str:
        """Name the PC in messages."""
        return f"{self.address}:{self.port}"

    def opened(self, seconds: float) -> AbstractContextManager[WinRmSource]:
        """Open a shell, as every `Way` does."""
        # Half a second of imports: only who goes by WinRM pays for them.
        from agents.connections import winrm  # noqa: PLC0415 - see above

        return winrm.opened(self, seconds)
