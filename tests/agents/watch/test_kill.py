# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the watch, two hundred times in one outage."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from watch_victim import END

from agents.watch.history import History
from agents.watch.watcher import boottime

ROOT = Path(__file__).resolve().parents[3]
VICTIM = ROOT / "tests" / "watch_victim.py"
KILLS = 200
# The story's 1100 seconds in about fifty real ones.
SPEED = 22.0


class Lives:
    """Watches on one folder, one after the other."""

    def __init__(self, folder):
        self.folder, self.began = folder, boottime()
        command = [sys.executable, VICTIM, folder, str(self.began), str(SPEED)]
        environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        self.server = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self):
        """Begin a watch and give its process id."""
        self.server.stdin.write("\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def kill(self, pid):
        """End it in the middle of whatever it does, and give what its UPS had given by then."""
        os.kill(pid, signal.SIGKILL)
        assert "gone\n" == self.server.stdout.readline()
        file = self.folder / "given"
        return file.read_text().split() if file.exists() else []

    def end(self):
        """End the server."""
        self.server.stdin.close()
        self.server.stdout.close()
        self.server.wait()


def killed(lives, luck):
    """Kill the watch until it was killed so often, then let it finish; give what each life had heard."""
    given = []
    for _ in range(KILLS):
        pid = lives.begin()
        time.sleep(luck.uniform(0.0, 0.45))
        given.append(lives.kill(pid))
    pid, end = lives.begin(), time.monotonic() + 60
    while time.monotonic() < end and not finished(lives.folder, lives.began):
        time.sleep(0.2)
    lives.kill(pid)
    return given


def finished(folder, began):
    """Tell whether the story is told and nothing is under way."""
    with sqlite3.connect(folder / "watch.db", timeout=30) as connection:
        row = connection.execute("SELECT body FROM state").fetchone()
    connection.close()
    return (boottime() - began) * SPEED > END and row is not None and json.loads(row[0])["began"] is None


@pytest.mark.slow
def test_two_hundred_kills_repeat_skip_and_lose_nothing(tmp_path):
    """Each tier's command ran exactly once and in order; of each life at most the last sample is missing; the file is whole."""
    seed = random.randrange(2**32)  # noqa: S311 - no secret
    print(f"seed {seed}")
    lives = Lives(tmp_path)
    try:
        given = killed(lives, random.Random(seed))  # noqa: S311 - no secret
    finally:
        lives.end()

    done = (tmp_path / "done").read_text().splitlines()
    assert [
        "shed office", "servers server", "monitor watch", "restart server", "restart office", "checks server,office",
    ] == done, f"seed {seed}"  # fmt: skip
    connection = sqlite3.connect(tmp_path / "watch.db")
    assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
    history = History(connection)
    series = history.series("ups_a")["ups_a", "load_percent", ""]
    kept = {f"{value:g}" for _, value in history.samples(series, 0, 2**40)}
    before = 0
    for number, heard in enumerate(given):
        # The newest sample of a life may have been on its way when it died; every older one is kept.
        lost = [one for one in heard[before:-1] if f"{float(one):g}" not in kept]
        assert [] == lost, f"life {number}, seed {seed}"
        before = max(0, len(heard) - 1) if heard[before:] and f"{float(heard[-1]):g}" in kept else len(heard)
    assert [1] == [count for (count,) in connection.execute("SELECT count(*) FROM outages")]
    assert 1 == connection.execute("SELECT count(*) FROM events WHERE key = 'outage' AND NOT over").fetchone()[0]
    connection.close()
    assert len(kept) >= 100
