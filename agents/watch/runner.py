# SPDX-License-Identifier: Apache-2.0
"""Carry out one action of the journal in a process that outlives the watch: claimed once, limited in time, written down.

python -m agents.watch.runner STORE ACTION
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from agents.watch.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO

ROOT: Final = Path(__file__).resolve().parents[2]
# A playbook's callback writes here, host by host, how it went.
STATISTICS: Final = "MENSHEN_OUTAGE_STATISTICS"
_KILL_SECONDS: Final = 5.0
_TAIL: Final = 200


def launch(store: Path, action: str) -> int:
    """Start a runner in a session of its own and give its process id; a second one for the same action ends at once."""
    command = [sys.executable, "-m", "agents.watch.runner", str(store), action]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    # A process the watch need not outlive, wait for or be killed with.
    return os.posix_spawn(sys.executable, command, environment, file_actions=quiet, setsid=True)


def reaped(children: set[int]) -> set[int]:
    """Let go of the runners that have ended; give those that have not."""
    return {child for child in children if _alive(child)}


def _alive(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def held(store: Path, action: str) -> IO[str] | None:
    """Take the lock of an action, to be closed by the caller; None while a runner lives."""
    folder = store.with_name(f"{store.name}.actions")
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = (folder / f"{action}.lock").open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def main(path: Path, action: str) -> int:
    """Run the action unless somebody else has or does."""
    lock = held(path, action)
    if lock is None:
        return 0
    with lock, Store(path) as store:
        with store.writing() as connection:
            claim = "UPDATE actions SET claimed = ?, runner = ? WHERE id = ? AND claimed IS NULL"
            if connection.execute(claim, (time.time(), str(os.getpid()), action)).rowcount != 1:
                return 0
            row = connection.execute("SELECT subjects, command, seconds, tries FROM actions WHERE id = ?", (action,)).fetchone()
        subjects, command = json.loads(row[0]), json.loads(row[1])
        results = _tried(command, subjects, row[2], row[3])
        with store.writing() as connection:
            connection.execute(
                "UPDATE actions SET ended = ?, results = ? WHERE id = ?",
                (time.time(), json.dumps(results, ensure_ascii=False), action),
            )
    return 0


def _tried(command: list[str], subjects: list[str], seconds: float, tries: int) -> dict[str, str]:
    """Try until it worked on every subject, as often as allowed; give what is still wrong with each."""
    results = dict.fromkeys(subjects, "not begun")
    for _ in range(max(1, tries)):
        found = _once(command, subjects, seconds)
        # What once worked has worked: a host that is down does not answer the second time.
        results = {name: "" if results[name] == "" else found[name] for name in subjects}
        if not any(results.values()):
            break
    return results


def _once(command: list[str], subjects: list[str], seconds: float) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="menshen-") as folder:
        statistics, log = Path(folder, "statistics.json"), Path(folder, "log")
        with log.open("wb") as stream:
            environment = {**os.environ, STATISTICS: str(statistics)}
            try:
                process = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=stream,
                    stderr=stream,
                    start_new_session=True,
                )
            except OSError as error:
                return dict.fromkeys(subjects, f"cannot be started: {error.strerror}")
            ended = _awaited(process, seconds)
        told = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        if statistics.exists():
            return _by_host(json.loads(statistics.read_text(encoding="utf-8")), subjects, ended)
    if not ended:
        return dict.fromkeys(subjects, f"not done within {seconds:g} seconds")
    said = f": {told[0][:_TAIL]}" if told else ""
    return dict.fromkeys(subjects, "" if process.returncode == 0 else f"ended with code {process.returncode}{said}")


def _awaited(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end, for so long; then end it and all it started."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            os.killpg(process.pid, sign)
            try:
                process.wait(_KILL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            return False
        return False
    return True


def _by_host(statistics: Mapping[str, Any], subjects: list[str], ended: bool) -> dict[str, str]:  # noqa: FBT001 - a fact of the run
    return {name: "; ".join(_wrong(statistics.get(name), ended)) for name in subjects}


def _wrong(told: Mapping[str, Any] | None, ended: bool) -> Iterator[str]:  # noqa: FBT001 - a fact of the run
    if told is None or not (told.get("ok") or told.get("failures") or told.get("unreachable")):
        yield "the playbook has nothing for it" if ended else "not done in time"
        return
    if told.get("unreachable"):
        yield "unreachable"
    if told.get("failures"):
        yield "a task failed"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
