# SPDX-License-Identifier: Apache-2.0
"""The one hinge: enforcement and audit both get their values from `resolve`, so they can never differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from policies import template
from policies.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.control import Control
    from policies.parameter import Value


class ResolveError(ValueError):
    """A control cannot be filled with these values; the message begins with the control's id."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A control with its values filled in, for one kind of subject.

    `control` is the id; `when` and `observe` are complete SQL, `enforce` complete data; `title` and `remedy` carry the
    values in words, and so does `asked`, what a person looks at or hands in (None where no person is asked);
    `parameters` are the values, as JSON has them. `manual` says that people's records answer.
    """

    control: str
    kind: str
    when: str | None
    observe: str
    enforce: tuple[Mapping[str, Any], ...]
    title: Text
    remedy: Text
    parameters: Mapping[str, Value] = field(default_factory=dict)
    manual: bool = False
    asked: Text | None = None


def resolve(control: Control, kind: str, values: Mapping[str, Any]) -> Resolved:
    """Fill `control` for `kind` with `values`; parameters not named take their defaults.

    Raises:
        ResolveError: no rule for this kind, an unknown parameter, or `screen_lock: idle_seconds=3600 is outside 1..900`.
    """
    rule = control.kinds.get(kind)
    if rule is None:
        message = f"{control.id}: has no rule for {kind}, only for {', '.join(control.kinds)}"
        raise ResolveError(message)
    chosen = checked(control, values)
    in_sql = {**chosen, "control": control.id}
    return Resolved(
        control=control.id,
        kind=kind,
        when=None if rule.when is None else template.in_sql(rule.when, in_sql),
        observe=template.in_sql(rule.observe, in_sql),
        enforce=tuple(template.in_data(dict(step), chosen) for step in rule.enforce),
        title=_said(control.title, chosen),
        remedy=_said(control.remedy, chosen),
        parameters=chosen,
        manual=rule.manual,
        asked=_asked(control, chosen),
    )


def checked(control: Control, values: Mapping[str, Any]) -> dict[str, Value]:
    """Give all values of `control`, those in `values` checked, the rest from the defaults.

    Raises:
        ResolveError: a value is refused or its parameter unknown; all such are named in one message.
    """
    wrong = [f"unknown parameter {name}" for name in values if name not in control.parameters]
    chosen: dict[str, Value] = {}
    for name, parameter in control.parameters.items():
        try:
            chosen[name] = parameter.check(values.get(name, parameter.default))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        message = f"{control.id}: {'; '.join(wrong)}"
        raise ResolveError(message)
    return chosen


def _asked(control: Control, values: Mapping[str, Value]) -> Text | None:
    if control.inspect:
        return _said(control.inspect.look_at, values)
    return _said(control.document.provide, values) if control.document else None


def _said(text: Text, values: Mapping[str, Value]) -> Text:
    return Text(en=template.in_words(text.en, values, "en"), zh=template.in_words(text.zh, values, "zh"))
