# SPDX-License-Identifier: Apache-2.0
"""What the audit daemon is told to record (audit.rules(7), auditctl(8))."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

FOLDER: Final = "/etc/audit/rules.d"
WHOLE: Final = "/etc/audit/audit.rules"
# Options of auditctl that take a value.
VALUED: Final = frozenset("abefikprstwACFSW") | {"-backlog_wait_time"}


def audit_rules(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the rules of rules.d and of audit.rules, which augenrules makes of them, so that most stand twice.

    `kind` is `watch` (-w), `syscall` (-a, -A) or `control` (anything else, such as -e 2). `path`, `permissions` and `key`
    come from -w, -p, -k and from -F path=, dir=, perm=, key=; `syscalls` are joined by commas. `rule` is the whole line.

    Raises:
        NotObservedError: a folder or file cannot be read (only root may).
    """
    del ask
    names = [name for name in host.names(FOLDER) if name.endswith(".rules")]
    for path in (*(f"{FOLDER}/{name}" for name in names), WHOLE):
        for number, line in host.lines(path):
            text = line.strip()
            if text.startswith("-"):
                yield {**rule(text), "rule": text, "file": path, "line_number": number}


def rule(text: str) -> dict[str, str]:
    """Read one rule."""
    options = list(_options(text))
    given = dict(reversed(options))
    fields = dict(value.split("=", 1) for option, value in reversed(options) if option == "-F" and "=" in value)
    filters = given.keys() & {"-a", "-A"}
    return {
        "kind": "syscall" if filters else "watch" if "-w" in given else "control",
        "path": given.get("-w") or fields.get("path") or fields.get("dir", ""),
        "permissions": given.get("-p") or fields.get("perm", ""),
        "syscalls": ",".join(value for option, value in options if option == "-S"),
        "key": given.get("-k") or fields.get("key", ""),
    }


def _options(text: str) -> Iterator[tuple[str, str]]:
    try:
        words = shlex.split(text, comments=False)
    except ValueError:
        # A quote without its fellow is a plain sign to auditctl.
        words = text.split()
    left = iter(words)
    for word in left:
        if word.startswith("-"):
            yield word, next(left, "") if word[1:] in VALUED else ""
