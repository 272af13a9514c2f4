# SPDX-License-Identifier: Apache-2.0
"""The outage plan from the command line: shown, drilled, verified, asked after."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import jsonschema
import pytest
import system
from commandline import ROOT, menshen
from outage_story import BATTERY, ONLINE, PLAN

from agents.devices.sample import Sample, Seen
from agents.watch.drill import Drill, InterruptedDrillError, Scenario, worst_case
from agents.watch.metrics import serve
from agents.watch.never import ProcessRefusedError, no_process
from agents.watch.store import Store
from agents.watch.watcher import Watcher
from menshen.drilling import Order, hold, real_outage, recompute
from menshen.inventory import read
from menshen.settings import watch_path
from menshen.watch_unit import unit
from menshen.watch_words import _WORDS
from menshen.watching import room
from policies import outage
from reports.drill_entry import DRILL
from reports.ledger import Ledger

SCHEMAS = ROOT / "docs" / "schemas"


def checked(name, text):
    """Read a document and hold it against its schema."""
    document = json.loads(text)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")))
    return document


@pytest.fixture
def site(tmp_path):
    """Give an inventory with a plan whose commands would leave a mark."""
    return write_site(tmp_path)


def write_site(folder):
    """Write it."""
    hosts = {name: {"menshen_kind": "linux", "menshen_baselines": ["linux_server"]} for name in ("office", "server", "watch")}
    hosts["ups_a"] = {"menshen_kind": "ups", "menshen_address": "127.0.0.1", "menshen_snmp": {"port": 9, "community": "none"}}
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    mark = str(folder / "mark")
    (folder / "outage.yml").write_bytes(PLAN.replace(b'["true"]', f'[touch, "{mark}"]'.encode()))
    return folder


def test_the_plan_is_shown_in_both_languages_and_as_json(site):
    """Tiers, conditions and feeds in words; the document is the file's own."""
    assert "on battery ≥ 10 min" in menshen("outage", "plan", "-i", site).stdout
    assert "电池供电 ≥ 10 分钟" in menshen("outage", "plan", "-i", site, "--lang", "zh").stdout
    document = checked("outage-plan", menshen("outage", "plan", "-i", site, "--json").stdout)
    assert ["shed", "servers"] == [tier["id"] for tier in document["plan"]["tiers"]]


def test_a_wrong_plan_is_told_at_its_line_in_chinese(site):
    """A mistake is one line with place and reason, code 2."""
    file = site / "outage.yml"
    file.write_text(file.read_text("utf-8").replace("subjects: [office]", "subjects: [offise]", 1), encoding="utf-8")
    told = menshen("outage", "plan", "-i", site, expected=(2,), LC_ALL="zh_CN.UTF-8").stderr
    assert "outage.yml:" in told
    assert "offise" in told
    assert "供电" in told


@pytest.fixture(scope="module")
def drilled(tmp_path_factory):
    """Hold one drill by the command line and give its folder and document."""
    folder = write_site(tmp_path_factory.mktemp("drilled"))
    own = {"MENSHEN_STATE": str(folder / "state"), "LC_ALL": "C.UTF-8"}
    order = ("-i", folder, "-o", folder / "d.pdf", "--ledger", folder / "l.db", "--leader", "王磊", "--json")
    return folder, checked("outage-drill", menshen("outage", "drill", *order, expected=(0, 1), **own).stdout)


def test_a_drill_writes_records_and_no_mark(drilled):
    """Both PDFs are written, verify plays them again, the ledger knows them by digest, and no command was run."""
    folder, document = drilled
    assert ["shed", "servers", "monitor", "restart", "checks"] == [tier["id"] for tier in document["tiers"]]
    assert not (folder / "mark").exists()
    for name in ("d.pdf", "d.en.pdf"):
        stands = checked("verify-drill", menshen("verify", folder / name, "--ledger", folder / "l.db", "--json").stdout)
        assert (document["number"], []) == (stands["number"], stands["problems"])
        pages = subprocess.run(
            [system.need("pdftotext"), "-layout", folder / name, "-"], capture_output=True, text=True, check=True
        )
        assert document["number"] in pages.stdout
        assert ("停电应急演练记录" if name == "d.pdf" else "Power outage drill record") in pages.stdout
    with Ledger(folder / "l.db") as ledger:
        (row,) = ledger.rows(DRILL)
    files = {"zh": "d.pdf", "en": "d.en.pdf"}
    assert {name: hashlib.sha256((folder / file).read_bytes()).hexdigest() for name, file in files.items()} == row["files"]


