# SPDX-License-Identifier: Apache-2.0
"""The first bytes of files that are too large to be read whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents.host import needs_root
from agents.source import NotObservedError

if TYPE_CHECKING:
    from agents.host import Host


def head(host: Host, path: str, length: int) -> bytes:
    """Give at most `length` first bytes of a file; none where there is no such file (any more), or it is a folder.

    Raises:
        NotObservedError: it cannot be read.
    """
    try:
        with host.path(path).open("rb") as stream:
            return stream.read(length)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return b""
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise NotObservedError(message) from error
