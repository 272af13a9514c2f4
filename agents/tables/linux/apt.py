# SPDX-License-Identifier: Apache-2.0
"""Where APT and DNF get packages from (sources.list(5), dnf.conf(5))."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

LIST: Final = "/etc/apt/sources.list"
FOLDER: Final = "/etc/apt/sources.list.d"
ONE_LINE: Final = re.compile(r"deb(?:-src)?\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s*(?P<components>.*)")
YUM_FOLDERS: Final = ("/etc/yum.repos.d",)


def apt_sources(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the enabled sources of one-line and deb822 files, one row for each type, address and suite.

    `name` is the source as APT shows it (address, suite, components). `version` and `maintainer` stand in downloaded
    indexes in osquery and are NULL here. A line or paragraph that lacks address or suite is not a source.

    Raises:
        NotObservedError: a file cannot be read.
    """
    del ask
    yield from _list(host, LIST)
    for name in host.names(FOLDER):
        path = f"{FOLDER}/{name}"
        if name.endswith(".list"):
            yield from _list(host, path)
        elif name.endswith(".sources"):
            yield from _deb822(host, path)


def _list(host: Host, path: str) -> Iterator[Row]:
    for _, line in host.lines(path):
        found = ONE_LINE.fullmatch(line.partition("#")[0].strip())
        if found:
            options = dict(option.split("=", 1) for option in (found["options"] or "").split() if "=" in option)
            yield _row(path, found["uri"], found["suite"], found["components"], options.get("arch", "").replace(",", " "))


def _deb822(host: Host, path: str) -> Iterator[Row]:
    for fields in paragraphs(host.text(path) or ""):
        if fields.get("enabled", "yes").lower() in {"no", "false", "without", "off", "disable", "0"}:
            continue
        for _ in fields.get("types", "").split():
            for uri in fields.get("uris", "").split():
                for suite in fields.get("suites", "").split():
                    yield _row(path, uri, suite, fields.get("components", ""), fields.get("architectures", ""))


def _row(path: str, uri: str, suite: str, components: str, architectures: str) -> Row:
    words = " ".join(components.split())
    return {
        "name": f"{uri} {suite} {words}".strip(),
        "source": path,
        "base_uri": uri,
        "release": suite,
        "components": words,
        "architectures": " ".join(architectures.split()),
    }


def paragraphs(text: str) -> Iterator[dict[str, str]]:
    """Read deb822 paragraphs: field names in lower case, continued lines joined by line ends, comments dropped (deb822(5))."""
    fields: dict[str, str] = {}
    last = ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if fields:
                yield fields
            fields, last = {}, ""
        elif line.startswith("#"):
            continue
        elif line[0] in " \t":
            if last:
                fields[last] += "\n" + line.strip()
        else:
            name, colon, value = line.partition(":")
            last = name.strip().lower() if colon else ""
            if last:
                fields[last] = value.strip()


def yum_sources(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the repositories of /etc/yum.repos.d; what a repository leaves to the main configuration is empty.

    Raises:
        NotObservedError: a file cannot be read or understood.
    """
    del ask
    for folder in YUM_FOLDERS:
        for name in host.names(folder):
            if name.endswith(".repo"):
                yield from _repositories(host, f"{folder}/{name}")


def _repositories(host: Host, path: str) -> Iterator[Row]:
    parser = configparser.RawConfigParser(strict=False, default_section="\0")
    try:
        parser.read_string(host.text(path) or "")
    except configparser.Error as error:
        message = f"{path} is not a repository file: {str(error).partition(chr(10))[0]}"
        raise NotObservedError(message) from error
    columns = ("baseurl", "mirrorlist", "metalink", "enabled", "gpgcheck", "gpgkey")
    for section in parser.sections():
        given = parser[section]
        yield {"name": given.get("name", section), "source": path, **{column: given.get(column, "") for column in columns}}
