# SPDX-License-Identifier: Apache-2.0
"""Services: how they start (registry numbers) and whether they run (the numbers of sc.exe)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from policies.formats.registry import HIVES
from policies.windows.state import Change, Command, StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.windows.state import Plan, State

KEY: Final = HIVES["HKLM"] + r"\SYSTEM\CurrentControlSet\Services"
RUNNING: Final = 4
STOPPED: Final = 1
_STARTS: Final = ("boot", "system", "auto", "demand", "disabled")
_AUTO, _DISABLED = 2, 4
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,256}\Z")


def names(steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """List the services that steps speak of."""
    return list(dict.fromkeys(name for step in steps for name in _names(step)))


def compare(steps: Sequence[Mapping[str, Any]], state: State, plan: Plan) -> None:
    """Add to `plan` what differs: services that are not on the PC need no stopping."""
    for step in steps:
        for name in _names(step):
            start = state.values.get((f"{KEY}\\{name}".lower(), "start"))
            if start is None or not isinstance(start.value, int) or start.value >= len(_STARTS):
                if step.get("enabled") or step.get("state") == "started":
                    plan.cannot(step["control"], name, "no such service on this PC")
                continue
            # Undone in reverse: what was stopped may start again only after it may start at all.
            if step.get("state") == "stopped":
                _run(step, name, state, plan)
            _start(step, name, start.value, state, plan)
            if step.get("state") == "started":
                _run(step, name, state, plan)


def _names(step: Mapping[str, Any]) -> Iterator[str]:
    for name in step["names"]:
        if not _NAME.match(name):
            message = f"{step['control']}: {name!r} is no name of a service"
            raise StepError(message)
        yield name


def _start(step: Mapping[str, Any], name: str, now: int, state: State, plan: Plan) -> None:
    if "enabled" not in step or (now == _DISABLED) != step["enabled"]:
        return
    new = _AUTO if step["enabled"] else _DISABLED
    plan.change(Change(step["control"], "service", f"{name} start", _STARTS[now], _STARTS[new]))
    delayed = state.values.get((f"{KEY}\\{name}".lower(), "delayedautostart"))
    former = "delayed-auto" if now == _AUTO and delayed and delayed.value == 1 else _STARTS[now]
    plan.commands.append(Command(_config(name, _STARTS[new]), _config(name, former)))


def _run(step: Mapping[str, Any], name: str, state: State, plan: Plan) -> None:
    wanted = step["state"]
    now = state.services.get(name.lower())
    if now is None:
        plan.cannot(step["control"], name, "whether it runs could not be read")
        return
    on, off = f"net.exe start {name}", f"net.exe stop {name} /y"
    if wanted == "stopped" and now != STOPPED:
        plan.change(Change(step["control"], "service", f"{name} state", "running", "stopped"))
        plan.commands.append(Command(off, on))
    elif wanted == "started" and now != RUNNING:
        plan.change(Change(step["control"], "service", f"{name} state", "stopped", "running"))
        plan.commands.append(Command(on, off))


def _config(name: str, start: str) -> str:
    return f"sc.exe config {name} start= {start}"
