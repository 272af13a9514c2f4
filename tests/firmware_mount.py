# SPDX-License-Identifier: Apache-2.0
"""Mount a firmware tree by FUSE: `firmware_mount.py MOUNTPOINT STATE`, where STATE is the JSON file of a `Firmware`."""

# ruff: noqa: ARG002 - the shape of FUSE's operations

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

from firmware_tree import DRIVERS, Firmware
from mfusepy import FUSE, FuseOSError, Operations, fuse_get_context


class Mount(Operations):
    """The files of one firmware."""

    use_ns = True

    def __init__(self, state: Path) -> None:
        self.state = state

    def _look(self, path):
        firmware = Firmware(self.state)
        top = f"/{DRIVERS[firmware.maker]}/"
        return firmware, firmware.files(), path.removeprefix(top) if path.startswith(top) else ""

    def getattr(self, path, fh=None):
        """Give mode and owner; size is a page, as in sysfs."""
        firmware, files, inner = self._look(path)
        own = {"st_uid": os.getuid(), "st_gid": os.getgid(), "st_ctime": 0, "st_mtime": 0, "st_atime": 0}
        if inner in files:
            return {**own, "st_mode": stat.S_IFREG | files[inner][0], "st_nlink": 1, "st_size": 4096}
        folders = {"/", f"/{DRIVERS[firmware.maker]}"}
        if path in folders or (inner and any(name.startswith(f"{inner}/") for name in files)):
            return {**own, "st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
        raise FuseOSError(errno.ENOENT)

    def readdir(self, path, fh):
        """List a folder."""
        firmware, files, inner = self._look(path)
        if path == "/":
            return [".", "..", DRIVERS[firmware.maker]]
        start = f"{inner}/" if inner else ""
        return [".", "..", *sorted({name[len(start) :].split("/")[0] for name in files if name.startswith(start)})]

    def read(self, path, size, offset, fh):
        """Show a value."""
        _, files, inner = self._look(path)
        show = files[inner][1]
        if show is None:
            raise FuseOSError(errno.EACCES)
        return f"{show()}\n".encode()[offset : offset + size]

    def open(self, path, flags):
        """Open whatever is there."""
        return 0

    def truncate(self, path, length, fh=None):
        """Let a shell's > come first, as sysfs does."""

    def write(self, path, data, offset, fh):
        """Store a value, or answer as the driver does."""
        firmware, files, inner = self._look(path)
        store = files[inner][2]
        if store is None:
            raise FuseOSError(errno.EIO)
        try:
            store(data.decode().removesuffix("\n"), fuse_get_context()[2])
        except OSError as error:
            raise FuseOSError(error.errno) from error
        finally:
            firmware.keep()
        return len(data)


if __name__ == "__main__":
    FUSE(Mount(Path(sys.argv[2])), sys.argv[1], foreground=True, nothreads=True, direct_io=True, attr_timeout=0, entry_timeout=0)
