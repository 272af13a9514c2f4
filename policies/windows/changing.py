# SPDX-License-Identifier: Apache-2.0
r"""The one batch that carries a plan out: keeps what stood before, arms the guard, changes, and reads everything back.

On the PC, `%SystemRoot%\Menshen\former\ID` keeps the former state (readable by administrators and the system only), with
`restore.cmd`, which brings it back, and `fire.cmd`, which does so unless somebody has decided that the change stays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from policies.formats import inf, reg
from policies.formats.reg import Block
from policies.windows import asking, registry, scheduled_task
from policies.windows.asking import HEAD, LOAD, QUIET, UNLOAD
from policies.windows.state import StepError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policies.formats.registry import Setting
    from policies.windows.state import Plan, State

    Steps: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]

FORMER: Final = r"%SystemRoot%\Menshen\former"
KEPT, RESTORED = "kept", "restored"
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
# Administrators and the system, by their SIDs; nothing inherited.
_PRIVATE: Final = r'icacls.exe "%SystemRoot%\Menshen" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F'
_AREAS: Final = {
    inf.SYSTEM_ACCESS: "SECURITYPOLICY",
    inf.PRIVILEGE_RIGHTS: "USER_RIGHTS",
    inf.GROUP_MEMBERSHIP: "GROUP_MGMT",
}


def changing(plan: Plan, state: State, steps: Steps, number: str, guard_seconds: int, look: bytes) -> dict[str, bytes]:
    """Give the files to carry to the PC; `number` names this change there, a guard of 0 seconds is none.

    Raises:
        StepError: `number` cannot name a folder.
    """
    if not _ID.match(number):
        message = f"{number!r} cannot name a change"
        raise StepError(message)
    kept = {
        "restore.cmd": asking.batch(_restore(plan, state)),
        "fire.cmd": asking.batch(_fire(number)),
        "restore.reg": reg.dump(backwards(plan, state)),
        **({"restore.inf": inf.dump(_template(plan, 0))} if plan.policy else {}),
        **{name: content for name, content in plan.files.items() if name.startswith("former")},
    }
    files = {**asking.reading(steps, look), **plan.files, **kept, "apply.reg": reg.dump(forwards(plan))}
    if plan.policy:
        files["apply.inf"] = inf.dump(_template(plan, 1))
    if guard_seconds:
        files["guard.xml"] = scheduled_task.utf16(scheduled_task.guard(guard_seconds, rf"{FORMER}\{number}\fire.cmd"))
    files["change.cmd"] = asking.batch([*_change(plan), *asking.lines(steps)])
    files[asking.PROGRAM] = asking.batch(_prepare(plan, number, kept, armed=bool(guard_seconds)))
    return files


def settling(number: str) -> dict[str, bytes]:
    """Give the batch that says all is well; it answers `kept`, or `restored` where the guard was faster."""
    folder = rf"{FORMER}\{number}"
    lines = [
        f'mkdir "{folder}\\decided" {QUIET}',
        f'if not errorlevel 1 echo {KEPT}>"{folder}\\decided\\how.txt"',
        f"schtasks.exe /delete /tn {_task(number)} /f {QUIET}",
        f'copy /y /b "{folder}\\decided\\how.txt" "%D%out\\decided.txt" {QUIET}',
    ]
    return {asking.PROGRAM: asking.batch(lines)}


def restoring(number: str) -> dict[str, bytes]:
    """Give the batch that brings the former state back at once."""
    return {asking.PROGRAM: asking.batch([f'call "{FORMER}\\{number}\\fire.cmd"'])}


def forwards(plan: Plan) -> tuple[Block, ...]:
    """Give the registry part of a plan."""
    return _blocks(plan, [(place, new) for place, (_, new) in plan.registry.items()])


def backwards(plan: Plan, state: State) -> tuple[Block, ...]:
    """Give what brings the registry back, byte for byte: former values, no values that are new, no keys that are new."""
    created = {key for place in plan.registry if (key := _topmost(_key(plan, place), state))}
    old = [
        (place, former) for place, (former, _) in plan.registry.items() if not any(asking.below(place[0], key) for key in created)
    ]
    return (*_blocks(plan, old), *(Block(key, removed=True) for key in sorted(created)))


def _topmost(key: str, state: State) -> str:
    """Give the highest key that is made with `key`; "" where it exists."""
    found = ""
    while key.lower() not in state.keys and key.count("\\") > 1:
        found, key = key, key.rpartition("\\")[0]
    return found


def _key(plan: Plan, place: tuple[str, str]) -> str:
    return next(one.key for one in plan.registry[place] if one)


def _blocks(plan: Plan, values: list[tuple[tuple[str, str], Setting | None]]) -> tuple[Block, ...]:
    keys: dict[str, tuple[str, list[Setting], list[str]]] = {}
    for place, one in values:
        _, settings, absent = keys.setdefault(place[0], (_key(plan, place), [], []))
        if one:
            settings.append(one)
        else:
            absent.append(next(other.name for other in plan.registry[place] if other))
    return tuple(Block(key, tuple(settings), tuple(absent)) for key, settings, absent in keys.values())


def _template(plan: Plan, side: int) -> dict[str, dict[str, str]]:
    return {section: {name: pair[side] for name, pair in names.items()} for section, names in plan.policy.items()}


def _prepare(plan: Plan, number: str, kept: Mapping[str, bytes], *, armed: bool) -> Iterator[str]:
    folder, failed = rf"{FORMER}\{number}", r'echo {}>>"%D%out\failed.txt"'
    yield f'mkdir "{folder}" {QUIET}'
    yield f"{_PRIVATE} /q {QUIET}"
    yield f"if errorlevel 1 {failed.format('icacls')}"
    for name in kept:
        yield f'copy /y /b "%D%{name}" "{folder}\\{name}" {QUIET}'
        yield f'if not exist "{folder}\\{name}" {failed.format("copy")}'
    for index, key in enumerate(dict.fromkeys(_key(plan, place) for place in plan.registry)):
        yield f'reg.exe export "{key}" "{folder}\\first{index}.reg" /y {QUIET}'
    if armed:
        yield f'schtasks.exe /create /tn {_task(number)} /xml "%D%guard.xml" /f {QUIET}'
        yield f"if errorlevel 1 {failed.format('guard')}"
    yield r'if not exist "%D%out\failed.txt" call "%D%change.cmd"'


def _change(plan: Plan) -> Iterator[str]:
    yield from _registry(plan, "apply.reg")
    if plan.policy:
        yield _secedit(plan, "apply")
    yield from (f"{command.line} {QUIET}" for command in plan.commands)


def _restore(plan: Plan, state: State) -> Iterator[str]:
    yield from (f"{command.undo} {QUIET}" for command in reversed(plan.commands) if command.undo)
    if plan.policy:
        yield _secedit(plan, "restore")
    if backwards(plan, state):
        yield from _registry(plan, "restore.reg")


def _registry(plan: Plan, name: str) -> Iterator[str]:
    if not plan.registry:
        return
    profile = any(registry.DEFAULT_PROFILE.lower() in place[0] for place in plan.registry)
    yield from [LOAD] * profile
    yield f'reg.exe import "%D%{name}" {QUIET}'
    yield from [UNLOAD] * profile


def _secedit(plan: Plan, name: str) -> str:
    areas = " ".join(_AREAS[section] for section in _AREAS if section in plan.policy)
    return f'secedit.exe /configure /db "%D%{name}.sdb" /cfg "%D%{name}.inf" /areas {areas} /quiet {QUIET}'


def _fire(number: str) -> Iterator[str]:
    yield f'mkdir "%D%decided" {QUIET}'
    yield "if errorlevel 1 exit /b 3"
    yield f'echo {RESTORED}>"%D%decided\\how.txt"'
    yield 'call "%D%restore.cmd"'
    yield f"schtasks.exe /delete /tn {_task(number)} /f {QUIET}"


def _task(number: str) -> str:
    return f'"Menshen guard {number}"'


__all__ = ["HEAD", "changing", "restoring", "settling"]
