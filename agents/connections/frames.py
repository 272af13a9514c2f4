# SPDX-License-Identifier: Apache-2.0
"""How two ends of one channel talk: a length of four bytes (big-endian), then one JSON document of that many bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any, Final

HEADER: Final = struct.Struct(">I")
# The longest frame either side takes. A cell of 4 MB is the longest that SQLite keeps.
LIMIT: Final = 8 * 1024 * 1024


class FrameError(ValueError):
    """What came is no frame. The message says what is wrong with it."""


def pack(document: Any) -> bytes:
    """Write a document as a frame; text that UTF-8 cannot write (undecodable file names) is escaped.

    Raises:
        FrameError: it is longer than `LIMIT`.
    """
    content = json.dumps(document, separators=(",", ":")).encode("ascii")
    if len(content) > LIMIT:
        raise FrameError(f"a frame is longer than {LIMIT} bytes")
    return HEADER.pack(len(content)) + content


def length(header: bytes) -> int:
    """Read the length of the frame that follows.

    Raises:
        FrameError: it is beyond `LIMIT`, so no frame follows.
    """
    (found,) = HEADER.unpack(header)
    if found > LIMIT:
        raise FrameError(f"a frame of {found} bytes is announced")
    return int(found)


def unpack(content: bytes) -> Any:
    """Read the document of a frame.

    Raises:
        FrameError: it is no JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame is no JSON") from error


def read(stream: IO[bytes]) -> Any:
    """Read one frame from a file; None at its end."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    content = stream.read(length(header))
    return unpack(content) if content else None
