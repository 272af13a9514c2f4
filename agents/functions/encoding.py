# SPDX-License-Identifier: Apache-2.0
"""Functions that hash and encode."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any, Final

from agents.cells import as_text

if TYPE_CHECKING:
    from collections.abc import Callable


def hashing(name: str) -> Callable[[Any], str | None]:
    """Give the function that hashes a text by the algorithm `name` to lower-case hexadecimal digits; NULL stays NULL."""

    def compute(value: Any) -> str | None:
        return None if value is None else hashlib.new(name, _octets(value), usedforsecurity=False).hexdigest()

    return compute


def to_base64(value: Any) -> str | None:
    """Encode a text as Base64 (RFC 4648)."""
    return None if value is None else base64.b64encode(_octets(value)).decode()


def from_base64(value: Any) -> str | None:
    """Decode Base64, padding and line ends optional; what is no Base64 gives the empty text."""
    if value is None:
        return None
    compact = b"".join(_octets(value).split()).rstrip(b"=")
    try:
        decoded = base64.b64decode(compact + b"=" * (-len(compact) % 4), validate=True)
    except binascii.Error:
        return ""
    return decoded.decode("utf-8", "replace")


def conditional_to_base64(value: Any) -> str | None:
    """Encode as Base64 only a text with characters that are not printable ASCII."""
    if value is None:
        return None
    octets = _octets(value)
    return octets.decode() if octets.isascii() and octets.decode().isprintable() else to_base64(octets)


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(as_text(value)).encode()


FUNCTIONS: Final[dict[str, tuple[int, Callable[..., Any]]]] = {
    "md5": (1, hashing("md5")),
    "sha1": (1, hashing("sha1")),
    "sha256": (1, hashing("sha256")),
    "to_base64": (1, to_base64),
    "from_base64": (1, from_base64),
    "conditional_to_base64": (1, conditional_to_base64),
}
