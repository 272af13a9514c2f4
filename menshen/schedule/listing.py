# SPDX-License-Identifier: Apache-2.0
"""Show the jobs: when each is due, when it ran, how it ended, and whether its timer runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from menshen import clock, console
from menshen.language import say
from menshen.schedule import overdue, systemd
from menshen.schedule.units import PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from menshen.schedule.run import Shop
    from menshen.schedule.systemd import Units
    from policies.text import Language


def rows(shop: Shop, units: Units) -> list[dict[str, Any]]:
    """Give a row a job; `timer` is systemd's word for it (`active`, `inactive`), `absent` where it is not installed."""
    at, present = clock.now(), set(units.present())
    found = []
    for job in shop.jobs:
        timer = f"{PREFIX}{job.name}.timer"
        state = units.state(timer) if units.started and timer in present else {}
        last = shop.state.last(job.name)
        missed = last and overdue.miss(job, last, at)
        found.append(
            {
                "job": job.name,
                "what": job.what,
                "when": job.when,
                "timer": state.get("ActiveState", "written" if timer in present else "absent"),
                "next": systemd.next_elapse(state.get("NextElapseUSecRealtime", "")),
                "began": (last.began if last else "") or None,
                "ended": (last.ended if last else "") or None,
                "error": last.error if last else "",
                "missed": missed.due if missed else None,
            }
        )
    return found


def table(found: Sequence[dict[str, Any]], language: Language) -> Table:
    """Make the table of the rows."""
    names = say("job what when timer next began how", "任务 内容 时间 定时器 下次 上次开始 结果", language).split()
    return console.table(names, [_cells(one, language) for one in found])


def _cells(one: dict[str, Any], language: Language) -> list[str]:
    return [
        one["job"],
        one["what"],
        one["when"],
        one["timer"],
        clock.local(one["next"]) if one["next"] else "–",
        clock.local(one["began"]) if one["began"] else "–",
        _how(one, language),
    ]


def _how(one: dict[str, Any], language: Language) -> str:
    if one["missed"]:
        due = clock.local(one["missed"])
        return say(f"missed: was due {due}", f"漏跑：应于 {due} 运行", language)
    if one["error"]:
        from reports.reasons import said

        return said(one["error"], language)
    if not one["began"]:
        return say("not run yet", "尚未运行", language)
    return say("fine", "正常", language) if (one["ended"] or "") >= one["began"] else say("running", "运行中", language)
