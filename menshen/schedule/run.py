# SPDX-License-Identifier: Apache-2.0
"""Do one job now: look or change, remember, and tell people what moved; a job that fails is told too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from menshen import alerts, clock
from menshen.language import say
from menshen.schedule import expired, overdue
from menshen.schedule.drifted import Watch
from menshen.schedule.jobs import AUDIT, DRIFT, ENFORCE, REPORT, WATCHDOG
from menshen.schedule.state import State
from menshen.trouble import TroubleError
from policies.text import Text
from reports.notify.notice import Notice, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from menshen.schedule.jobs import Job
    from menshen.schedule.state import Last
    from policies.catalogue import Catalogue
    from reports.ledger import Ledger, Run

SEEN: Final = "seen"


class FailedJobError(Exception):
    """A job did not do what it should; the text says why, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en=en, zh=zh)


@dataclass(frozen=True, slots=True)
class Shop:
    """What jobs work with: the inventory, the ledger's file, their own state, and all jobs of the site."""

    inventory: Path
    ledger: Path
    state: State
    jobs: tuple[Job, ...]

    def run(self, job: Job) -> list[Notice]:
        """Do a job under the lock of all jobs, and give what people must know.

        Raises:
            FailedJobError: it could not be done; every error of the command line may come too.
        """
        # Papers and timers are looked at without the lock: the watchdog must see a job that never ends.
        if job.what == WATCHDOG:
            return []
        with self.state.lock():
            return _DO[job.what](self, job)

    def finished(self, job: Job, last: Last, notices: Sequence[Notice], why: Text | None) -> bool:
        """Remember how a job ended (`why` it failed, None where it went well), and tell people; give whether it went well."""
        at = clock.now()
        self.state.keep(job.name, replace(last, ended=at, error=why.en if why else ""))
        found = [*notices, failure(job.name, last.began, why), *overdue.notices(self.jobs, self.state, at, running=job.name)]
        told = alerts.tell(found, self.inventory)
        return why is None and not any(one.why for one in told)


def failure(name: str, began: str, why: Text | None) -> Notice:
    """Give the notice that a job failed, or the end of one."""
    title = Text(en="a scheduled run failed", zh="定时任务失败")
    command = f"journalctl -u menshen-job-{name}.service"
    lines = (why,) if why else ()
    return Notice(f"job/{name}", Severity.CRITICAL, name, title, lines, began or None, command, healed=why is None)


def _look(shop: Shop, job: Job) -> list[Notice]:
    """Audit the subjects; a drift check asks only for what can be enforced."""
    from menshen.inventory import read
    from policies.catalogue import load
    from reports.ledger import Ledger

    catalogue = load(whole=False)
    controls = job.controls or (enforceable(catalogue) if job.what == DRIFT else ())
    with Ledger(shop.ledger) as ledger:
        run = _audited(catalogue, ledger, shop.inventory, job.limit, controls)
        standings = {(one.finding.control, one.finding.subject): one for one in ledger.standings()}
    if not any(facts["reached"] for facts in run.subjects):
        names = ", ".join(subject.name for subject in read(shop.inventory, job.limit))
        raise FailedJobError(f"nothing was reached: {names}", f"所有对象均连不上：{names}")
    seen = shop.state.read(SEEN) or {}
    notices = Watch(catalogue, shop.inventory, standings).notices(run, seen)
    # The alert first: should this end between the two, it is raised again and told once.
    alerts.tell(notices, shop.inventory)
    shop.state.write(SEEN, seen)
    return []


def enforceable(catalogue: Catalogue) -> tuple[str, ...]:
    """List the controls that somebody can make true by `apply`, which is what can drift."""
    return tuple(name for name, control in catalogue.controls.items() if any(kind.enforce for kind in control.kinds.values()))


def _audited(catalogue: Catalogue, ledger: Ledger, inventory: Path, limit: str, controls: tuple[str, ...]) -> Run:
    from menshen.audit import Audit, ask, evidence
    from menshen.fleet import Fleet
    from menshen.inventory import grants, read

    at, fleet = clock.now(), Fleet()
    asking = partial(ask, seconds=fleet.seconds)
    audit = Audit(catalogue, grants(inventory, catalogue), evidence(ledger, at), at, controls, asking, fleet=fleet)
    run = audit.run(read(inventory, limit))
    ledger.record(run)
    return run


def _enforce(shop: Shop, _job: Job) -> list[Notice]:
    return expired.enforce(shop.inventory, shop.ledger, shop.state)


def _report(shop: Shop, job: Job) -> list[Notice]:
    from menshen.commands.report import wanted
    from menshen.writing import write
    from policies.catalogue import load
    from reports.ledger import Ledger

    folder = Path(job.folder) if job.folder else shop.ledger.parent / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{job.checklist}-{clock.local(clock.now())[:10]}.pdf"
    catalogue = load()
    with Ledger(shop.ledger, create=False) as ledger:
        write(catalogue, ledger, wanted(catalogue, path, job.checklist, "en" if job.language == "en" else "zh", shop.inventory))
    title = Text(en="the periodic report is written", zh="定期报告已生成")
    line = Text(en=str(path), zh=str(path))
    return [
        Notice(f"report/{path.name}", Severity.INFO, job.name, title, (line,), command=f"menshen verify --ledger {shop.ledger}")
    ]


_DO: Final[Mapping[str, Callable[[Shop, Job], list[Notice]]]] = {
    AUDIT: _look,
    DRIFT: _look,
    ENFORCE: _enforce,
    REPORT: _report,
}


def shop_of(inventory: Path) -> Shop:
    """Give the shop of an inventory, with the state and ledger of the settings."""
    from menshen.inventory import hosts_file
    from menshen.schedule.jobs import FILE, load
    from menshen.settings import ledger_path, state_folder

    if not hosts_file(inventory).exists():
        # Without this a folder that is not mounted would pass for a site with the usual jobs and no channel.
        raise TroubleError(say(f"no inventory at {inventory}", f"找不到主机清单：{inventory}"))
    return Shop(inventory, ledger_path(), State(state_folder()), load(hosts_file(inventory).with_name(FILE)))


def unknown_job(name: str, jobs: Sequence[Job]) -> str:
    """Say that there is no such job, and which there are."""
    known = ", ".join(job.name for job in jobs)
    return say(f"no such job: {name}; known are {known}", f"没有此任务：{name}；可用：{known}")
