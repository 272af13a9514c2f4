# SPDX-License-Identifier: Apache-2.0
"""What people are to look at, what they looked at, and until when that counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from menshen import clock, duration, evidence_files
from menshen.audit import baselines_of, chosen_controls
from menshen.language import say
from menshen.trouble import TroubleError, demand_controls
from policies.manual import EVERY_DAYS, SITE
from policies.merge import choose
from policies.problems import nearest
from policies.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from menshen.evidence_files import Kept
    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.control import Control
    from reports.ledger import Standing

RESULTS: Final = ("pass", "fail")
BY_HAND: Final = "by_hand"
# Clocks of cameras and notebooks differ a little; beyond this a look lies in the future and proves nothing.
AHEAD: Final = timedelta(minutes=5)
_SILENT: Final = frozenset({Verdict.UNKNOWN, Verdict.ERROR, Verdict.MANUAL_DUE})


@dataclass(frozen=True, slots=True)
class Look:
    """One inspection to be recorded: `at` is UTC (`2026-11-22T06:40:00Z`), `valid_for` an ISO 8601 duration or ""."""

    control: str
    subject: str
    result: str
    inspector: str
    at: str
    note: str = ""
    valid_for: str = ""
    evidence: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """How an inspection stands: `state` is never, failed, expired, soon or fine; times are UTC stamps or ""."""

    control: str
    subject: str
    state: str
    frequency: str
    evidence: tuple[str, ...]
    last: str = ""
    result: str = ""
    inspector: str = ""
    expires: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form."""
        return {name: getattr(self, name) for name in self.__slots__} | {"evidence": list(self.evidence)}


def days_of(catalogue: Catalogue, control: Control, subject: Subject) -> int:
    """Give after how many days a look at `control` on `subject` must be repeated: the strictest of its baselines."""
    chosen = choose(control, subject.kind, baselines_of(catalogue, subject), subject.parameters.get(control.id), None)
    days = chosen.values.get(EVERY_DAYS, control.parameters[EVERY_DAYS].default)
    return int(str(days))


def checked(catalogue: Catalogue, subjects: Mapping[str, Subject], look: Look) -> Look:
    """Refuse a look that could never count.

    Raises:
        TroubleError: no such control or subject, nobody asks a person there, a wrong result or duration, a time ahead of now,
            no inspector, or a machine is answered for without any evidence file.
    """
    demand_controls([look.control], catalogue.controls)
    control = catalogue.controls[look.control]
    wrong = _wrong(control, subjects, look)
    if wrong:
        raise TroubleError(say(f"{look.control}: {wrong}", f"{look.control}：{wrong}"))
    return look


def _wrong(control: Control, subjects: Mapping[str, Subject], look: Look) -> str:
    subject = subjects.get(look.subject)
    if control.inspect is None:
        return say("no person is asked to look at this", "此控制项不由人工检查")
    if subject is None:
        return say(f"no such subject: {look.subject}", f"没有此对象：{look.subject}") + nearest(look.subject, subjects)
    if subject.kind not in control.kinds:
        kinds = ", ".join(control.kinds)
        return say(f"{look.subject} is of kind {subject.kind}, not {kinds}", f"{look.subject} 属于 {subject.kind}，应为：{kinds}")
    if subject.kind != SITE and look.result == "pass" and not look.evidence:
        asked = ", ".join(control.inspect.evidence)
        return say(
            f"a machine is answered for only with evidence ({asked}): add --evidence FILE",
            f"代替机器作答须附证据（{asked}）：请加 --evidence 文件",
        )
    return _wrong_words(look) or _wrong_duration(look.valid_for)


def _wrong_words(look: Look) -> str:
    if look.result not in RESULTS:
        return say(f"the result is pass or fail, not {look.result!r}", f"结果应为 pass 或 fail，而不是 {look.result!r}")
    if not look.inspector.strip():
        return say("who looked is missing (--inspector)", "缺少检查人（--inspector）")
    if datetime.fromisoformat(look.at) > datetime.now(UTC) + AHEAD:
        return say(f"{look.at} lies in the future", f"{look.at} 是将来的时间")
    return ""


