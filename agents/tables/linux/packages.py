# SPDX-License-Identifier: Apache-2.0
"""Packages that dpkg and RPM say are installed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from agents.host import RPM_FIELDS
from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agents.host import Host
    from agents.source import Ask, Row

ADMINDIR: Final = "/var/lib/dpkg"
# The fields of /var/lib/dpkg/status behind the columns that are one field each (deb-control(5)).
FIELDS: Final = {
    "version": "Version",
    "source": "Source",
    "arch": "Architecture",
    "status": "Status",
    "maintainer": "Maintainer",
    "section": "Section",
    "priority": "Priority",
}
RPM_COLUMNS: Final = ("name", "version", "release", "epoch", "arch", "install_time", "size", "vendor")
RPM_DATABASES: Final = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")


def deb_packages(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the packages of dpkg's status file, removed ones with left-over configuration too, as osquery does.

    `status` tells them apart (`install ok installed`). `version` is the whole version with epoch and revision, `revision`
    what follows its last hyphen, `size` the installed size in bytes (dpkg keeps KiB), `source` empty where it equals the name.
    A paragraph without a name is not a package.

    Raises:
        NotObservedError: the status file cannot be read.
    """
    fields = {column: _field(FIELDS[column]) for column in FIELDS if ask.wants(column)}
    if ask.wants("revision"):
        fields["version"] = _field(FIELDS["version"])
    size = _field("Installed-Size") if ask.wants("size") else None
    for admindir in ask.values("admindir") or (ADMINDIR,):
        # The whole file is one text, so that 3,000 packages take one decoding; a leading line end lets every field begin with one.
        for paragraph in (host.text(f"{admindir}/status") or "").split("\n\n"):
            text = "\n" + paragraph
            name = _value(text, "\nPackage:")
            if name:
                row: dict[str, str | int | None] = {"name": name, "admindir": admindir}
                row.update((column, _value(text, field)) for column, field in fields.items())
                row["revision"] = str(row.get("version", "")).rpartition("-")[2] if "-" in str(row.get("version", "")) else ""
                row["size"] = _bytes(_value(text, size)) if size else None
                yield row


def deb_versions(host: Host, names: Collection[str]) -> dict[str, tuple[str, str]]:
    """Give version and status of those of the named packages that dpkg knows.

    Raises:
        NotObservedError: the status file cannot be read.
    """
    text = f"\n{host.text(f'{ADMINDIR}/status') or ''}\n"
    found = {}
    for name in names:
        start = text.find(f"\nPackage: {name}\n")
        if start >= 0:
            paragraph = text[start : text.find("\n\n", start) + 1]
            found[name] = (_value(paragraph, "\nVersion:"), _value(paragraph, "\nStatus:"))
    return found


def has_debs(host: Host) -> bool:
    """Tell whether dpkg has anything installed. Raises as `deb_versions`."""
    return " ok installed\n" in (host.text(f"{ADMINDIR}/status") or "")


def _field(name: str) -> str:
    return f"\n{name}:"


def _value(text: str, field: str) -> str:
    start = text.find(field)
    if start < 0:
        return ""
    start += len(field)
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end].strip()


def _bytes(kibibytes: str) -> int | None:
    return int(kibibytes) * 1024 if re.fullmatch("[0-9]{1,12}", kibibytes) else None


def rpm_packages(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the packages of the RPM database; none where the host has no such database.

    Raises:
        NotObservedError: there is a database, and `rpm` is absent or cannot read it.
    """
    del ask
    if not any(host.names(folder) for folder in RPM_DATABASES):
        return
    for line in host.run("rpm", "-qa", "--queryformat", RPM_FIELDS).splitlines():
        parts = line.split("\t")
        if len(parts) != len(RPM_COLUMNS):
            message = f"rpm gave a line of an unknown form: {line[:80]!r}"
            raise NotObservedError(message)
        row: dict[str, str | int | None] = dict(zip(RPM_COLUMNS, parts, strict=True))
        # rpm writes (none) for a tag that a package does not have.
        row["epoch"] = _number(parts[3]) or 0
        row["install_time"], row["size"] = _number(parts[5]), _number(parts[6])
        row["vendor"] = "" if parts[7] == "(none)" else parts[7]
        yield row


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else None
