# SPDX-License-Identifier: Apache-2.0
"""Jobs by the clock: their units, what counts as missed, and that drift is told once."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from commandline import ROOT, menshen
from receivers import http, smtp
from system import need

from menshen.schedule import systemd
from menshen.schedule.jobs import USUAL, Job, load
from menshen.schedule.overdue import Miss, miss
from menshen.schedule.state import Last, State
from menshen.schedule.units import Place, texts
from menshen.trouble import TroubleError
from policies.problems import CatalogueError

pytestmark = pytest.mark.system
SITE = """
all:
  hosts:
    here: {menshen_kind: linux, ansible_connection: local, menshen_baselines: [linux_server]}
"""


def test_systemd_accepts_the_units(tmp_path):
    """`systemd-analyze verify` has nothing to say about any unit, also where paths have blanks, percents and dollars."""
    need("systemctl")
    odd = Place(tmp_path / "in ventory 100% $HOME", tmp_path / 'st"ate', "zh_CN.UTF-8")
    found = texts(USUAL, odd)
    for name, text in found.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    timers = [str(tmp_path / name) for name in found if name.endswith(".timer")]
    done = subprocess.run(["systemd-analyze", "verify", *timers], capture_output=True, text=True, check=False)

    assert ("", 0) == (done.stderr, done.returncode)
    assert 11 == len(found)
    assert "Persistent=true" in found["menshen-job-audit.timer"]
    assert "RandomizedDelaySec=900s" in found["menshen-job-audit.timer"]
    assert "OnFailure=menshen-job-failed@audit.service" in found["menshen-job-audit.service"]


def test_installing_twice_changes_nothing_and_removing_leaves_nothing(tmp_path):
    """The command writes eleven files, then none, and takes them all away again."""
    need("systemctl")
    folder = tmp_path / "units"
    first = json.loads(menshen("schedule", "install", "--unit-folder", folder, "--json").stdout)
    second = json.loads(menshen("schedule", "install", "--unit-folder", folder, "--json").stdout)
    listed = json.loads(menshen("schedule", "list", "--unit-folder", folder, "--json").stdout)
    jsonschema.validate(listed, json.loads((ROOT / "docs" / "schemas" / "schedule.json").read_text(encoding="utf-8")))
    gone = json.loads(menshen("schedule", "remove", "--unit-folder", folder, "--json").stdout)

    assert (11, []) == (len(first["changed"]), second["changed"])
    assert ["audit", "drift", "enforce-expired", "report", "watchdog"] == [one["job"] for one in listed["jobs"]]
    assert {"written"} == {one["timer"] for one in listed["jobs"]}
    assert (11, []) == (len(gone["changed"]), list(folder.iterdir()))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("jobs: []", "jobs must name at least 1"),
        ("jobs: [{name: A B, what: audit, when: daily}]", "name must be small letters, digits and hyphens"),
        ("jobs: [{name: a, what: dance, when: daily}]", "what must be one of audit, drift"),
        ('jobs: [{name: a, what: audit, when: "daily\\nExecStart=/bin/x"}]', "when must be one line of text"),
        ("jobs: [{name: a, what: audit, when: daily}, {name: a, what: drift, when: daily}]", "duplicate name a"),
        ("jobs: [{name: a, what: audit, when: daily, jitter_minutes: -1}]", "jitter_minutes must be a number"),
    ],
)
def test_a_wrong_schedule_is_refused_at_its_place(tmp_path, text, problem):
    """What is wrong with schedule.yml is said with its line."""
    (tmp_path / "schedule.yml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=problem) as caught:
        load(tmp_path / "schedule.yml")

    assert "schedule.yml:1:" in str(caught.value)


def test_a_wrong_calendar_is_refused():
    """An expression that systemd does not know is refused before any unit is written."""
    need("systemctl")
    with pytest.raises(TroubleError, match="not a time of the calendar"):
        systemd.elapses("some day", "2026-11-25T00:00:00Z")


def test_what_counts_as_missed(monkeypatch):
    """A job is missed when its time, its jitter and its grace have passed since it last began, in local time as timers mean it."""
    need("systemctl")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    job = Job("a", "audit", "*-*-* 01:30:00", jitter_minutes=10, grace_minutes=20)
    ran = Last("2026-11-01T00:00:00Z", began="2026-11-24T17:31:00Z")

    assert None is miss(job, ran, "2026-11-25T17:59:00Z")
    assert Miss("2026-11-25T17:30:00Z", "2026-11-24T17:31:00Z") == miss(job, ran, "2026-11-25T18:01:00Z")
    assert Miss("2026-11-01T17:30:00Z", "") == miss(job, Last("2026-11-01T00:00:00Z"), "2026-11-03T00:00:00Z")


def test_two_jobs_do_not_overlap(tmp_path):
    """Who comes second waits, and gives up with a reason."""
    state = State(tmp_path)
    started = time.monotonic()
    with state.lock(), pytest.raises(TroubleError, match="another job still runs"), state.lock(1):
        pass

    assert time.monotonic() - started >= 1


def test_a_state_that_is_cut_is_said(tmp_path):
    """A file of the state that is no JSON is named, and none that is there is silently taken for none."""
    state = State(tmp_path)
    state.write("seen", {"pc": {"a": "pass"}})
    (tmp_path / "schedule" / "seen.json").write_text("{", encoding="utf-8")
    with pytest.raises(TroubleError, match=r"seen\.json: cannot be read"):
        state.read("seen")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Give an inventory of this machine with one job, an SMTP and an HTTP receiver."""
    need("systemctl")
    monkeypatch.setenv("MENSHEN_STATE", str(tmp_path / "state"))
    folder = tmp_path / "inventory"
    folder.mkdir()
    (folder / "hosts.yml").write_text(SITE, encoding="utf-8")
    job = "{name: look, what: audit, when: hourly, controls: [asset_identity, os_supported, shell_idle_timeout]}"
    (folder / "schedule.yml").write_text(f"jobs:\n- {job}\n- {{name: dog, what: watchdog, when: hourly}}\n", encoding="utf-8")
    with smtp(tmp_path) as box, http() as hook:
        mail = f"{{name: m, kind: mail, server: 127.0.0.1, port: {box.port}, security: none, from: a@b.example, to: [c@d.example]}}"
        (folder / "notify.yml").write_text(
            f"channels:\n- {mail}\n- {{name: h, kind: webhook, url: '{hook.url}'}}\n", encoding="utf-8"
        )
        yield folder, box.letters, hook.requests


