# SPDX-License-Identifier: Apache-2.0
"""Registry values of the machine and of its users, compared value for value and type for type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from policies.formats.registry import FormatError, full, setting
from policies.windows.state import Change, StepError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from policies.formats.registry import Setting
    from policies.windows.state import Place, Plan, State

USERS: Final = "HKEY_USERS"
DEFAULT_PROFILE: Final = "MenshenDefault"


@dataclass(frozen=True, slots=True)
class Want:
    """One value as it shall be; `new` None means that it shall not be there."""

    control: str
    mechanism: str
    key: str
    name: str
    new: Setting | None

    @property
    def place(self) -> Place:
        """Give what tells one value from another."""
        return self.key.lower(), self.name.lower()


def wants(steps: Mapping[str, Sequence[Mapping[str, Any]]], state: State) -> Iterator[Want]:
    """Yield every registry value that steps of `registry` and `user_hive` want on a PC with these users and values.

    Raises:
        StepError: data that does not fit its type.
    """
    for step in steps.get("registry", ()):
        yield from _of(step, "registry", full(step["key"]), state.values)
    for step in steps.get("user_hive", ()):
        for sid in state.hives:
            yield from _of(step, "user_hive", f"{USERS}\\{sid}\\{step['key']}", state.values)


def keys(steps: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    """List the keys of the machine's own hives that must be read before `wants` can be compared."""
    return list(dict.fromkeys(full(step["key"]) for step in steps.get("registry", ())))


def compare(found: Iterable[Want], state: State, plan: Plan) -> None:
    """Add to `plan` what differs.

    Raises:
        StepError: two controls want different things in one place.
    """
    seen: dict[Place, Want] = {}
    for want in found:
        other = seen.setdefault(want.place, want)
        if not _same(other.new, want.new):
            message = f"{other.control} and {want.control} want different values of {want.key}\\{want.name}"
            raise StepError(message)
        former = state.values.get(want.place)
        if not _same(former, want.new):
            _differs(want, former, state, plan)


def said(one: Setting | None, *, typed: bool = False) -> str | None:
    """Give a value as people read it; None where there is none."""
    if one is None:
        return None
    value = one.value
    text = value.hex(" ") if isinstance(value, bytes) else ", ".join(value) if isinstance(value, list) else str(value)
    return f"{one.type_name} {text}".rstrip() if typed else text


def _differs(want: Want, former: Setting | None, state: State, plan: Plan) -> None:
    where = f"{want.key}\\{want.name or '(default)'}"
    if want.place in state.gpo:
        now = said(former) or "absent"
        plan.cannot(want.control, where, f"set to {now} by a GPO ({state.gpo[want.place]}): change it there, or it comes back")
        return
    typed = former is not None and want.new is not None and former.type != want.new.type
    plan.change(Change(want.control, want.mechanism, where, said(former, typed=typed), said(want.new, typed=typed)))
    plan.registry[want.place] = (former, want.new or None)


def _same(one: Setting | None, other: Setting | None) -> bool:
    return (one.type, one.value) == (other.type, other.value) if one and other else one is other


def _of(step: Mapping[str, Any], mechanism: str, key: str, values: Mapping[Place, Setting]) -> Iterator[Want]:
    control = step["control"]
    try:
        if "list" in step:
            yield from _numbered(control, mechanism, key, step["list"], values)
        elif step.get("state") == "absent":
            yield Want(control, mechanism, key, step["name"], None)
        else:
            new = setting(key, step["name"], step["type"], _fitting(step["type"], step["data"], step.get("times", 1)))
            yield Want(control, mechanism, key, step["name"], new)
    except FormatError as error:
        message = f"{control}: {error}"
        raise StepError(message) from error


def _numbered(control: str, mechanism: str, key: str, items: Sequence[str], values: Mapping[Place, Setting]) -> Iterator[Want]:
    """Windows numbers the entries of a policy list from 1; what stands there besides is taken away."""
    for number, item in enumerate(items, start=1):
        yield Want(control, mechanism, key, str(number), setting(key, str(number), "REG_SZ", item))
    wanted = {str(number) for number in range(1, len(items) + 1)}
    for one in values.values():
        if one.key.lower() == key.lower() and one.name and one.name not in wanted:
            yield Want(control, mechanism, key, one.name, None)


def _fitting(type_name: str, data: Any, times: int) -> Any:
    """Write a number as the text that REG_SZ wants, in the unit that Windows counts in, and yes and no as 1 and 0."""
    if isinstance(data, bool | int):
        data = int(data) * times
    return str(data) if isinstance(data, int) and type_name in {"REG_SZ", "REG_EXPAND_SZ"} else data
