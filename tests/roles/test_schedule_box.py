# SPDX-License-Identifier: Apache-2.0
"""The schedule on a real systemd: a timer runs, drift made by hand rings once, a run that is killed or missed rings too."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from target import ROOT

pytestmark = [pytest.mark.system, pytest.mark.slow]
SECONDS = 90
SITE = """
all:
  hosts:
    here: {menshen_kind: linux, ansible_connection: local, menshen_baselines: [linux_server]}
"""
SCHEDULE = """
jobs:
  - {name: look, what: audit, when: "*:*:0/10", jitter_minutes: 0, grace_minutes: 0.5, controls: [uid_zero_unique]}
  - {name: dog, what: watchdog, when: "daily"}
"""
NOTIFY = """
channels:
  - {{name: m, kind: mail, server: 127.0.0.1, port: {smtp}, security: none, from: a@b.example, to: [c@d.example]}}
  - {{name: h, kind: wecom, url: '{http}'}}
"""
TOOR = "toor:x:0:0::/root:/bin/sh"


class Scheduled:
    """The schedule inside the throw-away host, and the receivers in its network."""

    def __init__(self, box, folder):
        self.target, self.folder = box.target, folder
        self.inventory = box.target.inventory / "scheduled"

    def begin(self):
        """Write the site's files, with the ports of the receivers."""
        self.inventory.mkdir()
        ports = json.loads(waited(lambda: (self.folder / "ports").read_text("utf-8") if (self.folder / "ports").exists() else ""))
        for name, text in (("hosts", SITE), ("schedule", SCHEDULE), ("notify", NOTIFY.format(**ports))):
            (self.inventory / f"{name}.yml").write_text(text, encoding="utf-8")

    def menshen(self, *arguments):
        """Run the command line inside; give what it prints."""
        variables = [f"PYTHONPATH={ROOT}", "PYTHONDONTWRITEBYTECODE=1", "MENSHEN_STATE=/var/lib/menshen", "LC_ALL=C.UTF-8"]
        return self.target.inside("env", *variables, sys.executable, "-m", "menshen", *arguments)

    def job(self, name):
        """Give what `schedule list` says of a job, whatever its exit code."""
        command = f"{self.python()} -m menshen schedule list -i {self.inventory} --json; true"
        found = json.loads(self.target.inside("sh", "-c", command))
        return next(one for one in found["jobs"] if one["job"] == name)

    def python(self):
        return f"env PYTHONPATH={ROOT} MENSHEN_STATE=/var/lib/menshen LC_ALL=C.UTF-8 {sys.executable}"

    def look(self):
        """Let systemd run the job once, as its timer does."""
        self.target.inside("systemctl", "start", "menshen-job-look.service")

    def got(self):
        """Give the subjects of the letters so far, after as many robot messages."""
        time.sleep(0.5)
        letters, requests = (
            [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
            for path in (self.folder / "letters", self.folder / "requests")
        )
        assert len(letters) == len(requests)
        return [one["subject"] for one in letters]


def waited(what):
    """Give the first thing that is true of what a function gives, within the time."""
    end = time.monotonic() + SECONDS
    while not (found := what()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.5)
    return found


@pytest.fixture(scope="module")
def scheduled(box, tmp_path_factory):
    """Install the schedule, wait for the timer's first run, then stop the timer."""
    folder = tmp_path_factory.mktemp("got")
    command = ["ip", "netns", "exec", box.target.host, sys.executable, str(ROOT / "tests" / "receivers.py"), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as receivers:
        try:
            one = Scheduled(box, folder)
            one.begin()
            one.menshen("schedule", "install", "-i", str(one.inventory))
            one.timer = one.job("look")["timer"]
            waited(lambda: one.job("look")["ended"])
            box.target.inside("systemctl", "stop", "menshen-job-look.timer")
            # A run under way comes to its end.
            waited(lambda: "inactive" in box.target.inside("sh", "-c", "systemctl is-active menshen-job-look.service; true"))
            yield one
        finally:
            receivers.stdin.close()
            receivers.wait(10)


def test_the_timer_runs_the_job(scheduled):
    """A real systemd accepts and starts the timer, which runs the job; the first look raises no alert."""
    assert "active" == scheduled.timer
    assert "" == scheduled.job("look")["error"]
    assert [] == scheduled.got()


def test_a_second_install_changes_nothing(scheduled):
    """Installing again writes no file."""
    assert [] == json.loads(scheduled.menshen("schedule", "install", "-i", str(scheduled.inventory), "--json"))["changed"]
    scheduled.target.inside("systemctl", "stop", "menshen-job-look.timer")


def test_drift_by_hand_rings_once_and_its_end_once(scheduled):
    """Nothing changed: no alert. A setting changed by hand: exactly one. Again: none. Put right: exactly one that says so."""
    scheduled.look()
    assert [] == scheduled.got()
    scheduled.target.inside("sh", "-c", f"echo '{TOOR}' >> /etc/passwd")
    scheduled.look()
    assert ["[门神] 严重：here：仅 root 一个账号拥有超级用户 UID"] == scheduled.got()
    scheduled.look()
    assert 1 == len(scheduled.got())
    scheduled.target.inside("sed", "-i", "/^toor:/d", "/etc/passwd")
    scheduled.look()
    scheduled.look()
    letters = scheduled.got()

    assert 2 == len(letters)
    assert "已恢复" in letters[1]


def test_a_killed_run_rings(scheduled):
    """A run that is killed tells nobody itself: systemd starts what does."""
    before = len(scheduled.got())
    scheduled.target.inside("systemctl", "start", "--no-block", "menshen-job-look.service")
    waited(lambda: scheduled.job("look")["ended"] < scheduled.job("look")["began"] or None)
    scheduled.target.inside("systemctl", "kill", "--signal=KILL", "menshen-job-look.service")
    waited(lambda: len(scheduled.got()) > before)

    assert "look：定时任务失败" in scheduled.got()[-1]
    scheduled.look()
    assert "已恢复：look：定时任务失败" in scheduled.got()[-1]


def test_a_timer_that_is_off_rings(scheduled):
    """With the timer stopped the watchdog reports the run that did not happen, once."""
    before = len(scheduled.got())
    waited(lambda: scheduled.job("look")["missed"])
    for _ in range(2):
        scheduled.target.inside("systemctl", "start", "menshen-job-dog.service")
    letters = scheduled.got()

    assert before + 1 == len(letters)
    assert "look：定时任务未按时运行" in letters[-1]


def test_removing_leaves_no_unit(scheduled):
    """After remove systemd knows no timer of ours."""
    scheduled.menshen("schedule", "remove")

    assert "menshen-job" not in scheduled.target.inside("sh", "-c", "systemctl list-timers --all; ls /etc/systemd/system")
