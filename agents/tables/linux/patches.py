# SPDX-License-Identifier: Apache-2.0
"""When package lists were refreshed and packages upgraded."""

from __future__ import annotations

import re
import time
import zlib
from typing import TYPE_CHECKING, Final

from agents.host import TEXT_LIMIT, needs_root
from agents.source import Ask, NotObservedError
from agents.tables.linux.packages import RPM_DATABASES, rpm_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Row

APT_STAMPS: Final = ("/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/periodic/update-stamp", "/var/lib/apt/lists")
DNF_CACHES: Final = ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum")
HISTORY: Final = re.compile(r"^Upgrade: .*?^End-Date: (\d{4}-\d\d-\d\d) +(\d\d:\d\d:\d\d)$", re.MULTILINE | re.DOTALL)
DPKG: Final = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) upgrade ", re.MULTILINE)
LOGS: Final = (("/var/log/apt", "history.log", HISTORY), ("/var/log", "dpkg.log", DPKG))


def patch_state(host: Host, ask: Ask) -> Iterator[Row]:
    """Give one row a package manager: `apt` where APT keeps lists, `dnf` where the host has an RPM database.

    `last_refresh` of APT is the latest of its success stamps and of a change of its lists, since the files in the lists
    carry the server's times. `last_upgrade` is the last finished upgrade in the logs of APT and dpkg, which write local
    time; NULL where no log tells of one. For dnf it is the newest installation of a package.

    Raises:
        NotObservedError: a log or the RPM database cannot be read.
    """
    if host.path("/var/lib/apt/lists").is_dir():
        upgrades = (_upgrade(host, *log) for log in LOGS) if ask.wants("last_upgrade") else ()
        yield {
            "manager": "apt",
            "last_refresh": _latest(host, APT_STAMPS),
            "last_upgrade": max(filter(None, upgrades), default=None),
        }
    if any(host.names(folder) for folder in RPM_DATABASES) and host.path("/etc/yum.repos.d").is_dir():
        times = (row.get("install_time") for row in rpm_packages(host, Ask(frozenset({"install_time"}))))
        caches = [f"{folder}/{name}" for folder in DNF_CACHES for name in host.names(folder)]
        yield {
            "manager": "dnf",
            "last_refresh": _latest(host, caches),
            "last_upgrade": max((time for time in times if isinstance(time, int)), default=None),
        }


def _latest(host: Host, paths: tuple[str, ...] | list[str]) -> int | None:
    times = []
    for path in paths:
        try:
            times.append(int(host.path(path).stat().st_mtime))
        except FileNotFoundError:
            continue
        except PermissionError as error:
            raise NotObservedError(needs_root(path)) from error
    return max(times, default=None)


def _upgrade(host: Host, folder: str, name: str, form: re.Pattern[str]) -> int | None:
    """Find the last upgrade in a log or, only where it has none, in the next older one."""
    rotated = [other for other in host.names(folder) if re.fullmatch(rf"{re.escape(name)}(?:\.\d+(?:\.gz)?)?", other)]
    for other in sorted(rotated, key=lambda one: int("".join(re.findall(r"\.(\d+)", one)) or 0)):
        found = form.findall(_log(host, f"{folder}/{other}"))
        times = [moment for moment in (_moment(*pair) for pair in found) if moment]
        if times:
            return max(times)
    return None


def _log(host: Host, path: str) -> str:
    content = host.data(path) or b""
    if path.endswith(".gz"):
        unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            content = unpacker.decompress(content, TEXT_LIMIT)
        except zlib.error as error:
            message = f"{path} is damaged: {error}"
            raise NotObservedError(message) from error
        if unpacker.unconsumed_tail:
            message = f"{path} holds more than {TEXT_LIMIT} bytes"
            raise NotObservedError(message)
    return content.decode("utf-8", "replace")


def _moment(day: str, clock: str) -> int | None:
    try:
        return int(time.mktime(time.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S")))
    except (ValueError, OverflowError):
        return None
