# SPDX-License-Identifier: Apache-2.0
"""The outage plan as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from menshen import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.outage import Plan, Step, When
    from policies.text import Language

    Word = Callable[[str, str], str]


def plan_tables(plan: Plan, language: Language) -> list[object]:
    """Give the plan in words: what is stopped when, what comes back, who hangs on what."""

    def word(en: str, zh: str) -> str:
        return zh if language == "zh" else en

    charge = plan.restart.charge_percent
    return [
        plan.title.in_language(language),
        _figures(plan, word),
        _stops(plan, word, language),
        word(f"After the mains are back, from {charge:g}% charge on:", f"市电恢复且电量达到 {charge:g}% 后："),
        _starts(plan, word),
        _feeds(plan, word),
        word("Never touched: ", "不得操作：") + (", ".join(plan.never) or "–"),
        word("Told: ", "通知：") + ("; ".join(f"{one.name} ({one.role})" for one in plan.tell) or "–"),
    ]


def _stops(plan: Plan, word: Word, language: Language) -> object:
    rows = [
        [str(number), tier.title.in_language(language), _when(tier.when, word), ", ".join(step.subjects), _how(step), _limit(step)]
        for number, tier in enumerate(plan.tiers, 1)
        for step in tier.steps
    ]
    last = plan.monitor
    itself, when = word("the monitor itself, last", "监控机自身（最后）"), word("its own power is about to be lost", "自身即将断电")
    rows.append([str(len(plan.tiers) + 1), itself, when, ", ".join(last.subjects), _how(last), _limit(last)])
    columns = [
        word("tier", "级别"),
        word("title", "名称"),
        word("due when", "触发条件"),
        word("subjects", "对象"),
        word("by", "方式"),
        word("time limit", "时限"),
    ]
    return console.table(columns, rows, whole=1)


def _starts(plan: Plan, word: Word) -> object:
    parts = ((word("start", "启动"), plan.restart.steps), (word("check", "检查"), plan.restart.checks))
    rows = [[what, ", ".join(step.subjects), _how(step), _limit(step)] for what, steps in parts for step in steps]
    columns = [word("what", "动作"), word("subjects", "对象"), word("by", "方式"), word("time limit", "时限")]
    return console.table(columns, rows, whole=0)


def _feeds(plan: Plan, word: Word) -> object:
    rows = [[supply.subject, ", ".join(supply.upses), str(supply.needs)] for supply in plan.supplies.values()]
    return console.table([word("subject", "对象"), word("hangs on", "供电 UPS"), word("needs", "至少需要")], rows, whole=0)


def _limit(step: Step) -> str:
    return f"{step.seconds:g} s × {step.retries + 1}"


def _figures(plan: Plan, word: Word) -> str:
    figures = plan.targets
    alone, hours, room = figures.ups_only_minutes, figures.generator_minutes / 60, figures.room_runtime_minutes
    return word(
        f"On the UPS alone up to {alone:g} min; beyond that what can wait is shed; beyond {hours:g} h a generator."
        f" The room is to run {room:g} min.",
        f"{alone:g} 分钟内仅靠 UPS；超过则关闭非关键设备；超过 {hours:g} 小时接发电机。机房须可供电 {room:g} 分钟。",
    )


def _when(when: When | None, word: Word) -> str:
    if when is None:
        return word("only when the power is about to be lost", "仅在即将断电时")
    parts = [
        (when.minutes_on_battery, word("on battery ≥ {:g} min", "电池供电 ≥ {:g} 分钟")),
        (when.forecast_minutes, word("expected > {:g} min", "预计 > {:g} 分钟")),
        (when.runtime_minutes, word("runtime ≤ {:g} min", "续航 ≤ {:g} 分钟")),
        (when.charge_percent, word("charge ≤ {:g}%", "电量 ≤ {:g}%")),
        (when.temperature_c, word("temperature ≥ {:g} °C", "温度 ≥ {:g} ℃")),
    ]
    return word(" or ", " 或 ").join(pattern.format(value) for value, pattern in parts if value is not None)


def _how(step: Step) -> str:
    return " ".join(step.command) if step.command else f"{step.playbook} [{', '.join(step.tags)}]"
