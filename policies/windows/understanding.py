# SPDX-License-Identifier: Apache-2.0
"""The state of a PC out of the files that the reading batch left: exports, templates, backups; numbers and SIDs, no words."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeAlias

from policies.formats import auditpol, inf, pol, reg
from policies.formats.registry import HIVES, FormatError
from policies.windows import asking, registry, scheduled_task, security_policy, service
from policies.windows.gpo import of_archive, of_templates
from policies.windows.state import Drive, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    Steps: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
    Files: TypeAlias = Mapping[str, bytes]

# High and system integrity: a token that was cut down to a plain user's has neither.
_ELEVATED: Final = re.compile(rb"S-1-16-(?:12288|16384)\b")
_PERSON: Final = re.compile(r"(?:S-1-5-21-[0-9-]+|S-1-12-1-[0-9-]+|\.DEFAULT)\Z", re.IGNORECASE)
_NUMBERS: Final = re.compile(rb"^[^\n:]*:[ \t]+([0-9a-f]+)[ \t]+[A-Z]", re.MULTILINE)
_NO_RIGHTS: Final = "the account that looked is no administrator of this PC"


def state(steps: Steps, files: Files) -> State:
    """Understand what was read.

    Raises:
        FormatError: a file is not what its tool writes.
    """
    unread: dict[str, str] = {}
    blocks = [block for name, content in files.items() if _is_export(name) for block in _load(name, content)]
    policy = _part(files, "policy.inf", inf.load, unread, security_policy.UNREAD) or {}
    groups, drives = _looked(files.get("look.txt", b""))
    services = _services(files.get("services.txt", b""))
    gpo = of_archive(_part(files, "ntuser.pol", pol.load, {}, "") or ())
    return State(
        values={one.place: one for block in blocks for one in block.settings},
        keys=frozenset({block.key.lower() for block in blocks} | _there(steps, files)),
        hives=tuple(_hives(files, unread)),
        policy=policy,
        audit=_part(files, "audit.csv", auditpol.load, unread, "auditpol") or {},
        services={name.lower(): number for name, number in services.items()},
        running=tuple(name for name, number in services.items() if number == service.RUNNING),
        tasks=_tasks(steps, files),
        groups=groups,
        drives=drives,
        gpo={**gpo, **of_templates(content for name, content in files.items() if name.lower().startswith("gpt"))},
        unread=unread,
    )


def elevated(files: Files) -> bool | None:
    """Tell whether whoever looked has an administrator's rights; None where `whoami` does not say."""
    said = files.get("who.txt", b"").replace(b"\0", b"")
    return bool(_ELEVATED.search(said)) if b"S-1-" in said else None


def _is_export(name: str) -> bool:
    return name.endswith(".reg")


def _load(name: str, content: bytes) -> tuple[reg.Block, ...]:
    try:
        return reg.load(content)
    except FormatError as error:
        message = f"{name}: {error}"
        raise FormatError(message) from error


def _part(files: Files, name: str, load: Any, unread: dict[str, str], what: str) -> Any:
    """Load one file; where it is missing or broken, say so under `what`."""
    if name not in files:
        unread[what] = f"{what} gave nothing: {_NO_RIGHTS}" if elevated(files) is False else f"{what} gave nothing"
        return None
    try:
        return load(files[name])
    except FormatError as error:
        unread[what] = f"{what}: {error}"
        return None


def _there(steps: Steps, files: Files) -> set[str]:
    numbers = set(files.get("keys.txt", b"").decode("ascii", "replace").split())
    return {key.lower() for number, key in enumerate(asking.ups(steps)) if f"u{number}" in numbers}


def _hives(files: Files, unread: dict[str, str]) -> Iterator[str]:
    text = files.get("hives.txt", b"").decode("ascii", "replace")
    names = [line.strip().rpartition("\\")[2] for line in text.splitlines() if line.strip().upper().startswith(HIVES["HKU"])]
    yield from (name for name in names if _PERSON.match(name))
    if registry.DEFAULT_PROFILE in names:
        yield registry.DEFAULT_PROFILE
    elif "profile.txt" in files:
        unread["profile"] = "the profile of new users could not be loaded"


def _services(content: bytes) -> dict[str, int]:
    """Read what sc.exe lists: a block a service, its name first, then numbers: type, state. Its words may be translated."""
    found = {}
    for block in content.replace(b"\r", b"").split(b"\n\n"):
        name = block.strip().split(b"\n", 1)[0].rpartition(b":")[2].strip().decode("ascii", "replace")
        numbers = _NUMBERS.findall(block)
        if name and len(numbers) > 1:
            found[name] = int(numbers[1], 16)
    return found


def _tasks(steps: Steps, files: Files) -> dict[str, str]:
    found = {}
    for number, name in enumerate(scheduled_task.names(steps.get("scheduled_task", ()))):
        content = files.get(f"task{number}.xml", b"")
        if b"<" in content.replace(b"\0", b""):
            found[name] = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "latin-1", "replace")
    return found


def _looked(content: bytes) -> tuple[dict[str, frozenset[str]], tuple[Drive, ...]]:
    """Read what look.ps1 says: `group SID`, `member SID SID`, `drive LETTER PROTECTION CONVERSION METHOD`."""
    members: dict[str, set[str]] = defaultdict(set)
    drives = []
    for line in content.decode("utf-16" if content[:2] == b"\xff\xfe" else "ascii", "replace").splitlines():
        match line.split():
            case ["group", group]:
                members[group].update()
            case ["member", group, sid]:
                members[group].add(sid)
            case ["drive", letter, *numbers] if len(numbers) == len(("protection", "conversion", "method")):
                drives.append(Drive(letter.strip("-"), *(_number(number) for number in numbers)))
    return {group: frozenset(sids) for group, sids in members.items()}, tuple(drives)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
