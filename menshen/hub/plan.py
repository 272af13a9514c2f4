# SPDX-License-Identifier: Apache-2.0
"""What the hub is told of the site: who its hosts are, and what each is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from menshen import clock
from menshen.audit import Audit
from menshen.connect import Evidence
from menshen.inventory import grants, hosts_file, read
from menshen.subject import HUB
from policies import catalogue
from policies.compile.question import question
from policies.records import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from agents.hub.hosts import Host
    from menshen.subject import Subject
    from policies.compile.question import Question


@dataclass(frozen=True)
class SitePlan:
    """The plan of an inventory, as it was when it was read."""

    subjects: Mapping[str, Subject]
    audit: Audit
    _shared: dict[str, tuple[Question, ...]] = field(default_factory=dict)

    def questions(self, subject: str) -> Sequence[Question]:
        """Give what a subject is asked; subjects of whom the same is demanded share one answer."""
        known = self.subjects.get(subject)
        if known is None:
            return ()
        key = self._key(known)
        if key not in self._shared:
            self._shared[key] = tuple(question(one) for one in self.audit.demanded(known))
        return self._shared[key]

    def _key(self, subject: Subject) -> str:
        # An exception may change a value for one subject alone.
        alone = subject.name if self.audit.grants else ""
        return canonical([subject.kind, subject.baselines, subject.banks, subject.parameters, alone])

    def match(self, host: Host) -> tuple[str | None, str]:
        """Find the one subject a host is: by the identifier the inventory gives, else by its name at the site of its secret."""
        ids = {one.casefold() for one in (host.identifier, host.uuid, host.serial) if one}
        by_id = [one for one in self.subjects.values() if one.osquery_id.casefold() in ids]
        if len(by_id) == 1:
            return by_id[0].name, ""
        named = [one for one in self.subjects.values() if not one.osquery_id and _same_name(one.name, host.hostname)]
        at_site = [one for one in named if one.site in {"", host.site}]
        if at_site and len(by_id) + len(at_site) == 1:
            return at_site[0].name, ""
        reason = "no host of the inventory fits"
        if len(by_id) + len(at_site) > 1:
            reason = "several hosts of the inventory fit"
        elif named:
            reason = "its secret is of another site"
        return None, reason


def _same_name(name: str, hostname: str) -> bool:
    one, other = name.casefold(), hostname.casefold()
    return bool(other) and (one == other or one.partition(".")[0] == other.partition(".")[0])


def of_inventory(path: Path) -> SitePlan:
    """Read the plan: every subject with `menshen_through: hub`.

    Raises:
        TroubleError, CatalogueError: the inventory, the exceptions or the catalogue are wrong.
    """
    known = catalogue.load()
    at = clock.now()
    subjects = {one.name: one for one in read(path) if one.connection == HUB}
    audit = Audit(known, grants(path, known), Evidence(at=at), at)
    plan = SitePlan(subjects, audit)
    for name in subjects:
        plan.questions(name)
    return plan


def stamp_of(path: Path) -> tuple[float, ...]:
    """Give when the files of an inventory last changed."""
    folder = hosts_file(path).parent
    files = [*folder.glob("*.yml"), *folder.glob("*_vars/**/*.yml")]
    return tuple(sorted(file.stat().st_mtime for file in files))
