# SPDX-License-Identifier: Apache-2.0
"""Exceptions for one USB device: they allow that device, and nothing else, in every control that can tell devices apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from policies import template

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from policies.control import Control
    from policies.exception import Device, Grant

# The parameter by which a control takes the devices of live exceptions: `vendor:product:serial`, or `vendor:product`.
PARAMETER: Final = "excepted_devices"
# Serial numbers that makers leave in whole series (seen on sticks of several makers).
_FILLERS: Final = ("0123456789abcdef", "1234567890", "123456789abc", "aa00000000000", "none", "n/a")


@dataclass(frozen=True, slots=True)
class Who:
    """Whom and when one asks about: `control` id and `kind`, a subject's name and groups, a day."""

    control: str
    kind: str
    subject: str
    groups: Collection[str]
    on: date


def written(device: Device) -> str:
    """Write a device as controls have it, vendor and product in lower case."""
    model = f"{device.vendor}:{device.product}".lower()
    return f"{model}:{device.serial}" if device.serial else model


def doubt(device: Device) -> str:
    """Say why other devices may pass for this one; "" where its serial number tells it apart.

    Whether two devices carry the same number is only known on the host that sees both: there USBGuard's rules are written.
    """
    serial = device.serial.strip().lower()
    if not serial:
        return "no serial number: every device of this model is let in"
    if len(set(serial)) == 1 or any(filler.startswith(serial) or serial.startswith(filler) for filler in _FILLERS):
        return f"the serial number {device.serial} is a maker's filler, not unique: other devices of this model may be let in"
    return ""


def granted(controls: Mapping[str, Control], grants: Sequence[Grant], who: Who) -> Grant | None:
    """Give the exception that covers a control on a subject, or None.

    One that names a device, of whichever control that can tell devices apart, becomes the value of `PARAMETER`; several
    devices become one exception with all their ids. An exception for the whole control comes first.
    """
    control = controls[who.control]
    covering = [one for one in grants if one.covers(who.control, who.subject, who.groups, who.on)]
    if not _tells_apart(control, who.kind):
        return covering[0] if covering else None
    whole = next((one for one in covering if not one.device), None)
    named = list(let_in(controls, grants, who))
    if not named or (whole and not whole.parameters):
        return whole
    devices = [written(one.device) for one in named if one.device]
    parts = [*([whole] if whole else []), *named]
    return replace(
        parts[0],
        id=", ".join(one.id for one in parts),
        control=who.control,
        device=None,
        until=min(one.until for one in parts),
        parameters={**(whole.parameters if whole else {}), PARAMETER: devices},
    )


def let_in(controls: Mapping[str, Control], grants: Sequence[Grant], who: Who) -> Iterator[Grant]:
    """Give the live exceptions that let one device in on a subject, each once."""
    for one in grants:
        known = one.device and one.control in controls and _tells_apart(controls[one.control], who.kind)
        if known and one.covers(one.control, who.subject, who.groups, who.on):
            yield one


def _tells_apart(control: Control, kind: str) -> bool:
    rule = control.kinds.get(kind)
    if PARAMETER not in control.parameters or rule is None:
        return False
    steps = {name for step in rule.enforce for name in template.names_in(dict(step))}
    return PARAMETER in steps or PARAMETER in (template.names(rule.observe) or ())
