# SPDX-License-Identifier: Apache-2.0
"""PAM's rules, with what they include in its place (pam.conf(5))."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.source import NotObservedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.host import Host
    from agents.source import Ask, Row

# The first folder that holds a service wins.
FOLDERS: Final = ("/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d")
TYPES: Final = frozenset({"auth", "account", "password", "session"})
# A word is bare, or stands in brackets with blanks in it; \] stands for a bracket.
WORD: Final = re.compile(r"\[(?:\\.|[^\]\\])*\]|\S+")
# Far above any real service; a file that includes itself twice over and over would double without end.
RULE_LIMIT: Final = 4096


@dataclass(frozen=True, slots=True)
class _Rule:
    type: str
    control: str
    module: str
    arguments: str
    path: str
    line: int


def pam_rules(host: Host, ask: Ask) -> Iterator[Row]:
    """Give the rules of each service in the order PAM goes through them, `position` counted from 1 in a service.

    The rules of an `@include`, `include` or `substack` stand in its place, with the path and line of the file they come
    from. One that leads nowhere or back to itself stays as a rule of its own, its target as the module: PAM refuses the
    service then. `control` in brackets is given with them.

    Raises:
        NotObservedError: a file cannot be read, or a service unfolds into more rules than a real one has.
    """
    services = ask.values("service") or tuple(sorted({name for folder in FOLDERS for name in host.names(folder)}))
    files = _Files(host)
    for service in services:
        if "/" in service or "\0" in service:
            continue
        for position, rule in enumerate(_unfold(files, service, "", (), iter(range(RULE_LIMIT))), 1):
            if position > RULE_LIMIT:
                message = f"the PAM service {service} unfolds into more than {RULE_LIMIT} rules"
                raise NotObservedError(message)
            yield {
                "service": service,
                "type": rule.type,
                "control": rule.control,
                "module": rule.module.rpartition("/")[2],
                "arguments": rule.arguments,
                "path": rule.path,
                "line_number": rule.line,
                "position": position,
            }


class _Files:
    """PAM's files, each looked for and read once: nearly all services include the same few."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._places: dict[str, str | None] = {}
        self._read: dict[str, list[_Rule]] = {}

    def find(self, name: str) -> str | None:
        if name not in self._places:
            places = (name,) if name.startswith("/") else tuple(f"{folder}/{name}" for folder in FOLDERS)
            self._places[name] = next((place for place in places if self._host.path(place).is_file()), None)
        return self._places[name]

    def rules(self, path: str) -> list[_Rule]:
        if path not in self._read:
            self._read[path] = list(_rules(self._host, path))
        return self._read[path]


def _unfold(files: _Files, name: str, only: str, above: tuple[str, ...], budget: Iterator[int]) -> Iterator[_Rule]:
    path = files.find(name)
    if next(budget, None) is None:
        message = f"{path} includes more than {RULE_LIMIT} files"
        raise NotObservedError(message)
    for rule in files.rules(path) if path else ():
        if only and rule.type and rule.type != only:
            continue
        if rule.control not in {"@include", "include", "substack"}:
            yield rule
            continue
        target = files.find(rule.module)
        if target is None or target in {path, *above}:
            yield rule
        else:
            yield from _unfold(files, rule.module, rule.type or only, (*above, path or ""), budget)


def _rules(host: Host, path: str) -> Iterator[_Rule]:
    pending, start = "", 0
    for number, line in host.lines(path):
        start = start or number
        text = re.sub(r"(?<!\\)#.*", "", line).rstrip()
        if text.endswith("\\"):
            pending += text[:-1] + " "
            continue
        rule = _rule(pending + text, path, start)
        pending, start = "", 0
        if rule:
            yield rule


def _rule(text: str, path: str, line: int) -> _Rule | None:
    type_, *rest = WORD.findall(text) or [""]
    if type_.lower() == "@include" and rest:
        return _Rule("", "@include", rest[0], "", path, line)
    type_ = type_.lower().removeprefix("-")
    least = 2
    if type_ not in TYPES or len(rest) < least:
        return None
    control = rest[0] if rest[0].startswith("[") else rest[0].lower()
    return _Rule(type_, control, rest[1], " ".join(rest[2:]), path, line)
