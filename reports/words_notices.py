# SPDX-License-Identifier: Apache-2.0
"""The words of alerts, in Chinese and English side by side."""

from __future__ import annotations

NOTICES: dict[str, tuple[str, str]] = {
    "notice.info": ("提示", "Info"),
    "notice.warning": ("警告", "Warning"),
    "notice.critical": ("严重", "Critical"),
    "notice.healed": ("已恢复", "Healed"),
    "notice.heading": ("[门神] {mark}：{subject}：{title}", "[Menshen] {mark}: {subject}: {title}"),
    "notice.and_more": ("{first}（另有 {n} 条）", "{first} (and {n} more)"),
    "notice.not_shown": ("另有 {n} 条未列出：menshen alerts list", "{n} more are not shown: menshen alerts list"),
    "notice.more_lines": ("另有 {n} 行", "more lines: {n}"),
    "notice.since": ("始于：{time}", "Since: {time}"),
    "notice.command": ("查看详情：{command}", "More: {command}"),
    "notice.cut": ("……（内容过长，已截断）", "… (too long, cut)"),
    "notice.move": ("由“{before}”变为“{after}”", "{before} → {after}"),
    "notice.last_good": ("最近一次符合（UTC）：{time}", "last met (UTC): {time}"),
    "notice.test": ("这是一条测试消息，无需处理。", "This is a test message; nothing needs to be done."),
}
