# SPDX-License-Identifier: Apache-2.0
"""Tell people what would change, or has changed, on each host."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from menshen import console
from menshen.language import say
from reports.reasons import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from menshen.ansible import Host
    from policies.text import Language


def tables(hosts: dict[str, Host], language: Language, *, real: bool, diff: bool) -> Iterator[object]:
    """Give tables and lines: changes, what cannot be made true, exceptions, hosts that failed, a sum."""
    absent = say("absent", "无", language)
    changes = [
        (name, one["control"], one["setting"], _said(one["before"], absent), _said(one["after"], absent))
        for name, host in hosts.items()
        for one in host.changes
    ]
    if changes:
        title = say("Changed", "已改动", language) if real else say("Would change", "将会改动", language)
        yield console.table(
            _columns("host control setting before after", "主机 控制项 设置 原值 新值", language), changes, title=title
        )
    yield from _notes(hosts, language)
    if diff:
        yield from (line for host in hosts.values() for one in host.diff for line in _difference(one))
    for name, host in hosts.items():
        if host.failed or host.unreachable:
            word = say("failed", "失败", language) if host.failed else say("not reached", "连不上", language)
            yield f"{name}: {word}: {host.failed or host.unreachable}"
    yield _sum(hosts, len(changes), language, real=real)


def _notes(hosts: dict[str, Host], language: Language) -> Iterator[object]:
    left = [(name, one["control"], one["setting"], one["why"]) for name, host in hosts.items() for one in host.open]
    if left:
        columns = _columns("host control setting why", "主机 控制项 设置 原因", language)
        yield console.table(columns, left, title=say("Cannot be made true here", "此处无法落实", language))
    tattooed = [(name, value) for name, host in hosts.items() for value in host.tattooed]
    if tattooed:
        title = say("Policy values that neither a GPO nor a control sets", "既非组策略也非控制项设定的策略值", language)
        yield console.table(_columns("host value", "主机 注册表值", language), tattooed, title=title)
    skipped = [
        (name, one["control"], one["exception"], one["until"], _device(one, language))
        for name, host in hosts.items()
        for one in host.excepted
    ]
    if skipped:
        columns = _columns("host control exception until only", "主机 控制项 例外 有效期至 仅限", language)
        yield console.table(columns, skipped, title=say("Not enforced: an exception allows it", "有例外许可，不予落实", language))


def _device(one: dict[str, Any], language: Language) -> str:
    return " - ".join(filter(None, (one.get("device"), said(one.get("doubt", ""), language))))


def _sum(hosts: dict[str, Host], changes: int, language: Language, *, real: bool) -> str:
    if not changes and not any(host.failed or host.unreachable for host in hosts.values()):
        return say(f"{len(hosts)} hosts: nothing to change", f"{len(hosts)} 台主机：无需改动", language)
    done = say("changed", "项已改动", language) if real else say("would change", "项将改动", language)
    return say(f"{len(hosts)} hosts: {changes} settings {done}", f"{len(hosts)} 台主机：{changes} {done}", language)


def _columns(en: str, zh: str, language: Language) -> list[str]:
    return say(en, zh, language).split()


def _said(value: Any, absent: str) -> str:
    return absent if value is None else str(value)


def _difference(one: dict[str, Any]) -> Iterator[str]:
    before, after = (str(one.get(side, "")).splitlines() for side in ("before", "after"))
    yield from unified_diff(before, after, one.get("before_header", ""), one.get("after_header", ""), lineterm="")
