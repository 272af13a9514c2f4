# SPDX-License-Identifier: Apache-2.0
"""Read a request's body up to a limit, also where it comes packed: a small bomb must not become a large body."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

MEBIBYTE: Final = 1024 * 1024
# What may be on its way into memory at once, all requests together.
IN_FLIGHT: Final = 256 * MEBIBYTE
_GZIP: Final = 16 + zlib.MAX_WBITS


class TooLargeError(Exception):
    """The body is longer than this call may send."""


class BusyError(Exception):
    """The hub holds as many bodies as it may: come again."""


class BodyError(ValueError):
    """The body is packed in a way that is not gzip."""


class Flow:
    """Counts the bytes of all bodies that are in memory."""

    def __init__(self, limit: int = IN_FLIGHT) -> None:
        self._limit = limit
        self._held = 0

    def hold(self, count: int) -> None:
        """Count bytes in.

        Raises:
            BusyError: there is no room for them.
        """
        if self._held + count > self._limit:
            raise BusyError
        self._held += count

    def release(self, count: int) -> None:
        """Count bytes out."""
        self._held -= count


async def read(request: Request, limit: int, flow: Flow) -> bytes:
    """Read the whole body, at most `limit` bytes after unpacking; the caller releases its length from `flow`.

    Raises:
        TooLargeError, BusyError, BodyError: see there.
    """
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if packed not in {"identity", "gzip", ""}:
        raise BodyError("content-encoding is neither gzip nor identity")
    unpack = zlib.decompressobj(_GZIP) if packed == "gzip" else None
    content = bytearray()
    held = 0
    try:
        async for piece in request.stream():
            content += _unpacked(unpack, piece, limit - len(content)) if unpack else piece
            if len(content) > limit:
                raise TooLargeError  # noqa: TRY301 - what is held is given back below
            flow.hold(len(content) - held)
            held = len(content)
        if unpack and (not unpack.eof or unpack.unused_data):
            raise BodyError("the gzip body is cut, or something follows it")  # noqa: TRY301 - as above
    except BaseException:
        flow.release(held)
        raise
    return bytes(content)


def _unpacked(unpack: zlib._Decompress, piece: bytes, room: int) -> bytes:
    try:
        content = unpack.decompress(piece, max(room, 0) + 1)
    except zlib.error:
        raise BodyError("the body is not gzip") from None
    if unpack.unconsumed_tail:
        raise TooLargeError
    return content
