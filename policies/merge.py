# SPDX-License-Identifier: Apache-2.0
"""Which value counts: the control's default, then the baselines merged strictest, then the inventory, then an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from policies.parameter import ValueRefusedError, as_written, equal, strictest_of
from policies.problems import CatalogueError, Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policies.baseline import Baseline, Said
    from policies.control import Control
    from policies.exception import Grant
    from policies.parameter import Parameter, Value

Origin: TypeAlias = dict[str, Any]
INVENTORY = "inventory"


class MergeError(CatalogueError):
    """Values that cannot stand together, each named with its control, its parameter and who said it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of a control's parameters, and for each where it came from.

    `provenance[name]` has `origin` (default, baseline, inventory, exception), `name` (of the baseline or exception),
    `bank` (or None), `clause`, `file` (`path:line`, "" for the inventory), `merged_from` (what each baseline said).
    """

    values: dict[str, Value]
    provenance: dict[str, Origin]


def choose(
    control: Control,
    kind: str,
    baselines: Sequence[Baseline],
    inventory: Mapping[str, Any] | None = None,
    grant: Grant | None = None,
) -> Chosen:
    """Choose the value of every parameter of `control` for a subject of `kind`.

    `baselines` are the subject's, role's and banks' alike; those meant for other kinds are left out. `inventory` holds
    the subject's own values, which may be stricter, or looser as far as the live `grant` allows. A parameter without
    a rule `strictest` may be set by the inventory where no baseline says anything.

    Raises:
        MergeError: baselines that cannot be merged, an inventory value that is looser, unknown or out of limits; all of them.
    """
    applying = [baseline for baseline in baselines if not baseline.kinds or kind in baseline.kinds]
    own = dict(inventory or {})
    problems = [_unknown(control, name) for name in own if name not in control.parameters]
    values: dict[str, Value] = {}
    provenance: dict[str, Origin] = {}
    for name, parameter in control.parameters.items():
        said = [baseline.values[control.id][name] for baseline in applying if name in baseline.values.get(control.id, {})]
        one = _One(control, parameter, said, grant)
        try:
            values[name], provenance[name] = one.with_inventory(own[name]) if name in own else one.without_inventory()
        except MergeError as error:
            problems.extend(error.problems)
    if problems:
        raise MergeError(problems)
    return Chosen(values, provenance)


def _unknown(control: Control, name: str) -> Problem:
    return Problem(INVENTORY, 0, 0, f"{control.id}: unknown parameter {name}{nearest(name, control.parameters)}")


@dataclass(frozen=True, slots=True)
class _One:
    """The choice of one parameter."""

    control: Control
    parameter: Parameter
    said: list[Said]
    grant: Grant | None

    def without_inventory(self) -> tuple[Value, Origin]:
        """Give the granted value, else the baselines', else the default."""
        value, origin = self._merged()
        if self.grant is None or self.parameter.name not in self.grant.parameters:
            return value, origin
        granted = self._checked(self.grant.parameters[self.parameter.name], self.grant.file)
        return granted, self._origin("exception", name=self.grant.id, file=self.grant.file)

    def with_inventory(self, wanted: Any) -> tuple[Value, Origin]:
        """Give the inventory's value if it may stand."""
        value = self._checked(wanted, INVENTORY)
        limit, origin = self._merged()
        free = not self.said and not self.parameter.strictest
        if free or self.parameter.no_looser(value, limit):
            return value, self._origin("inventory")
        granted, origin = self.without_inventory()
        if origin["origin"] == "exception" and self.parameter.no_looser(value, granted):
            return value, origin
        written = f"{self.parameter.name}={as_written(value)}"
        who = origin["name"] or origin["origin"]
        relation = "is looser than" if self.parameter.strictest else "differs from"
        raise self._refused(INVENTORY, f"{written} {relation} {as_written(granted)} ({who}); only an exception can allow it")

    def _merged(self) -> tuple[Value, Origin]:
        if not self.said:
            return self.parameter.default, self._origin("default", file=f"{self.control.file}:{self.parameter.line}")
        for index, other in enumerate(self.said):
            for one in self.said[:index]:
                if self.parameter.merged(one.value, other.value) is None:
                    raise self._unmergeable(one, other)
        value = strictest_of(self.parameter, [said.value for said in self.said])
        if value is None:
            # Pairs merge, so all do; said for the type checker.
            raise self._refused(self.control.file, f"{self.parameter.name} cannot be merged")
        decisive = [said for said in self.said if equal(said.value, value)][:1] or self.said
        return value, self._origin(
            "baseline",
            name=" + ".join(said.baseline for said in decisive),
            bank=" + ".join(said.bank for said in decisive if said.bank) or None,
            clause="; ".join(said.clause for said in decisive if said.clause),
            file=decisive[0].file,
        )

    def _origin(self, origin: str, *, name: str = "", bank: str | None = None, clause: str = "", file: str = "") -> Origin:
        merged_from = [{"name": said.baseline, "bank": said.bank, "value": said.value, "clause": said.clause} for said in self.said]
        return {"origin": origin, "name": name, "bank": bank, "clause": clause, "file": file, "merged_from": merged_from}

    def _checked(self, value: Any, place: str) -> Value:
        try:
            return self.parameter.check(value)
        except ValueRefusedError as error:
            raise self._refused(place, str(error)) from error

    def _unmergeable(self, one: Said, other: Said) -> MergeError:
        says = ", ".join(f"{said.baseline} says {as_written(said.value)} ({said.file})" for said in (one, other))
        return self._refused(other.file, f"{self.parameter.name} cannot be merged: {says}, and it has no rule strictest")

    def _refused(self, place: str, message: str) -> MergeError:
        path, _, line = place.rpartition(":")
        located = (path, int(line), 1) if line.isdecimal() else (place, 0, 0)
        return MergeError([Problem(*located, f"{self.control.id}: {message}")])
