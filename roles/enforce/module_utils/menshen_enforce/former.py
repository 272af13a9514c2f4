# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the former state before a change, with a script that brings it back."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import time

FORMER = "/var/lib/menshen/former"


def save(mechanism: str, plan) -> str:
    """Save the files a plan will write and how its commands are taken back; give the folder."""
    folder = os.path.join(FORMER, f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{mechanism}-{os.getpid()}")
    os.makedirs(folder, mode=0o700)
    lines = ["#!/bin/sh", "# Brings back what stood before; run as root.", "set -u", "failed=0"]
    lines += _undone(plan, late=False)
    places = {file.path: file.before is not None for file in plan.files.values()}
    places.update((path, os.path.exists(path)) for path in plan.kept)
    for number, (path, existed) in enumerate(places.items()):
        lines += _file(folder, number, path) if existed else [f"rm -f -- {shlex.quote(path)} || failed=1"]
    lines += _undone(plan, late=True)
    lines += [_quoted(command.argv) + (" || :" if command.may_fail else " || failed=1") for command in plan.reloads]
    lines += ["exit $failed", ""]
    write(os.path.join(folder, "restore"), "\n".join(lines), 0o700)
    changes = [change.__dict__ for change in plan.changes]
    write(os.path.join(folder, "changes.json"), json.dumps(changes, ensure_ascii=False, indent=1), 0o600)
    return folder


def _undone(plan, late: bool) -> list[str]:
    return [f"{_quoted(one.undo)} || failed=1" for one in reversed(plan.commands) if one.undo and one.late == late]


def _file(folder: str, number: int, path: str) -> list[str]:
    kept = os.path.join(folder, str(number))
    shutil.copy2(path, kept)
    stat = os.stat(path)
    os.chown(kept, stat.st_uid, stat.st_gid)
    place, new = shlex.quote(os.path.realpath(path)), shlex.quote(f"{os.path.realpath(path)}.menshen-new")
    return [f"cp -p -- {shlex.quote(kept)} {new} && sync {new} && mv -f -- {new} {place} || failed=1"]


def _quoted(argv) -> str:
    return " ".join(map(shlex.quote, argv))


def write(path: str, text: str, mode: int | None, check: tuple[str, ...] = (), run=None) -> None:
    """Write a file whole or not at all: beside it, flushed to the disk, then renamed; owner and mode are kept."""
    new = f"{path}.menshen-new"
    folder = os.path.dirname(path)
    os.makedirs(folder, mode=0o755, exist_ok=True)
    target = os.path.realpath(path) if os.path.islink(path) else path
    former = os.stat(target) if os.path.exists(target) else None
    bits = mode if mode is not None else (former.st_mode & 0o7777 if former else 0o644)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write(text)
            stream.flush()
            if former:
                os.fchown(stream.fileno(), former.st_uid, former.st_gid)
            os.fchmod(stream.fileno(), bits)
            os.fsync(stream.fileno())
        if check:
            run([part.replace("{}", new) for part in check])
        os.replace(new, target)
    finally:
        if os.path.exists(new):
            os.unlink(new)
    flush(folder)


def link(target: str, path: str) -> None:
    """Make a symbolic link where none is, flushed to the disk."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    if not os.path.lexists(path):
        os.symlink(target, path)
    flush(os.path.dirname(path))


def flush(folder: str) -> None:
    """Flush a folder, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