def test_a_record_that_was_altered_does_not_stand(drilled, tmp_path):
    """Changed pages, another ledger and a file that is no record are each told."""
    folder, _ = drilled
    (tmp_path / "pages.pdf").write_bytes((folder / "d.pdf").read_bytes() + b"\n%changed\n")
    told = menshen("verify", tmp_path / "pages.pdf", "--ledger", folder / "l.db", expected=(1,)).stdout
    assert "its pages may have been changed" in told
    with Ledger(tmp_path / "other.db"):
        pass
    told = menshen("verify", folder / "d.pdf", "--ledger", tmp_path / "other.db", expected=(1,)).stdout
    assert "the ledger knows no drill" in told
    assert "carries no drill record" in menshen("verify", folder / "hosts.yml", expected=(2,)).stderr


def held(plan, **scenario):
    """Hold a drill in this process."""
    return hold(plan, Order("王磊", Scenario(**scenario), lambda _: ["x"]))


def test_recomputing_finds_each_changed_member():
    """Whatever of a record is changed, playing it again tells."""
    document = json.loads(json.dumps(held(outage.read("p", PLAN), minutes=90)))
    assert [] == recompute(document)
    changed = json.loads(json.dumps(document))
    changed["targets"][0]["actual"] = 999
    assert ["targets"] == recompute(changed)
    changed = json.loads(json.dumps(document))
    changed["records"][0]["seconds"] += 60
    assert {"timeline", "tiers"} <= set(recompute(changed))
    assert "result" in recompute({**document, "result": "failed" if document["result"] == "passed" else "passed"})


def test_what_refuses_in_a_drill_is_on_the_record():
    """A subject that refuses is listed with its tier, and the drill has failed."""
    document = held(outage.read("p", PLAN), fails=("office",))
    assert "failed" == document["result"]
    assert {"tier": "shed", "subject": "office", "why": "refused in the drill"} in document["failed"]


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run(["true"], check=False),
        lambda: os.system("true"),  # noqa: S605 - refused
        lambda: os.posix_spawn("/bin/true", ["true"], {}),
        os.fork,
        lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 - refused
    ],
)
def test_a_drill_refuses_every_way_to_start_a_process(start):
    """Within a drill nothing can be started, by whatever door; after it everything can."""
    plan = outage.read("p", PLAN)

    def takes(_action):
        start()
        pytest.fail("a process was started in a drill")

    with pytest.raises(ProcessRefusedError):
        Drill(plan, Scenario(minutes=30), takes).play()
    assert 0 == subprocess.run(["true"], check=False).returncode
    with no_process(), no_process():
        pass


def test_a_real_outage_wins(site):
    """With a UPS on battery in the watch's file a drill ends at once, writes nothing, and says so."""
    plan = outage.read("p", PLAN)
    with Store(watch_path(), create=True) as store:
        watcher = Watcher(plan, store, lambda _: ["true"])
        watcher.take(Sample("ups_a", 0.0, Seen(ups=ONLINE)))
        assert not real_outage(watch_path())()
        watcher.take(Sample("ups_a", 0.0, Seen(ups=BATTERY)))
    assert real_outage(watch_path())()
    done = menshen("outage", "drill", "-i", site, "-o", site / "d.pdf", "--ledger", site / "l.db", expected=(1,))
    assert "really on battery" in done.stderr
    assert not (site / "d.pdf").exists()
    calls = iter([False] * 500 + [True] * 10**6)
    with pytest.raises(InterruptedDrillError):
        Drill(plan, Scenario(), worst_case(plan, Scenario()), lambda: next(calls)).play()


def test_status_and_history_tell_what_the_watch_knows():
    """Without a watch code 3; with one on mains 0; in an outage 1, with charge and since when; history lists it."""
    nothing = menshen("outage", "status", "--json", expected=(3,))
    assert not checked("outage-status", nothing.stdout)["watching"]
    with Store(watch_path(), create=True) as store:
        watcher = Watcher(outage.read("p", PLAN), store, lambda _: ["true"])
        watcher.take(Sample("ups_a", 0.0, Seen(ups=ONLINE)))
        assert "on mains" in menshen("outage", "status").stdout
        for _ in range(2):
            watcher.take(Sample("ups_a", 0.0, Seen(ups=replace(BATTERY, seconds_on_battery=300))))
        document = checked("outage-status", menshen("outage", "status", "--json", expected=(1,)).stdout)
    assert ("outage", "battery", 99) == (document["phase"], document["feeds"][0]["power"], document["feeds"][0]["charge_percent"])
    listed = checked("outage-history", menshen("outage", "history", "--json").stdout)
    assert ["outage"] == [row["event"] for row in listed["events"]]
    assert None is listed["outages"][0]["ended_at"]
    menshen("outage", "expect", "180")
    with Store(watch_path()) as store:
        assert [("forecast",)] == store.connection.execute("SELECT kind FROM wishes").fetchall()


