# SPDX-License-Identifier: Apache-2.0
"""What was read from a Windows PC, and what shall be changed on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policies.formats.registry import FormatError, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

Place = tuple[str, str]


class StepError(ValueError):
    """A control's data cannot be carried out on Windows; the message names the control."""


@dataclass(frozen=True, slots=True)
class Drive:
    """An encryptable volume, in the numbers of Win32_EncryptableVolume; -1 where it does not say."""

    letter: str
    protection: int
    conversion: int
    method: int


@dataclass(frozen=True, slots=True)
class State:
    """The state of a PC. `unread` tells what could not be read, and why; a value that is not in `values` is not there.

    `keys` are the registry keys that exist, `hives` the loaded users by SID, `services` their state numbers, `running` those that
    run, as Windows writes them,
    `gpo` the registry values, security settings and rights that a GPO sets, with what is known of its name.
    """

    values: Mapping[Place, Setting] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()
    hives: tuple[str, ...] = ()
    policy: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    audit: Mapping[str, int] = field(default_factory=dict)
    services: Mapping[str, int] = field(default_factory=dict)
    running: tuple[str, ...] = ()
    tasks: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    drives: tuple[Drive, ...] = ()
    gpo: Mapping[Place, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that differs; None where there is nothing."""

    control: str
    mechanism: str
    setting: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that cannot be made true here, and why."""

    control: str
    setting: str
    why: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command line for cmd.exe and the one that takes it back ("" where the registry or nothing does)."""

    line: str
    undo: str = ""


@dataclass(slots=True)
class Plan:
    """Everything that would be done on one PC, gathered over all mechanisms, each former value beside its new one."""

    changes: list[Change] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    # place -> (former, new); None is absent
    registry: dict[Place, tuple[Setting | None, Setting | None]] = field(default_factory=dict)
    # section -> name -> (former, new)
    policy: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def change(self, one: Change) -> None:
        """Note one setting that differs."""
        if one not in self.changes:
            self.changes.append(one)

    def cannot(self, control: str, setting: str, why: str) -> None:
        """Note one thing that cannot be made true here."""
        found = Open(control, setting, why)
        if found not in self.open:
            self.open.append(found)


__all__ = ["Change", "Command", "Drive", "FormatError", "Open", "Place", "Plan", "Setting", "State", "StepError"]
