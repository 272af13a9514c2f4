# SPDX-License-Identifier: Apache-2.0
"""What a test bed cannot prove and one real PC can: that every command and script answers there as it is read here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agents.source import FAULTS, Ask, Constraint, NotObservedError
from agents.tables.windows import TABLES, function
from agents.windows import scripts
from agents.windows.roots import ROOTS
from policies import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agents.windows.pc import Pc

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
# Windows 10 and 11 know 59 and more sub-categories of the audit policy.
_CATEGORIES: Final = 59
_CLOCK_SECONDS: Final = 300
# A key that both ways of reading must agree on: by export, and by itself.
_TWICE: Final = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"
_FULL: Final = "FullLanguage"
# Tables that need a path in the question.
_PATHS: Final = frozenset({"file"})


_SCRIPTS: Final = scripts.OBJECTS - {"files"}
# Files that every Windows has.
_PATTERN: Final = r"C:\Windows\System32\drivers\etc\%"


@dataclass(frozen=True, slots=True)
class Check:
    """One point: `outcome` is pass, fail or unknown; `detail` holds figures and names, no sentence."""

    id: str
    outcome: str
    detail: str


def examine(pc: Pc, now: float) -> Iterator[Check]:
    """Look at one PC in every way there is, and yield what came of it; `now` is our own clock, Unix seconds."""
    started = time.monotonic()
    pc.prepare(sorted(_SCRIPTS), exports=True)
    yield Check("visit", PASS, f"{time.monotonic() - started:.1f} s")
    yield _is("administrator", ok=pc.administrator, detail="")
    yield _is("clock", ok=abs(pc.now - now) <= _CLOCK_SECONDS, detail=f"{pc.now - now:+.0f} s")
    yield from _engine(pc)
    yield from (_export(pc, root) for root in ROOTS)
    yield _users(pc)
    yield _twice(pc)
    yield from _policies(pc)
    yield from (_script(pc, name) for name in sorted(_SCRIPTS - {"engine"}))
    yield from (_table(pc, table) for table in sorted(TABLES.keys() - _PATHS))
    yield _files(pc)


def _is(name: str, *, ok: bool, detail: str) -> Check:
    return Check(name, PASS if ok else FAIL, detail)


def _engine(pc: Pc) -> Iterator[Check]:
    try:
        one = pc.objects("engine")[0]
    except (NotObservedError, IndexError) as error:
        yield Check("powershell", UNKNOWN, str(error))
        return
    detail = f"{one.get('version')} {one.get('mode')} {one.get('culture')}"
    yield _is("powershell", ok=one.get("mode") == _FULL, detail=detail)
    # The folder of this very visit is the one that may be there.
    yield _is("clean", ok=one.get("left_behind") in {0, 1}, detail=str(one.get("left_behind")))


def _export(pc: Pc, root: str) -> Check:
    name = f"export {root}"
    try:
        key = pc.hive.key(root)
    except NotObservedError as error:
        return Check(name, UNKNOWN, str(error))
    return Check(name, PASS, "0" if key is None else f"{len(key.subkeys)} + {len(key.values)}")


def _users(pc: Pc) -> Check:
    people = [path for path in pc.hive.below("HKEY_USERS") if "\\S-1-5-21-" in path and not path.endswith("_Classes")]
    read = [path for path in people if pc.hive.key(rf"{path}\Control Panel\Desktop") is not None]
    if not people:
        return Check("users", UNKNOWN, "0")
    return _is("users", ok=read == people, detail=f"{len(read)} / {len(people)}")


def _twice(pc: Pc) -> Check:
    exported = pc.hive.key(_TWICE)
    alone = pc.single(_TWICE)
    if exported is None or alone is None or isinstance(alone, str):
        return Check("twice", UNKNOWN, _TWICE)
    first, second = ({(one.name.lower(), one.type, one.data) for one in key.values} for key in (exported, alone))
    other = sorted({name for name, _, _ in first ^ second})
    return _is("twice", ok=not other, detail=", ".join(other) or str(len(first)))


def _policies(pc: Pc) -> Iterator[Check]:
    try:
        policy = pc.policy()
        rights = policy.get("Privilege Rights", {})
        names = sorted(
            {one for value in rights.values() for one in value.split(",") if one and not one.strip().startswith("*S-1-")}
        )
        yield _is("policy", ok={"System Access", "Privilege Rights"} <= policy.keys(), detail=f"{len(rights)} {' '.join(names)}")
    except NotObservedError as error:
        yield Check("policy", UNKNOWN, str(error))
    try:
        yield _is("audit", ok=len(pc.audit()) >= _CATEGORIES, detail=str(len(pc.audit())))
    except NotObservedError as error:
        yield Check("audit", UNKNOWN, str(error))


def _script(pc: Pc, name: str) -> Check:
    try:
        rows = pc.objects(name)
    except NotObservedError as error:
        return Check(f"script {name}", FAIL, str(error))
    # A property that is empty in every object may have another name on this Windows.
    empty = sorted(key for key in {key for row in rows for key in row} if all(row.get(key) is None for row in rows))
    return Check(f"script {name}", PASS, f"{len(rows)} {' '.join(empty)}".strip())


def _table(pc: Pc, table: str) -> Check:
    columns = frozenset(column.name for column in schema.find(table).columns)
    try:
        count = sum(1 for _ in function(table)(pc, Ask(columns)))
    except NotObservedError as error:
        return Check(f"table {table}", UNKNOWN, str(error))
    except FAULTS as error:
        # Just what the doctor is for: an object that looks otherwise than was thought.
        return Check(f"table {table}", FAIL, f"{type(error).__name__}: {error}")
    return Check(f"table {table}", PASS, str(count))


def _files(pc: Pc) -> Check:
    ask = Ask(frozenset({"path"}), {"path": (Constraint("LIKE", _PATTERN),)})
    try:
        names = [str(row["path"]) for row in function("file")(pc, ask)]
    except NotObservedError as error:
        return Check("table file", UNKNOWN, str(error))
    return _is("table file", ok=any(name.endswith("hosts") for name in names), detail=str(len(names)))
