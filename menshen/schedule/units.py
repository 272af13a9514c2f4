# SPDX-License-Identifier: Apache-2.0
"""Write a job as a service and a timer of systemd.

Source: systemd.timer(5) (OnCalendar=, RandomizedDelaySec=, Persistent=), systemd.service(5), systemd.syntax(7).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from menshen.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from menshen.schedule.jobs import Job

PREFIX: Final = "menshen-job-"
FAILED: Final = "menshen-job-failed@.service"
MARK: Final = "# Written by `menshen schedule install`; the next one overwrites what is changed here."
ENVIRONMENT_FILE: Final = "/etc/menshen/environment"

_SERVICE: Final = """{mark}
[Unit]
Description=Menshen: {name} ({what})
Wants=network-online.target
After=network-online.target
OnFailure=menshen-job-failed@{name}.service

[Service]
Type=oneshot
ExecStart={command}
{common}TimeoutStartSec=6h
"""
_FAILED: Final = """{mark}
[Unit]
Description=Menshen: tell people that %i failed

[Service]
Type=oneshot
ExecStart={command}
{common}TimeoutStartSec=10min
"""
_COMMON: Final = """WorkingDirectory={root}
{environment}EnvironmentFile=-{environment_file}
UMask=0077
Nice=10
IOSchedulingClass=idle
MemoryMax=2G
"""
_TIMER: Final = """{mark}
[Unit]
Description=Menshen: {name} ({what}) by the clock

[Timer]
OnCalendar={when}
RandomizedDelaySec={jitter}
AccuracySec=1s
Persistent=true
Unit={prefix}{name}.service

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True)
class Place:
    """What every unit must be told: the inventory, the state folder, the language of what is printed."""

    inventory: Path
    state: Path
    locale: str

    def environment(self) -> Mapping[str, str]:
        """Give the variables a job runs with."""
        return {
            "MENSHEN_STATE": str(self.state),
            "MENSHEN_INVENTORY": str(self.inventory),
            "LC_ALL": self.locale,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        }


def quoted(text: str) -> str:
    r"""Write a word so that systemd reads it as it is: percent, dollar, quotes and backslashes taken as they stand."""
    kept = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{kept}"'


def _command(*words: str) -> str:
    # A dollar is only special in a command line.
    return " ".join(quoted(word).replace("$", "$$") for word in (sys.executable, "-m", "menshen", "schedule", *words))


def _common(place: Place) -> str:
    lines = "".join(f"Environment={quoted(f'{name}={value}')}\n" for name, value in place.environment().items())
    return _COMMON.format(root=str(ROOT).replace("%", "%%"), environment=lines, environment_file=ENVIRONMENT_FILE)


def texts(jobs: tuple[Job, ...], place: Place) -> dict[str, str]:
    """Give the text of every unit file by its name."""
    common = _common(place)
    found = {FAILED: _FAILED.format(mark=MARK, command=_command("failed") + " %i", common=common)}
    for job in jobs:
        words = {"mark": MARK, "name": job.name, "what": job.what, "prefix": PREFIX}
        found[f"{PREFIX}{job.name}.service"] = _SERVICE.format(**words, command=_command("run", job.name), common=common)
        jitter = f"{round(job.jitter_minutes * 60)}s"
        found[f"{PREFIX}{job.name}.timer"] = _TIMER.format(**words, when=job.when.replace("%", "%%"), jitter=jitter)
    return found