def told(requests):
    return [[(one["key"], one["healed"]) for one in request.body["notices"]] for request in requests]


def test_a_run_that_was_missed_is_told(site):
    """A job that should have run is one alert on each channel, and one more when it runs again."""
    folder, letters, requests = site
    ago = datetime.now(UTC) - timedelta(hours=5)
    State(folder.parent / "state").keep("look", Last(ago.isoformat().replace("+00:00", "Z")))
    for _ in range(2):
        menshen("schedule", "run", "dog", "-i", folder)

    assert [[("missed/look", False)]] == told(requests)
    assert 1 == len(letters)
    listed = json.loads(menshen("schedule", "list", "-i", folder, "--unit-folder", folder, "--json", expected=(1,)).stdout)
    assert listed["jobs"][0]["missed"]
    menshen("schedule", "run", "look", "-i", folder)
    menshen("schedule", "run", "dog", "-i", folder)

    assert [[("missed/look", False)], [("missed/look", True)]] == told(requests)
    menshen("schedule", "list", "-i", folder, "--unit-folder", folder)


def test_a_run_that_fails_is_told(site):
    """A job that cannot do its work is one alert with the reason, and its end another; code 1 tells systemd."""
    folder, letters, requests = site
    hosts = (folder / "hosts.yml").read_text(encoding="utf-8")
    (folder / "hosts.yml").write_text("all: {hosts: {here: {menshen_kind: toaster}}}\n", encoding="utf-8")
    for _ in range(2):
        menshen("schedule", "run", "look", "-i", folder, expected=(1,))
    (folder / "hosts.yml").write_text(hosts, encoding="utf-8")
    menshen("schedule", "run", "look", "-i", folder)

    assert [[("job/look", False)], [("job/look", True)]] == told(requests)
    assert "menshen_kind" in letters[0].text


def test_a_run_that_is_killed_is_told(site):
    """What systemd starts after a run that broke off tells people, once, and not after a run that told by itself."""
    folder, _, requests = site
    menshen("schedule", "run", "look", "-i", folder)
    for _ in range(2):
        menshen("schedule", "failed", "look", "-i", folder)

    assert [[("job/look", False)]] == told(requests)
    assert "the run broke off" in str(requests[0].body)


def test_an_unknown_job_is_refused(site):
    """A name that is no job is a mistake of the user."""
    assert "known are look, dog" in menshen("schedule", "run", "nope", "-i", site[0], expected=(2,)).stderr


def test_the_example_schedule_is_right():
    """The file shipped with the inventory describes the usual jobs."""
    assert tuple(USUAL) == load(ROOT / "inventory" / "schedule.yml")
