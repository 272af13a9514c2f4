# SPDX-License-Identifier: Apache-2.0
"""How many subjects are looked at at once, and for how long each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PARALLEL: Final = 32
HOST_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Looks side by side: `parallel` of them, each given up after `seconds`."""

    parallel: int = PARALLEL
    seconds: float = HOST_SECONDS
