# SPDX-License-Identifier: Apache-2.0
"""The file table: what stands at a path, asked by path or by directory.

As in osquery: what a symbolic link points to is described (symlink = 1), the link itself only where it leads nowhere;
a directory found by `path LIKE` ends in a slash; `path` and `directory` are given back as they were asked.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from agents.host import needs_root
from agents.source import NotObservedError
from agents.tables.linux import paths
from agents.tables.linux.plain import link, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

    # A path and its directory as osquery spells them, and what the directory says of it where it was listed.
    _Asked = tuple[str, str, os.DirEntry[str] | None]

TYPES: Final = {
    stat.S_IFREG: "regular",
    stat.S_IFDIR: "directory",
    stat.S_IFBLK: "block",
    stat.S_IFCHR: "character",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}


# The columns a name and its folder's word for it can fill; for every other the file itself is looked at.
BY_NAME: Final = frozenset({"path", "directory", "filename", "type", "symlink", "symlink_target_path"})


def file(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the files at the asked paths and in the asked directories; times in Unix seconds, mode such as 0644.

    Raises:
        NotObservedError: a folder on the way cannot be looked into.
    """
    named = ask.columns <= BY_NAME
    for path, directory, entry in _asked(host, ask):
        row = _row_by_name(path, directory, entry) if named and entry is not None else None
        row = row or _row(host, path, directory, follow=ask.wants("symlink_target_path"))
        if row is not None:
            yield row


def asked(host: Host, ask: Ask) -> Iterator[tuple[str, str]]:
    """Give path and directory, as osquery spells them, of what `path` and `directory` ask for; each path once.

    Raises:
        NotObservedError: a folder cannot be listed.
    """
    return ((path, directory) for path, directory, _ in _asked(host, ask))


def _asked(host: Host, ask: Ask) -> Iterator[_Asked]:
    if sum(map(len, ask.constraints.values())) == 1:
        # One constraint gives a path once: a walk over a whole home need not remember all of it.
        yield from _by_path(host, ask)
        yield from _by_directory(host, ask)
        return
    seen: set[str] = set()
    for found in (*_by_path(host, ask), *_by_directory(host, ask)):
        if found[0] not in seen:
            seen.add(found[0])
            yield found


def _by_path(host: Host, ask: Ask) -> Iterator[_Asked]:
    for path in ask.values("path"):
        if path.startswith("/") and "\0" not in path:
            yield path, parent(path), None
    for pattern in ask.values("path", "LIKE"):
        for path, entry in paths.entries(host, pattern):
            if entry is not None and entry.is_file(follow_symlinks=False):
                # Most are this, and a walk over a whole home is as quick as its slowest line.
                yield path, path[: -len(entry.name) - 1] or "/", entry
                continue
            marked = f"{path}/" if "%" in pattern and _is_folder(host, path, entry) and not path.endswith("/") else path
            if marked.startswith("/"):
                yield marked, parent(marked), entry


def _by_directory(host: Host, ask: Ask) -> Iterator[_Asked]:
    found = (f"{path.rstrip('/')}/" for pattern in ask.values("directory", "LIKE") for path in paths.expand(host, pattern))
    for directory in (*ask.values("directory"), *found):
        if directory.startswith("/") and "\0" not in directory and is_directory(host, directory):
            for entry in host.entries(directory):
                yield f"{directory.rstrip('/')}/{entry.name}", directory, entry


def _is_folder(host: Host, path: str, entry: os.DirEntry[str] | None) -> bool:
    if entry is None or entry.is_symlink():
        return is_directory(host, path)
    return entry.is_dir(follow_symlinks=False)


def parent(path: str) -> str:
    """Give the directory part of an absolute path as osquery does: that of /etc/ is /etc, that of / is empty."""
    return path.rpartition("/")[0].rstrip("/") or ("/" if path.strip("/") else "")


def is_directory(host: Host, path: str) -> bool:
    """Tell whether `path` is a directory or leads to one.

    Raises:
        NotObservedError: it cannot be looked at.
    """
    found = look(host, path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def look(host: Host, path: str, *, follow: bool = True) -> os.stat_result | None:
    """Look at what stands at `path`; None where nothing does, or a link leads nowhere.

    Raises:
        NotObservedError: it cannot be looked at.
    """
    try:
        return os.stat(host.place(path, follow=follow), follow_symlinks=follow)  # noqa: PTH116 - a Path costs more than the call
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise NotObservedError(needs_root(path)) from error
    except OSError as error:
        if follow:
            return None  # a loop of links, or a link to a device that is gone: it leads nowhere
        message = f"cannot look at {shown(path)}: {error.strerror}"
        raise NotObservedError(message) from error


def _row_by_name(path: str, directory: str, entry: os.DirEntry[str]) -> Row | None:
    """Give what the name of a regular file or folder says; None for everything else."""
    if entry.is_file(follow_symlinks=False):
        kind, name = "regular", entry.name
    elif entry.is_dir(follow_symlinks=False):
        kind, name = "directory", _name(path)
    else:
        return None
    if not path.isascii():
        path, directory, name = shown(path), shown(directory), shown(name)
    return {"path": path, "directory": directory, "filename": name, "type": kind, "symlink": 0, "symlink_target_path": ""}


def _row(host: Host, path: str, directory: str, *, follow: bool) -> Row | None:
    here = look(host, path, follow=False)
    if here is None:
        return None
    linked = stat.S_ISLNK(here.st_mode)
    there = look(host, path) if linked else here
    found = there or here
    return {
        "path": shown(path),
        "directory": shown(directory),
        "filename": shown(_name(path)),
        "inode": found.st_ino,
        "uid": found.st_uid,
        "gid": found.st_gid,
        "mode": f"{stat.S_IMODE(found.st_mode):04o}",
        "device": found.st_rdev,
        "size": found.st_size,
        "block_size": found.st_blksize,
        "atime": int(found.st_atime),
        "mtime": int(found.st_mtime),
        "ctime": int(found.st_ctime),
        "btime": 0,
        "hard_links": found.st_nlink,
        "symlink": int(linked),
        "type": TYPES.get(stat.S_IFMT(found.st_mode), "unknown"),
        "symlink_target_path": shown(link(host, path) or "") if linked and follow else "",
    }


def _name(path: str) -> str:
    name = path.rpartition("/")[2]
    return name or ("." if path.strip("/") else "/")
