# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mechanism found to do: changes people can read, files to write, commands to run, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Change:
    """One setting that differs; `before` is None where there was nothing."""

    control: str
    setting: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Open:
    """One thing this mechanism cannot make true here, and why."""

    control: str
    setting: str
    why: str


@dataclass(frozen=True)
class File:
    """A file as it shall be; `text` None means it shall not be there. `mode` None keeps the former one."""

    path: str
    before: str | None
    text: str | None
    mode: int | None
    check: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command that makes something true, and the one that takes it back, before or after the files are (`late`)."""

    argv: tuple[str, ...]
    undo: tuple[str, ...] = ()
    stdin: str | None = None
    may_fail: bool = False
    late: bool = False
    # What a failure means, where the command itself does not say.
    why: str = ""


@dataclass
class Plan:
    """Everything one mechanism would do."""

    changes: list[Change] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    # Files that commands rewrite: kept, so that they can be brought back.
    kept: list[str] = field(default_factory=list)
    # Run after the files when applying, and again after they were put back.
    reloads: list[Command] = field(default_factory=list)

    def change(self, control: str, setting: str, before: str | None, after: str | None) -> None:
        """Note one setting that differs."""
        change = Change(control, setting, before, after)
        if change not in self.changes:
            self.changes.append(change)

    def cannot(self, control: str, setting: str, why: str) -> None:
        """Note one thing that cannot be made true here."""
        self.open.append(Open(control, setting, why))

    def file(self, path: str, before: str | None, text: str | None, mode: int | None = None, check: tuple[str, ...] = ()) -> None:
        """Demand a file; `check` is a command that must accept it, with `{}` for its place."""
        former = self.files.get(path)
        self.files[path] = File(path, former.before if former else before, text, mode, check or (former.check if former else ()))

    def run(self, *argv: str, undo=(), stdin=None, may_fail=False, late=False, why="") -> None:
        """Demand a command; the keywords are those of `Command`."""
        self.commands.append(Command(argv, tuple(undo), stdin, may_fail, late, why))

    def reload(self, *argv: str, may_fail: bool = False) -> None:
        """Demand a command after the files, whichever way they changed."""
        command = Command(argv, may_fail=may_fail)
        if command not in self.reloads:
            self.reloads.append(command)

    def restart(self, machine, unit: str, verb: str = "try-restart") -> None:
        """Let a unit that runs read its files again."""
        if machine.systemd and machine.ask("systemctl", "is-active", unit)[1].strip() == "active":
            self.reload("systemctl", verb, unit)

    def keep(self, *paths: str) -> None:
        """Keep files that a command will rewrite."""
        self.kept += [path for path in paths if path not in self.kept]

    def now(self, path: str, machine) -> str | None:
        """Give a file as the plan leaves it so far."""
        return self.files[path].text if path in self.files else machine.text(path)
