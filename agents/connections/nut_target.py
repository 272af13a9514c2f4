# SPDX-License-Identifier: Apache-2.0
"""Where a UPS is served by NUT's upsd, under which name, and as whom it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

PORT: Final = 3493


@dataclass(frozen=True, slots=True)
class NutTarget:
    """One UPS of one upsd. The password is a secret: no repr shows it, no message names it."""

    address: str
    port: int = PORT
    ups: str = "ups"
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """Name the server for people."""
        return f"{self.address} port {self.port}"
