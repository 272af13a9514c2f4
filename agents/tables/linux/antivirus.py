# SPDX-License-Identifier: Apache-2.0
"""Antivirus products: whether they run, and how old their definitions are."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from agents.source import Ask
from agents.tables.linux.packages import deb_versions, has_debs, rpm_packages
from agents.tables.linux.running import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Row

DATABASES: Final = "/var/lib/clamav"
LOGS: Final = "/var/log/clamav"
# The daily database is the one that follows new threats; without it the newest of the others counts.
NAMES: Final = ("daily.cld", "daily.cvd", "main.cld", "main.cvd", "bytecode.cld", "bytecode.cvd")
HEADER: Final = 512
# Colon-separated: ClamAV-VDB, build time, version, signatures, level, MD5, signature, builder, build time in seconds.
BUILT: Final = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2})[-:](\d{2}) ([+-])(\d{2})(\d{2})")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SCANNED: Final = re.compile(r"^End Date:\s+(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$", re.MULTILINE)
CLAMAV_PACKAGES: Final = ("clamav-daemon", "clamav", "clamd", "clamav-base")
# Product, package, service process. Only products whose names are published by their makers.
OTHERS: Final = (
    ("Microsoft Defender for Endpoint", "mdatp", "wdavdaemon"),
    ("Kaspersky Endpoint Security", "kesl", "kesl"),
    ("CrowdStrike Falcon", "falcon-sensor", "falcon-sensor"),
)


def antivirus(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the products found by package or by running process.

    For ClamAV the definitions are those of the daily database (else the newest), `on_access` tells whether clamonacc runs,
    and `last_scan` is the last end of a scan in a log below /var/log/clamav, in local time as clamscan writes it. For other
    products what their makers' tools alone know is NULL. `running` is NULL where processes cannot be seen.

    Raises:
        NotObservedError: definitions or (if asked for) logs cannot be read, by root only as a rule.
    """
    versions = _versions(host)
    package = next((name for name in CLAMAV_PACKAGES if name in versions), None)
    processes = running(host)
    daemon = processes.state(program="clamd")
    if package or daemon:
        built, version = definitions(host)
        yield {
            "product": "ClamAV",
            "version": versions.get(package or "", ""),
            "running": daemon,
            "on_access": processes.state(program="clamonacc"),
            "definitions_time": built,
            "definitions_version": version,
            "last_scan": _last_scan(host) if ask.wants("last_scan") else None,
        }
    for product, name, program in OTHERS:
        state = processes.state(program=program)
        if name in versions or state:
            yield {"product": product, "version": versions.get(name, ""), "running": state}


def _versions(host: Host) -> dict[str, str]:
    wanted = {*CLAMAV_PACKAGES, *(package for _, package, _ in OTHERS)}
    found = {name: version for name, (version, status) in deb_versions(host, wanted).items() if status.endswith(" installed")}
    # A workstation of Debian may have an empty RPM database; asking it costs a process, so it is asked second.
    if not found and not has_debs(host):
        rows = rpm_packages(host, Ask(frozenset({"name", "version"})))
        found = {str(row["name"]): str(row["version"]) for row in rows if row["name"] in wanted}
    return found


def definitions(host: Host) -> tuple[int | None, str | None]:
    """Give the build time (Unix seconds) and version of ClamAV's definitions; (None, None) where there are none that hold.

    Raises:
        NotObservedError: the folder or a database cannot be read.
    """
    present = host.names(DATABASES)
    found = {name: header for name in NAMES if name in present and (header := _header(host, f"{DATABASES}/{name}"))}
    daily = [header for name, header in found.items() if name.startswith("daily")]
    return max(daily or list(found.values()), default=(None, None), key=lambda header: header[0] or 0)


def _header(host: Host, path: str) -> tuple[int | None, str | None] | None:
    # The whole file is far larger than a text may be, so only its head is read.
    fields = host.head(path, HEADER).decode("ascii", "replace").rstrip(" \0").split(":")
    most, least = 8, 3
    if fields[0] != "ClamAV-VDB" or len(fields) < least:
        return None
    if len(fields) > most and re.fullmatch(r"\d{9,11}", fields[8].strip()):
        return int(fields[8]), fields[2]
    built = _built(fields[1])
    return None if built is None else (built, fields[2])


def _built(text: str) -> int | None:
    found = BUILT.fullmatch(text.strip())
    if found is None or found[2] not in MONTHS:
        return None
    offset = timedelta(hours=int(found[7]), minutes=int(found[8])) * (-1 if found[6] == "-" else 1)
    try:
        zone = timezone(offset)
        moment = datetime(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]), int(found[4]), int(found[5]), tzinfo=zone)
    except ValueError:
        return None
    return int(moment.timestamp())


def _last_scan(host: Host) -> int | None:
    times = []
    for name in host.names(LOGS):
        if name.endswith(".log"):
            for parts in SCANNED.findall(host.text(f"{LOGS}/{name}") or ""):
                try:
                    times.append(int(datetime(*map(int, parts)).timestamp()))  # type: ignore[arg-type] # noqa: DTZ001 - local, as written
                except ValueError:
                    continue
    return max(times, default=None)