def _wrong_duration(text: str) -> str:
    try:
        duration.read(text or "P1D")
    except TroubleError as error:
        return str(error)
    return ""


def row(catalogue: Catalogue, subject: Subject, look: Look, files: Sequence[Kept], now: str) -> dict[str, Any]:
    """Give the row of `attestations` for a look that passed `checked`: it expires after the control's days, or earlier."""
    days = days_of(catalogue, catalogue.controls[look.control], subject)
    seen = datetime.fromisoformat(look.at)
    until = seen + timedelta(days=days)
    if look.valid_for:
        until = min(until, duration.read(look.valid_for).after(seen))
    return {
        "control": look.control,
        "subject": look.subject,
        "result": look.result,
        "inspector": look.inspector.strip(),
        "inspected_at": int(seen.timestamp()),
        "note": look.note,
        "files": len(files),
        "sha256": evidence_files.together(files),
        "frequency": duration.of_days(days),
        "expires_at": int(until.timestamp()),
        "evidence": json.dumps([one.to_json() for one in files], ensure_ascii=False),
        "recorded_at": int(datetime.fromisoformat(now).timestamp()),
    }


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two rows are of one look: a form that is read twice records nothing twice."""
    return all(one.get(name) == other.get(name) for name in ("control", "subject", "result", "inspector", "inspected_at", "sha256"))


def dues(
    catalogue: Catalogue,
    subjects: Sequence[Subject],
    rows: Sequence[Mapping[str, Any]],
    standings: Iterable[Standing],
    now: str,
    soon: duration.Duration,
) -> list[Due]:
    """Tell how every inspection stands: of sites, and of machines whose newest audit had no answer of their own."""
    silent = {(one.finding.control, one.finding.subject) for one in standings if _needs_hands(one)}
    newest = _newest(rows)
    found = []
    for subject, control in _asked(catalogue, subjects, silent):
        last = newest.get((control.id, subject.name)) or (newest.get((control.id, "")) if subject.kind == SITE else None)
        found.append(_due(catalogue, control, subject, last, datetime.fromisoformat(now), soon))
    order = ("failed", "never", "expired", "soon", "fine")
    return sorted(found, key=lambda one: (order.index(one.state), one.expires, one.control, one.subject))


def _needs_hands(standing: Standing) -> bool:
    finding = standing.finding
    return finding.actual in _SILENT or any(row.get("state") == BY_HAND for row in finding.evidence)


def _asked(catalogue: Catalogue, subjects: Sequence[Subject], silent: set[tuple[str, str]]) -> Iterator[tuple[Subject, Control]]:
    for subject in subjects:
        for name in chosen_controls(baselines_of(catalogue, subject), subject.kind):
            control = catalogue.controls[name]
            if control.inspect and (control.is_manual(subject.kind) or (name, subject.name) in silent):
                yield subject, control


def _newest(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    # Of two at one second the bad one counts, as in the control's own query.
    ordered = sorted(rows, key=lambda row: (row["inspected_at"], row["result"] == "fail"))
    return {(row["control"], row.get("subject") or ""): row for row in ordered}


def _due(
    catalogue: Catalogue, control: Control, subject: Subject, last: Mapping[str, Any] | None, now: datetime, soon: duration.Duration
) -> Due:
    days = days_of(catalogue, control, subject)
    asked = control.inspect.evidence if control.inspect else ()
    if last is None:
        return Due(control.id, subject.name, "never", duration.of_days(days), asked)
    seen = datetime.fromtimestamp(last["inspected_at"], UTC)
    expires = seen + timedelta(days=days)
    if last.get("expires_at") is not None:
        expires = min(expires, datetime.fromtimestamp(last["expires_at"], UTC))
    if last["result"] != "pass":
        state = "failed"
    elif expires < now or seen > now:
        state = "expired"
    else:
        state = "soon" if expires <= soon.after(now) else "fine"
    inspector, stamps = last["inspector"], (clock.stamp(seen), clock.stamp(expires))
    return Due(control.id, subject.name, state, duration.of_days(days), asked, stamps[0], last["result"], inspector, stamps[1])
