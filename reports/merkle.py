# SPDX-License-Identifier: Apache-2.0
"""Sum many findings up in one hash, so that a single one can later be shown to have been among them.

The tree is that of RFC 6962 §2.1: leaves and nodes are hashed with different first bytes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """Hash one leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Hash a list of leaf data; the empty list has the hash of nothing (RFC 6962)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [leaf(data) for data in leaves]
    while len(level) > 1:
        # Pairing from the left and carrying an odd one up gives RFC 6962's split at the largest power of two.
        paired = [hashlib.sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
        level = [*paired, level[-1]] if len(level) % 2 else paired
    return level[0]
