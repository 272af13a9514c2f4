# SPDX-License-Identifier: Apache-2.0
"""Rules by which USBGuard lets USB devices in (usbguard-rules.conf(5))."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

RULES: Final = "/etc/usbguard/rules.conf"
FOLDER: Final = "/etc/usbguard/rules.d"
TARGETS: Final = frozenset({"allow", "block", "reject", "match", "device"})
ATTRIBUTES: Final = frozenset(
    {"id", "serial", "name", "hash", "parent-hash", "via-port", "with-interface", "with-connect-type", "if", "label"}
)
WORD: Final = re.compile(r'"(?:\\.|[^"\\])*"|[{}]|[^\s{}"]+')
DEVICE: Final = re.compile(r"(?:[0-9a-fA-F]{4}|\*):(?:[0-9a-fA-F]{4}|\*)")


def usbguard_rules(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the rules in the order the daemon reads them, numbered from 1; a set of values stands in braces.

    `rule` is the whole line. A line that does not begin with a target is not a rule.

    Raises:
        NotObservedError: a rule file cannot be read (only root may).
    """
    del ask
    paths = [RULES, *(f"{FOLDER}/{name}" for name in host.names(FOLDER) if name.endswith(".conf"))]
    number = 0
    for path in paths:
        for _, line in host.lines(path):
            words = WORD.findall(line)
            if words and words[0] in TARGETS:
                number += 1
                yield {"number": number, "target": words[0], "rule": line.strip(), **_attributes(words[1:])}


def _attributes(words: list[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word in ATTRIBUTES:
            name = word
        elif name or DEVICE.fullmatch(word):
            # The word id may be left out before a device.
            found.setdefault(name or "id", []).append(_text(word))
    columns = {"device_id": "id", "serial": "serial", "name": "name", "interface": "with-interface"}
    return {column: " ".join(found.get(attribute, ())) for column, attribute in columns.items()}


def _text(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
