# SPDX-License-Identifier: Apache-2.0
"""`menshen alerts`: which troubles are open, what waits to be told, and whether the channels work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from menshen.commands.options import Inventory, Json, Lang
from menshen.language import of_environment, say
from menshen.trouble import Exit, TroubleError

if TYPE_CHECKING:
    from policies.text import Language
    from reports.notify.memory import Waiting
    from reports.notify.notice import Notice

GROUP_EN = """Alerts: mail, WeCom, DingTalk, Feishu and webhooks of inventory/notify.yml.

Examples: menshen alerts list; menshen alerts test
"""
GROUP_ZH = """告警：按 inventory/notify.yml 经邮件、企业微信、钉钉、飞书及 webhook 发送。

例：menshen alerts list；menshen alerts test
"""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(help=say(GROUP_EN, GROUP_ZH), no_args_is_help=True)
    group.command("list", help=say("List what is open, and what waits to be told.", "列出未恢复的告警及待发送的消息。"))(listed)
    group.command(
        "test",
        help=say(
            "Send a test message to every channel; exit code 1 where one does not take it.",
            "向每个渠道发送测试消息；有渠道未接受时退出码为 1。",
        ),
    )(tried)
    group.command("send", help=say("Send now what waits (quiet hours still hold).", "立即发送待发消息（仍遵守静默时段）。"))(send)
    app.add_typer(group, name="alerts")


def listed(lang: Lang = None, *, as_json: Json = False) -> None:
    """List."""
    from menshen import console
    from menshen.alerts import state_file
    from reports.notify.memory import Memory

    with Memory(state_file()) as memory:
        opened, waiting = memory.open_notices(), memory.waiting()
    if as_json:
        console.print_json(_document(opened, waiting))
    else:
        console.show(*_tables(opened, waiting, lang or of_environment()))


def _document(opened: list[tuple[Notice, str]], waiting: list[Waiting]) -> dict[str, Any]:
    return {
        "open": [{**notice.to_json(), "told": at} for notice, at in opened],
        "waiting": [
            {"channel": one.channel, "notice": one.notice.to_json(), "at": one.at, "tries": one.tries, "why": one.why}
            for one in waiting
        ],
    }


def _tables(opened: list[tuple[Notice, str]], waiting: list[Waiting], language: Language) -> list[object]:
    from menshen import clock, console
    from reports.reasons import said
    from reports.words import Say

    words = Say(language)
    shown: list[object] = []
    if opened:
        names = say("severity subject what since told", "级别 对象 内容 始于 告知于", language).split()
        rows = [
            [
                words(f"notice.{one.severity}"),
                one.subject,
                one.title.in_language(language),
                clock.local(one.since) if one.since else "–",
                clock.local(at),
            ]
            for one, at in opened
        ]
        shown.append(console.table(names, rows, title=say("Open", "未恢复", language)))
    if waiting:
        names = say("channel subject what tries why", "渠道 对象 内容 次数 原因", language).split()
        rows = [
            [one.channel, one.notice.subject, one.notice.title.in_language(language), str(one.tries), said(one.why, language)]
            for one in waiting
        ]
        shown.append(console.table(names, rows, title=say("Waiting to be told", "待发送", language)))
    return shown or [say("Nothing is open, and nothing waits.", "没有未恢复的告警，也没有待发送的消息。", language)]


def tried(inventory: Inventory = None) -> None:
    """Test."""
    from menshen import alerts, clock
    from policies.text import Text
    from reports.notify.notice import Notice, Severity
    from reports.words import WORDS

    zh, en = WORDS["notice.test"]
    notice = Notice("test", Severity.CRITICAL, "menshen", Text(en=en, zh=zh), command="menshen alerts list")
    with alerts.desk(inventory) as desk:
        if not desk.settings.channels:
            file = alerts.notify_file(inventory)
            raise TroubleError(say(f"{file} names no channel", f"{file} 中没有任何渠道"))
        desk.memory.put(notice, desk.settings.channels, clock.now())
        told = desk.deliver(clock.now())
    alerts.report_failures(told)
    for one in told:
        if not one.why:
            typer.echo(say(f"{one.channel}: sent", f"{one.channel}：已发送"))
    raise typer.Exit(Exit.FAILS if any(one.why for one in told) else Exit.FINE)


def send(inventory: Inventory = None) -> None:
    """Send."""
    from menshen import alerts, clock

    with alerts.desk(inventory) as desk:
        told = desk.deliver(clock.now())
    alerts.report_failures(told)
    raise typer.Exit(Exit.FAILS if any(one.why for one in told) else Exit.FINE)
