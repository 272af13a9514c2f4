# SPDX-License-Identifier: Apache-2.0
"""Run the role through Ansible, and put what it found into one document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from menshen.language import say
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT: Final = Path(__file__).resolve().parents[1]
PLAYBOOK: Final = ROOT / "playbooks" / "site.yml"
# What became of changes under the guard: none was, all were kept, one was taken back, nobody knows.
GUARD: Final = ("", "kept", "restored", "unknown")
PLUGINS: Final = ROOT / "roles" / "enforce" / "callback_plugins"


@dataclass(slots=True)
class Host:
    """What happened on one host; `changes`, `open`, `excepted` and `tattooed` are as the roles give them."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    open: list[dict[str, Any]] = field(default_factory=list)
    excepted: list[dict[str, Any]] = field(default_factory=list)
    not_applicable: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    tattooed: list[str] = field(default_factory=list)
    diff: list[dict[str, Any]] = field(default_factory=list)
    guard: str = ""
    failed: str = ""
    unreachable: str = ""

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event of the role."""
        mechanism = event.get("mechanism", "")
        self.changes += [{"mechanism": mechanism, **one} for one in event.get("changes", ())]
        self.open += event.get("open", ())
        self.excepted += event.get("excepted", ())
        self.not_applicable += event.get("not_applicable", ())
        self.tattooed += event.get("tattooed", ())
        self.diff += event.get("diff", ())
        if event.get("former"):
            self.former.append(event["former"])
        # The worst counts: one change taken back is what people must know.
        if GUARD.index(event.get("guard") or "") > GUARD.index(self.guard):
            self.guard = event["guard"]
        self.failed = self.failed or event.get("failed", "")
        self.unreachable = self.unreachable or event.get("unreachable", "")

    def to_json(self) -> dict[str, Any]:
        """Give the host's part of the document."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Play:
    """One run of the playbook: on which inventory and hosts, limited to which controls, and whether for real."""

    inventory: Path
    limit: str
    controls: tuple[str, ...]
    apply: bool
    guard_seconds: int
    playbook: Path = PLAYBOOK
    extra: Mapping[str, Any] = field(default_factory=dict)

    def run(self, tell: Callable[[str], None] = lambda _: None) -> dict[str, Host]:
        """Run it; give what happened on each host, `tell` being called with each one's name and mechanism as it goes.

        Raises:
            TroubleError: Ansible could not begin.
        """
        with tempfile.TemporaryDirectory(prefix="menshen-") as folder:
            events, log = Path(folder, "events"), Path(folder, "log")
            events.touch()
            with log.open("wb") as stream:
                process = subprocess.Popen(
                    self._command(), cwd=ROOT, env=_environment(events), stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
                )
                hosts = _gathered(events, process, tell)
            if process.returncode and not any(host.failed or host.unreachable for host in hosts.values()):
                said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                raise TroubleError(say("Ansible failed: ", "Ansible 运行失败：") + "\n".join(said[-5:]))
        return hosts

    def _command(self) -> list[str]:
        extra = {"enforce_controls": list(self.controls), "enforce_guard_seconds": self.guard_seconds, **self.extra}
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "--inventory", str(self.inventory)]
        command += ["--limit", self.limit, "--extra-vars", json.dumps(extra)]
        return [*command, *([] if self.apply else ["--check"]), "--diff", str(self.playbook)]


def _environment(events: Path) -> dict[str, str]:
    return {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS),
        "ANSIBLE_CALLBACKS_ENABLED": "menshen_events",
        "ANSIBLE_NOCOLOR": "1",
        "MENSHEN_EVENTS": str(events),
        "LC_ALL": "C.UTF-8",
    }


def _gathered(events: Path, process: subprocess.Popen[bytes], tell: Callable[[str], None]) -> dict[str, Host]:
    hosts: dict[str, Host] = {}
    for event in _followed(events, process):
        hosts.setdefault(event["host"], Host()).take(event)
        tell(f"{event['host']} {event.get('mechanism', '')}".strip())
    return hosts


def _followed(events: Path, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """Give each line as it is written, until the process has ended."""
    rest = ""
    with events.open(encoding="utf-8") as stream:
        ended = False
        while not ended:
            try:
                process.wait(timeout=0.2)
                ended = True
            except subprocess.TimeoutExpired:
                pass
            *lines, rest = (rest + stream.read()).split("\n")
            yield from map(json.loads, lines)
