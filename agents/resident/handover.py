# SPDX-License-Identifier: Apache-2.0
"""Hand looks over to whoever asks over standard input and output; one is deleted only when the other side has kept it.

Each answer is a frame (agents/connections/frames.py): `{"name", "content"}` with the file in base64, and `{}` after the last.
The other side says `{"kept": name}` for each that it has written to its ledger.
"""

from __future__ import annotations

import base64
from typing import IO, TYPE_CHECKING, Final

from agents.connections import frames

if TYPE_CHECKING:
    from agents.resident.spool import Spool

# What one frame may hold, base64 and all; a look is a hundredth of it.
LARGEST: Final = 5 * 1024 * 1024


def hand_over(spool: Spool, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Give everything that is kept, oldest first, each after the one before is safe."""
    for name in spool.names():
        content = spool.read(name)
        if len(content) > LARGEST:
            continue
        answers.write(frames.pack({"name": name, "content": base64.b64encode(content).decode()}))
        answers.flush()
        if frames.read(requests) != {"kept": name}:
            return
        spool.drop(name)
    answers.write(frames.pack({}))
    answers.flush()
