# SPDX-License-Identifier: Apache-2.0
"""Talk to systemd: lay units down, start and stop timers, and ask when an expression of the calendar comes round."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from menshen.language import say
from menshen.schedule.units import PREFIX
from menshen.trouble import TroubleError

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS: Final = 60
_ELAPSE: Final = re.compile(r"^\s*(?:Next elapse|Iter(?:ation|\.) #\d+): (.+)$", re.MULTILINE)
_IN_UTC: Final = re.compile(r"^\s*\(in UTC\): (.+)$", re.MULTILINE)
_MOMENT: Final = re.compile(r"\w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?:\.\d+)? UTC\Z")


def _run(*command: str, utc: bool = True) -> subprocess.CompletedProcess[str]:
    tool = shutil.which(command[0])
    if tool is None:
        raise TroubleError(say(f"{command[0]} is not here: schedules need systemd", f"没有 {command[0]}：定时任务需要 systemd"))
    # What is read back must not be translated.
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "", **({"TZ": "UTC"} if utc else {})}
    return subprocess.run(
        [tool, *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
        env=environment,
    )


def elapses(when: str, after: str, count: int = 1) -> list[str]:
    """Give the next `count` times (UTC stamps) at which an expression comes round after a UTC stamp.

    Expressions without a zone are meant in this machine's local time, as timers mean them.

    Raises:
        TroubleError: it is no calendar expression.
    """
    base = f"@{int(datetime.fromisoformat(after).timestamp())}"
    done = _run("systemd-analyze", "calendar", f"--base-time={base}", f"--iterations={count}", "--", when, utc=False)
    if done.returncode:
        raise TroubleError(
            say(
                f"not a time of the calendar: {when!r} (see systemd.time(7))",
                f"无法识别的时间表达式：{when!r}（见 systemd.time(7)）",
            )
        )
    # Where the machine lives in UTC no line "(in UTC)" follows.
    found = _IN_UTC.findall(done.stdout) or _ELAPSE.findall(done.stdout)
    moments = (_MOMENT.match(one.strip()) for one in found)
    return [f"{one[1].replace(' ', 'T')}Z" for one in moments if one]


@dataclass(frozen=True, slots=True)
class Units:
    """The folder of unit files, and the systemd that reads it: of the machine for root, of the user else.

    With `started` false the files are only laid down: nobody is asked to read them.
    """

    folder: Path
    user: bool
    started: bool = True

    @classmethod
    def usual(cls) -> Units:
        """Give the units of whoever runs this."""
        if os.geteuid() == 0:
            return cls(Path("/etc/systemd/system"), user=False)
        base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
        return cls(Path(base) / "systemd" / "user", user=True)

    def present(self) -> list[str]:
        """List the names of our unit files that are there."""
        return sorted(path.name for path in self.folder.glob(f"{PREFIX}*"))

    def lay(self, texts: Mapping[str, str]) -> list[str]:
        """Make the files exactly these; give the names of what was written or taken away.

        Raises:
            TroubleError: the folder cannot be written, or systemd refuses.
        """
        changed = [name for name, text in texts.items() if self._text(name) != text]
        gone = [name for name in self.present() if name not in texts]
        self._stop([name for name in gone if name.endswith(".timer")])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in changed:
                self._write(name, texts[name])
            for name in gone:
                (self.folder / name).unlink()
        except OSError as error:
            raise TroubleError(say(f"{self.folder}: {error.strerror}", f"{self.folder}：{error.strerror}")) from error
        if self.started and (changed or gone):
            self._ctl("daemon-reload")
        timers = [name for name in texts if name.endswith(".timer")]
        if self.started and timers:
            self._ctl("enable", "--quiet", *timers)
            # A timer that runs keeps the time it was started with: one that was rewritten must start anew.
            if rewritten := [name for name in timers if name in changed]:
                self._ctl("restart", *rewritten)
            self._ctl("start", *timers)
        return sorted([*changed, *gone])

    def _text(self, name: str) -> str | None:
        try:
            return (self.folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def _write(self, name: str, text: str) -> None:
        part = self.folder / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.chmod(0o644)
        part.replace(self.folder / name)

    def _stop(self, timers: list[str]) -> None:
        if self.started and timers:
            self._ctl("disable", "--quiet", "--now", *timers)

    def state(self, timer: str) -> Mapping[str, str]:
        """Give what systemd says of a timer: ActiveState, UnitFileState, NextElapseUSecRealtime."""
        done = self._systemctl("show", timer, "--property=ActiveState,UnitFileState,NextElapseUSecRealtime")
        return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)

    def _ctl(self, *words: str) -> None:
        done = self._systemctl(*words)
        if done.returncode:
            said = " ".join(done.stderr.split())
            raise TroubleError(say(f"systemctl {words[0]} failed: {said}", f"systemctl {words[0]} 失败：{said}"))

    def _systemctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        return _run("systemctl", *(["--user"] if self.user else []), *words)


def next_elapse(text: str) -> str | None:
    """Read systemd's `Wed 2026-11-25 03:00:00 UTC` as a UTC stamp; None where there is none."""
    found = _MOMENT.match(text)
    if not found:
        return None
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