def test_the_unit_is_what_systemd_accepts(tmp_path):
    """The printed unit passes systemd's own check, and lets an action under way outlive the watch."""
    text = menshen("watch", "--print-unit").stdout
    assert text == unit(None)
    assert "KillMode=process" in text
    analyze = system.which("systemd-analyze")
    if analyze is None:
        pytest.skip("this machine has no systemd-analyze")
    file = tmp_path / "menshen-watch.service"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([analyze, "verify", file], capture_output=True, text=True, check=False)
    assert [] == [line for line in done.stderr.splitlines() if "menshen-watch" in line and "is not executable" not in line]


def test_metrics_are_prometheus_text_on_the_loopback():
    """Charge, state and freshness of each device, nothing for what is not known, on 127.0.0.1 alone."""
    import urllib.request  # noqa: PLC0415 - this test alone speaks HTTP

    with Store(watch_path(), create=True) as store:
        watcher = Watcher(outage.read("p", PLAN), store, lambda _: ["true"])
        watcher.take(Sample("ups_a", 0.0, Seen(ups=replace(ONLINE, battery_temperature_c=None))))
        server, thread = serve(watcher, port=0)
        try:
            address, port = server.server_address
            with urllib.request.urlopen(f"http://{address}:{port}/metrics", timeout=5) as answer:
                text = answer.read().decode()
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)
    assert "127.0.0.1" == address
    assert 'menshen_ups_charge_percent{subject="ups_a"} 100.0' in text
    assert 'menshen_ups_status{status="online",subject="ups_a"} 1.0' in text
    assert "menshen_ups_battery_temperature_c{" not in text


def test_a_limit_may_name_kinds():
    """`--limit ups,sensor` means the subjects of these kinds, though the example has no such groups; `!` takes a kind away."""
    source = ROOT / "inventory"
    assert {"ups-room", "climate-room"} == {one.name for one in read(source, "ups,sensor")}
    assert "ups-room" not in {one.name for one in read(source, "server_room:!ups")}


def test_every_event_has_its_words():
    """Each event of the watch can be told in both languages."""
    from agents.watch.event import Key  # noqa: PLC0415 - only here

    assert set(map(str, Key)) == set(_WORDS)


def test_actions_run_the_playbook_for_real(site, tmp_path):
    """Ansible runs the plays of a tag on the step's subjects: one that works, one that is unreachable; both are told."""
    stop = f"touch {tmp_path}/stopped"
    hosts = {
        "office": {"menshen_kind": "network_device", "ansible_connection": "local", "menshen_stop_command": stop,
                   "ansible_python_interpreter": sys.executable, "menshen_baselines": ["network"]},
        "server": {"menshen_kind": "linux", "ansible_host": "127.0.0.1", "ansible_port": 9, "menshen_baselines": ["linux_server"]},
        "watch": {"menshen_kind": "linux", "ansible_connection": "local", "menshen_baselines": ["linux_server"]},
        "ups_a": {"menshen_kind": "ups"},
    }  # fmt: skip
    (site / "hosts.yml").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    plan = PLAN.replace(
        b'{name: office, subjects: [office], command: ["true"], seconds: 60}',
        b"{name: both, subjects: [office, server], playbook: outage.yml, tags: [stop], seconds: 120}",
    )
    (site / "outage.yml").write_bytes(plan)
    found, told = room(site), []
    with Store(site / "w.db", create=True) as store:
        watcher = Watcher(found.plan, store, found.command, told.extend)
        watcher.take(Sample("ups_a", 0.0, Seen(ups=ONLINE)))
        for _ in range(2):
            watcher.take(Sample("ups_a", 0.0, Seen(ups=replace(BATTERY, seconds_on_battery=700))))
        end = time.monotonic() + 120
        while not any(event.key == "tier" and event.over for event in told) and time.monotonic() < end:
            time.sleep(0.2)
            watcher.tick()
    assert (tmp_path / "stopped").exists()
    assert [("server", "unreachable")] == [(event.about, event.data["why"]) for event in told if event.key == "step_failed"]
