# SPDX-License-Identifier: Apache-2.0
"""Make plain cells of what the kernel and old files say: clean text, whole numbers, or NULL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agents.host import Host

# A single read of a file of /proc or /sys: the kernel builds the answer for it, so larger is fewer calls.
CHUNK: Final = 65536


def shown(name: str) -> str:
    r"""Make text of a file name: bytes that are no UTF-8 are shown as \xNN."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


def decoded(content: bytes) -> str:
    r"""Make text of bytes the kernel gave: those that are no UTF-8 are shown as \xNN."""
    return content.decode("utf-8", "backslashreplace")


def whole(text: str | bytes | None, base: int = 10) -> int | None:
    """Read a whole number; None where there is none, or none that a table can hold (64 bits, signed)."""
    try:
        number = 0 if text is None else int(text, base)
    except ValueError:
        return None
    return number if text is not None and -(1 << 63) <= number < 1 << 63 else None


def read(path: str) -> bytes:
    """Read a file of /proc or /sys to its end.

    Raises:
        OSError: as the kernel says it; a process that ended is a FileNotFoundError or a ProcessLookupError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        parts = []
        while part := os.read(descriptor, CHUNK):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(descriptor)


def attribute(host: Host, absolute: str) -> str | None:
    """Read a one-value file of /sys or /proc, stripped; None where the kernel has or gives no value."""
    try:
        return decoded(read(host.place(absolute, follow=True))).strip("\0 \t\r\n")
    except OSError:
        # A driver refuses a value it does not have with whatever error it likes (EINVAL, ENODEV, EIO, ...).
        return None


def link(host: Host, absolute: str) -> str | None:
    """Read where a symbolic link points, as written in it; None where there is none, or it may not be read."""
    try:
        return os.readlink(host.place(absolute))  # noqa: PTH115 - a Path costs more than the call
    except OSError:
        return None
