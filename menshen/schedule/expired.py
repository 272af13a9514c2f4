# SPDX-License-Identifier: Apache-2.0
"""Enforce again what an exception no longer allows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from menshen import clock
from policies.text import Text
from reports.notify.notice import Notice, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from menshen.ansible import Host
    from menshen.schedule.state import State
    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.exception import Grant

DONE: Final = "enforced"
GUARD_SECONDS: Final = 120


def ended(grants: Iterable[Grant], today: date) -> list[Grant]:
    """List the exceptions that have ended."""
    return [grant for grant in grants if grant.until < today]


def concerned(grant: Grant, subjects: Sequence[Subject], catalogue: Catalogue) -> list[str]:
    """List the hosts on which the control of an exception can be enforced by `apply`."""
    control = catalogue.controls[grant.control]
    rule = control.kinds.get("linux")
    if rule is None or not rule.enforce:
        return []
    return [
        one.name
        for one in subjects
        if one.kind == "linux" and (one.name in grant.subjects or any(group in grant.subjects for group in one.groups))
    ]


def enforce(inventory: Path, ledger: Path, state: State) -> list[Notice]:
    """Apply the controls of exceptions that have ended on their hosts, each host once; a host that failed is tried again."""
    from menshen.inventory import grants, read
    from policies.catalogue import load

    catalogue = load(whole=False)
    today = date.fromisoformat(clock.now()[:10])
    over = ended(grants(inventory, catalogue), today)
    done: dict[str, list[str]] = state.read(DONE) or {}
    subjects = read(inventory) if over else []
    found: list[Notice] = []
    for grant in over:
        # An exception that was prolonged and ended again is another one.
        key = f"{grant.id}/{grant.until.isoformat()}"
        left = [name for name in concerned(grant, subjects, catalogue) if name not in done.get(key, [])]
        if not left:
            continue
        hosts = _applied(inventory, ledger, grant.control, left)
        found += [_notice(grant, name, host) for name, host in hosts.items()]
        done.setdefault(key, []).extend(name for name, host in hosts.items() if not _wrong(host))
        state.write(DONE, done)
    return found


def _applied(inventory: Path, ledger: Path, control: str, names: list[str]) -> dict[str, Host]:
    from menshen.ansible import Play
    from menshen.applied import remembered
    from menshen.inventory import hosts_file

    play = Play(hosts_file(inventory).resolve(), ",".join(names), (control,), apply=True, guard_seconds=GUARD_SECONDS)
    with remembered(ledger, play) as hosts:
        hosts.update(play.run())
    return hosts


def _wrong(host: Host) -> str:
    return host.failed or host.unreachable


def _notice(grant: Grant, name: str, host: Host) -> Notice:
    """Say what became of it: enforced again (news, and no trouble), or not yet."""
    until = grant.until.isoformat()
    lines = [Text(en=f"exception {grant.id} ended on {until}", zh=f"例外 {grant.id} 已于 {until} 到期")]
    if why := _wrong(host):
        title = Text(en=f"{grant.control} could not be enforced again", zh=f"{grant.control} 未能重新落实")
        lines.append(Text(en=why, zh=why))
    else:
        title = Text(en=f"{grant.control} is enforced again", zh=f"{grant.control} 已重新落实")
        lines.append(Text(en=f"settings changed: {len(host.changes)}", zh=f"改动 {len(host.changes)} 项"))
    severity = Severity.CRITICAL if why else Severity.WARNING
    command = f"menshen plan --limit {name} --control {grant.control}"
    return Notice(f"expired/{grant.id}/{name}", severity, name, title, tuple(lines), command=command)
