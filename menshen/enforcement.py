# SPDX-License-Identifier: Apache-2.0
"""Choose what must be made true on a subject: the same controls, values and exceptions as an audit of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.connections.recorded import RecordedSource
from agents.engine import Engine
from menshen import clock
from menshen.audit import baselines_of, chosen_controls
from menshen.inventory import grants, subject_of
from menshen.trouble import demand_controls
from policies import template
from policies.catalogue import load
from policies.device import Who, doubt, granted, let_in, written
from policies.merge import choose
from policies.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agents.source import Ask, Row
    from menshen.subject import Subject
    from policies.catalogue import Catalogue
    from policies.exception import Grant
    from policies.resolve import Resolved

# Beside the rooms; templates are files of the role, filled here.
UNITS: Final = "/etc/systemd/system/"
TEMPLATES: Final = Path(__file__).resolve().parents[1] / "roles" / "enforce" / "templates"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A control that an exception keeps from being enforced, and until when (ISO date).

    Where the exception lets one `device` in, the control is enforced for all others; `doubt` says why they may pass for it.
    """

    control: str
    exception: str
    until: str
    device: str = ""
    doubt: str = ""

    def document(self) -> dict[str, str]:
        """Give it as the role does; a device only where there is one."""
        return {
            name: value for name in self.__slots__ if (value := getattr(self, name)) or name in {"control", "exception", "until"}
        }


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What must be made true on a subject: `controls` with their data, `skipped` by exception."""

    subject: Subject
    controls: tuple[Resolved, ...]
    skipped: tuple[Skipped, ...]

    def patterns(self) -> list[str]:
        """List the paths (shell patterns) a host must be asked for to know which controls apply."""
        return sorted(self._asked().paths)

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Give the steps of all controls, whether they apply or not: what a PC is looked at for in one trip."""
        return _steps(self.controls)[0]

    def document(self, paths: Iterable[str], running: Iterable[str] = ()) -> dict[str, Any]:
        """Give what the role works with, for a host that has these of the paths it was asked for, or runs these services.

        `steps` is mechanism -> list of steps, each with its `control`; `open` is what lacks a value only a site can know.
        """
        applying = self._applying(paths, running)
        steps, lacking = _steps(applying)
        units = [step["path"].removeprefix(UNITS) for step in steps.get("template", ()) if step["path"].startswith(UNITS)]
        # A plan must know that these units will be there, though they are not yet.
        steps["service"] = [{**step, "coming": units} for step in steps.get("service", ())]
        names = {control.control for control in applying}
        return {
            "steps": {mechanism: found for mechanism, found in steps.items() if found},
            "open": lacking,
            "excepted": [one.document() for one in self.skipped],
            "not_applicable": [control.control for control in self.controls if control.control not in names],
        }

    def _asked(self) -> _Asked:
        asked = _Asked(self.subject.kind)
        with Engine(asked) as engine:
            for control in self.controls:
                if control.when:
                    engine.query(control.when)
        return asked

    def _applying(self, paths: Iterable[str], running: Iterable[str]) -> list[Resolved]:
        rows = {"file": [{"path": path} for path in paths]}
        if self.subject.kind == "windows":
            rows = {"services": [{"name": name, "status": "RUNNING"} for name in running]}
        source = RecordedSource(self.subject.kind, rows, "what the host has")
        with Engine(source) as engine:
            return [control for control in self.controls if not control.when or engine.query(control.when).rows]


def of_host(name: str, variables: Mapping[str, Any], controls: tuple[str, ...] = ()) -> Enforcement:
    """Choose for a host as Ansible knows it: its variables, and the exceptions beside its inventory.

    Raises:
        TroubleError: the host, a baseline or a control is not described rightly.
        CatalogueError: the catalogue, an exception or a value is refused.
    """
    catalogue = load()
    subject = subject_of(name, ("all", *variables.get("group_names", ())), variables)
    folder = variables.get("inventory_dir")
    live = grants(Path(folder), catalogue) if folder else ()
    return enforcement(catalogue, subject, live, date.fromisoformat(clock.now()[:10]), controls)


def enforcement(
    catalogue: Catalogue, subject: Subject, live: Sequence[Grant], today: date, controls: tuple[str, ...] = ()
) -> Enforcement:
    """Choose the controls of a subject that can be enforced, limited to `controls` where any are named.

    An exception that names values is enforced with them; one that does not keeps the control from being enforced.

    Raises:
        TroubleError: a control or baseline is not known.
    """
    demand_controls(controls, catalogue.controls)
    baselines = baselines_of(catalogue, subject)
    who = Who("", subject.kind, subject.name, subject.groups, today)
    found: list[Resolved] = []
    skipped: list[Skipped] = []
    for name in chosen_controls(baselines, subject.kind):
        control = catalogue.controls[name]
        if (controls and name not in controls) or subject.kind not in control.kinds or not control.kinds[subject.kind].enforce:
            continue
        grant = granted(catalogue.controls, live, replace(who, control=name))
        if grant and not grant.parameters:
            skipped.append(Skipped(name, grant.id, grant.until.isoformat()))
            continue
        chosen = choose(control, subject.kind, baselines, subject.parameters.get(name), grant)
        found.append(resolve(control, subject.kind, chosen.values))
    devices = (_device(one) for one in let_in(catalogue.controls, live, who) if not controls or one.control in controls)
    return Enforcement(subject, tuple(found), (*skipped, *devices))


def _device(grant: Grant) -> Skipped:
    if grant.device is None:
        raise ValueError(grant.id)
    return Skipped(grant.control, grant.id, grant.until.isoformat(), written(grant.device), doubt(grant.device))


def _filled(data: dict[str, Any]) -> dict[str, Any]:
    """Give a template step with its text in place of the template's name and values."""
    text = (TEMPLATES / data["template"]).read_text(encoding="utf-8")
    kept = {key: value for key, value in data.items() if key not in {"template", "values"}}
    values = dict(data.get("values", {}))
    if "minutes" in values:
        # Some programs count in seconds where people count in minutes.
        values["seconds"] = values["minutes"] * 60
    return {**kept, "text": template.in_data(text, values)}


def _steps(controls: Iterable[Resolved]) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, str]]]:
    """Give mechanism -> steps, and the steps that lack a value only a site can know."""
    steps: dict[str, list[dict[str, Any]]] = {}
    lacking: list[dict[str, str]] = []
    for control in controls:
        for step in control.enforce:
            data = {"control": control.control, **{key: value for key, value in step.items() if key != "mechanism"}}
            empty = [name for name, value in data.get("values", {}).items() if value == ""]
            if empty:
                why = f"set {', '.join(empty)} in the inventory (menshen_parameters)"
                lacking.append({"control": control.control, "setting": data["path"], "why": why})
                continue
            steps.setdefault(step["mechanism"], []).append(_filled(data) if step["mechanism"] == "template" else data)
    return steps, lacking


@dataclass(slots=True)
class _Asked:
    """A source that has nothing and remembers which files it was asked for."""

    kind: str
    label: str = "what is asked for"
    paths: set[str] = field(default_factory=set)

    def serves(self, table: str) -> bool:
        """Serve these two alone: a control whose `when` asks for more cannot be enforced without looking first."""
        return table == ("services" if self.kind == "windows" else "file")

    def rows(self, table: str, ask: Ask) -> Iterable[Row]:
        """Remember the paths."""
        if table == "services":
            return ()
        self.paths.update(ask.values("path"))
        self.paths.update(_shell(pattern) for pattern in ask.values("path", "LIKE"))
        return ()


def _shell(pattern: str) -> str:
    return pattern.replace("%", "*").replace("_", "?")
