# SPDX-License-Identifier: Apache-2.0
"""Tasks of the Task Scheduler, as XML: the daily restart, and the guard that takes a change back.

Elements: MS-TSCH 2.5 (https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from policies.windows.state import Change, Command, StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.windows.state import Plan, State

_NAME: Final = re.compile(r"[A-Za-z0-9 _-]{1,100}\Z")
_SPACE: Final = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
_DAY: Final = 24
# As SYSTEM, on battery too, at most an hour, and never two at once.
_TASK: Final = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
<Triggers>{triggers}</Triggers>
<Principals><Principal id="Author"><UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel></Principal></Principals>
<Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
<ExecutionTimeLimit>PT1H</ExecutionTimeLimit><Enabled>true</Enabled></Settings>
<Actions Context="Author"><Exec><Command>{command}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""
# 03:30, local time; a PC that is off then starts afresh anyway.
_DAILY: Final = """<CalendarTrigger><StartBoundary>2026-01-01T03:30:00</StartBoundary><Enabled>true</Enabled>{repetition}
<ScheduleByDay><DaysInterval>{days}</DaysInterval></ScheduleByDay></CalendarTrigger>"""
_REPETITION: Final = "<Repetition><Interval>PT{hours}H</Interval><Duration>P1D</Duration></Repetition>"
# At the moment it is made, so long after; and when the PC starts again before that.
_GUARD: Final = (
    "<RegistrationTrigger><Enabled>true</Enabled><Delay>PT{seconds}S</Delay></RegistrationTrigger>"
    "<BootTrigger><Enabled>true</Enabled></BootTrigger>"
)


def names(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the tasks that steps speak of."""
    for step in steps:
        if not _NAME.match(step["name"]):
            message = f"{step['control']}: {step['name']!r} is no name of a task"
            raise StepError(message)
    return list(dict.fromkeys(step["name"] for step in steps))


def compare(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Add to `plan` the tasks that are missing or other than wanted."""
    for number, step in enumerate(steps):
        name = step["name"]
        former = state.tasks.get(name)
        if "action" not in step:
            if former is None:
                plan.cannot(step["control"], name, "no such task on this PC: its own installer makes it")
            continue
        text = restart(int(step["every_hours"]))
        if former is not None and holds(former, text):
            continue
        plan.change(Change(step["control"], "scheduled_task", name, None if former is None else "other", "as wanted"))
        made, kept = f"task{number}.xml", f"formertask{number}.xml"
        plan.files[made] = utf16(text)
        undo = f'schtasks.exe /delete /tn "{name}" /f'
        if former is not None:
            plan.files[kept] = utf16(former)
            undo = f'schtasks.exe /create /tn "{name}" /xml "%D%{kept}" /f'
        plan.commands.append(Command(f'schtasks.exe /create /tn "{name}" /xml "%D%{made}" /f', undo))


def restart(every_hours: int) -> str:
    """Give the task that restarts a PC: five minutes after a notice, by day or, below 24 hours, more often."""
    repetition = _REPETITION.format(hours=every_hours) if every_hours < _DAY else ""
    trigger = _DAILY.format(days=max(every_hours // _DAY, 1), repetition=repetition)
    return _TASK.format(triggers=trigger, command=r"%SystemRoot%\System32\shutdown.exe", arguments="/r /t 300 /d p:2:4")


def guard(seconds: int, script: str) -> str:
    """Give the task that runs `script` unless it is deleted before."""
    trigger = _GUARD.format(seconds=seconds)
    return _TASK.format(triggers=trigger, command=r"%SystemRoot%\System32\cmd.exe", arguments=escape(f'/d /c "{script}"'))


def utf16(text: str) -> bytes:
    """Write a task as schtasks reads it."""
    return ("\ufeff" + text.replace("\r\n", "\n").replace("\n", "\r\n")).encode("utf-16-le", "replace")


def holds(found: str, wanted: str) -> bool:
    """Tell whether a task has every element that is wanted, and triggers, accounts and actions no others.

    Windows adds elements and moves them about; text that is no task, or declares entities, holds nothing.
    """
    try:
        one, other = _tree(found), _tree(wanted)
    except (ET.ParseError, ValueError):
        return False
    exact = ("Triggers", "Principals", "Actions")
    if any(len(list(tree)) != 1 for tree in (one.find(_SPACE + "Actions"), other.find(_SPACE + "Actions")) if tree is not None):
        return False
    return set(_leaves(other)) <= set(_leaves(one)) and all(_count(one, part) == _count(other, part) for part in exact)


def _tree(text: str) -> ET.Element:
    if "<!" in text:
        raise ValueError("a task with a declaration")
    # The declaration speaks of the file's encoding, not of this text's.
    return ET.fromstring(re.sub(r"\A\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff")))  # noqa: S314 - no entities


def _count(tree: ET.Element, part: str) -> int:
    found = tree.find(_SPACE + part)
    return 0 if found is None else len(list(found))


def _leaves(tree: ET.Element, path: str = "") -> Iterator[tuple[str, str]]:
    here = f"{path}/{tree.tag}"
    if not len(tree):
        yield here, (tree.text or "").strip()
    for child in tree:
        yield from _leaves(child, here)
