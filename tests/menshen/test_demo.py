# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from random import Random

import pytest
from commandline import menshen
from system import need

from menshen import inventory, writing
from menshen.audit import Audit, baselines_of, chosen_controls
from menshen.commands.demo import _last_morning
from menshen.commands.report import wanted
from menshen.connect import Evidence
from menshen.demo import output, site, story, world
from menshen.demo.make import Order, make
from menshen.demo.memory import RememberingEngine
from menshen.demo.world import Broken
from menshen.trouble import TroubleError
from policies import catalogue
from policies.verdict import Verdict
from reports.ledger import Ledger

AT = "2026-11-22T06:40:00Z"
END = int(datetime.fromisoformat(AT).timestamp())
DAY = 86400
HOSTS = 12
# What a healthy imagined site has no use for; everything else must be exercised.
NATURALLY_ABSENT = {
    "firmware_version",
    "automatic_updates_dnf",
    "mail_accounts_company",
    "mail_archive_kept",
    "mail_archived",
    "mail_client_encrypted",
    "mail_recipients_limited",
    "mail_relay_closed",
    "mail_server_encrypts",
    "mysql_audited",
    "postgresql_audited",
    "rpm_signatures_checked",
}
WORLDS = ("linux_pc", "linux_server", "ups", "sensor", "domain", "network_device", "nvr", "site")
# A server's world stands on a PC's; a fault is tried where it is written.
FAULTS = [
    (name, fault)
    for name in WORLDS
    for fault in world.load(name).faults
    if name != "linux_server" or fault not in world.load("linux_pc").faults
]


@pytest.fixture(scope="module")
def known():
    return catalogue.load()


@pytest.fixture(scope="module")
def everyone():
    return {host.name: host for host in site.hosts(HOSTS)}


@pytest.fixture(scope="module")
def subjects(everyone, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inventory")
    (folder / "hosts.yml").write_text(site.inventory(list(everyone.values())), encoding="utf-8")
    return inventory.read(folder)


@pytest.fixture(scope="module")
def healthy(known, everyone, subjects):
    memory = {}

    def ask(subject, _):
        host = everyone[subject.name]
        return RememberingEngine(subject.kind, world.load(host.world).at(END, host.own), memory)

    found = Audit(known, (), Evidence(at=AT), AT, ask=ask).run(subjects).findings
    return [one for one in found if not known.controls[one.control].is_manual(one.kind)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "site"
    done = menshen("demo", "-o", folder, "--hosts", HOSTS, "--end", AT, LC_ALL="zh_CN.UTF-8")
    return folder, done


@pytest.fixture(scope="module")
def drift(demo):
    return json.loads((demo[0] / "drift.json").read_text())["moves"]


@pytest.fixture(scope="module")
def ledger(demo):
    with Ledger(demo[0] / "ledger.db", create=False) as opened:
        yield opened


def test_a_healthy_world_meets_every_rule(healthy):
    """Of the healthy worlds, every rule a machine answers is met or does not apply."""
    met = {Verdict.PASS, Verdict.NOT_APPLICABLE}
    wrong = [
        f"{one.subject} {one.control}: {one.verdict} {one.reason} {one.evidence[:2]}" for one in healthy if one.verdict not in met
    ]
    assert [] == wrong


def test_every_rule_is_exercised(healthy):
    """Only what such a site has no use for does not apply to any host; every other rule gets to judge rows."""
    judged = {one.control for one in healthy if one.verdict is not Verdict.NOT_APPLICABLE}
    assert set() == {one.control for one in healthy} - judged - NATURALLY_ABSENT


def test_every_baseline_is_there(known, subjects):
    """The demonstration leaves out no kind of subject but Windows, which has no rules yet."""
    kinds = {kind for one in known.baselines.values() for kind in one.kinds}
    assert kinds - {"windows"} == {subject.kind for subject in subjects}


@pytest.mark.parametrize(("name", "fault"), FAULTS)
def test_a_fault_is_seen(known, everyone, subjects, name, fault):
    """Every fault makes each control fail (or unable to say) that its world names."""
    known_fault = world.load(name).faults[fault]
    named = (*known_fault.fails, *known_fault.unknown)
    subject = next(
        one
        for one in subjects
        if everyone[one.name].world == name and set(named) <= set(chosen_controls(baselines_of(known, one), one.kind))
    )

    def ask(one, _):
        return RememberingEngine(one.kind, world.load(name).at(END, everyone[one.name].own, (Broken(fault, END),)), {})

    found = {one.control: one.verdict for one in Audit(known, (), Evidence(at=AT), AT, named, ask).run([subject]).findings}
    assert dict.fromkeys(known_fault.fails, Verdict.FAIL) | dict.fromkeys(known_fault.unknown, Verdict.UNKNOWN) == found


def test_every_fault_is_in_the_story():
    """No fault is written in vain, and the story names none that is not there."""
    assert {fault for _, fault in FAULTS} == {part["fault"] for part in story.told()["faults"]}


def test_times_follow_the_run_and_stand_still_in_a_fault():
    """A healthy world's times are counted from the run, a fault's from its first day."""
    pc, own = world.load("linux_pc"), site.hosts(HOSTS)[0].own
    broken = (Broken("old_virus_definitions", END - 5 * DAY),)
    assert END - 9 * 3600 == pc.at(END, own)["antivirus"].rows[0]["definitions_time"]
    assert END - 13 * DAY == pc.at(END, own, broken)["antivirus"].rows[0]["definitions_time"]
    assert (END - 10 * DAY) // DAY == pc.at(END, own)["shadow"].rows[1]["last_change"]
    hours = [row["hour"] for row in world.load("sensor").at(END, {"name": "x"})["climate_history"].rows[:3]]
    assert [END - 3600, END - 7200, END - 10800] == hours


def test_equal_rows_are_asked_once(everyone):
    """Two hosts share the answer about a table that is equal on both, and not that about their own."""
    memory = {}
    first, second = (
        RememberingEngine("linux", world.load("linux_pc").at(END, everyone[name].own), memory) for name in ("pc-101", "pc-102")
    )
    with first, second:
        assert first.query("SELECT count(*) AS n FROM deb_packages") is second.query("SELECT count(*) AS n FROM deb_packages")
        serials = [engine.query("SELECT hardware_serial FROM system_info").rows[0]["hardware_serial"] for engine in (first, second)]
    assert ["DEMO00101", "DEMO00102"] == serials


def test_the_folder_is_whole(demo, subjects):
    """Everything the README speaks of is there: ledger, reports, drift, inventory, and one file a subject."""
    folder, done = demo
    assert {".menshen-demo", "README.txt", "drift.json", "drift.txt", "inventory", "ledger.db", "observations"} | {
        "report-zh.pdf",
        "report-en.pdf",
    } == {entry.name for entry in folder.iterdir()}
    assert {f"{one.name}.json" for one in subjects} == {entry.name for entry in (folder / "observations").iterdir()}
    assert str(folder) in (folder / "README.txt").read_text()
    assert "接下来可以" in done.stdout


def test_who_is_silent_is_unobserved(demo, ledger):
    """The host that answers no more has only unobserved rows, and the ledger knows when it last answered."""
    told = [json.loads(path.read_text()) for path in (demo[0] / "observations").iterdir()]
    silent = {rows[0]["subject"] for rows in told if {row["outcome"] for row in rows} == {"unobserved"}}
    assert 1 == len(silent)
    assert "2026-11-13T06:40:00Z" == ledger.subjects()[silent.pop()]["last_observed"]


def test_the_ledger_is_intact_and_all_demonstration(ledger):
    """The chain checks, there is a run for each day of the story, and each says that it is a demonstration."""
    assert ledger.chain.check() == len(list(ledger.chain.entries()))
    assert [True] * len(story.told()["runs"]) == [entry.body["demonstration"] for entry in ledger.runs()]


def test_the_same_seed_and_end_give_the_same_ledger(known, ledger, tmp_path):
    """With the same seed and end, everything is the same to the last hash, with reports or without."""
    made = make(known, Order(HOSTS, END, 1, reports=False), tmp_path / "again")
    assert ledger.chain.head() == made.head


def test_another_seed_is_another_story():
    """The seed decides whom what befalls."""
    one, other = (story.cast(site.hosts(60), END, Random(seed)).spells for seed in (1, 2))  # noqa: S311 - a story, no secret
    assert [spell.fault for spell in one] == [spell.fault for spell in other]
    assert [spell.host for spell in one] != [spell.host for spell in other]


@pytest.mark.parametrize(("language", "words"), [("zh", "演示数据"), ("en", "DEMONSTRATION DATA")])
def test_every_page_says_what_it_is(demo, language, words):
    """No page of a report can be taken for one about a real site."""
    need("pdfinfo")
    text = subprocess.run(["pdftotext", demo[0] / f"report-{language}.pdf", "-"], capture_output=True, text=True, check=True).stdout
    pages = text.removesuffix("\f").split("\f")
    assert len(pages) > 20
    assert [] == [number for number, page in enumerate(pages, 1) if words not in page]


@pytest.mark.parametrize(
    ("control", "direction", "after"),
    [
        ("usb_storage_blocked", "worse", "fail"),
        ("ups_runtime", "worse", "fail"),
        ("cabinets_locked", "worse", "fail"),
        ("fire_acceptance_filed", "worse", "manual_due"),
        ("bios_admin_password", "worse", "fail"),
        ("screen_lock", "better", "pass"),
        ("server_room_camera", "better", "pass"),
    ],
)
def test_drift_tells_the_story(drift, control, direction, after):
    """What broke, was mended, ran out or fell due in the last week stands in the drift."""
    assert (direction, after) in {(move["direction"], move["after"]) for move in drift if move["control"] == control}


def test_exceptions_live_and_run_out(ledger):
    """One exception covers its host to the end; of another the host failed again once it had run out."""
    excepted = {one.finding.control for one in ledger.standings() if one.finding.verdict is Verdict.EXCEPTED}
    before = {
        one.finding.control for one in ledger.standings(as_of="2026-11-15T07:00:00Z") if one.finding.verdict is Verdict.EXCEPTED
    }
    assert {"usb_device_register"} == excepted
    assert {"usb_device_register", "bios_admin_password"} == before


def test_the_inventory_serves_for_real_commands(known, ledger, demo):
    """The commands the README names work on what was written."""
    folder, _ = demo
    order = wanted(known, folder / "again.pdf", "retail_credit", "zh", folder / "inventory", "2026-11-07")
    report = writing.build(known, ledger, order)
    assert ("示例场所", True) == (report.site, report.demonstration)
    assert {"EX-DEMO-001", "EX-DEMO-002"} == {str(row.id) for row in report.exceptions}
    assert (
        "usb_storage_blocked" in menshen("drift", "--ledger", folder / "ledger.db", "--since", "2026-11-07", expected=(1,)).stdout
    )


def test_a_stranger_s_folder_is_left_alone(known, tmp_path):
    """A folder that holds something else is refused before anything is written."""
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(TroubleError, match="is not empty"):
        make(known, Order(HOSTS, END, 1), tmp_path)
    assert ["letter.txt"] == [entry.name for entry in tmp_path.iterdir()]


def _half(folder):
    with output.whole(folder) as new:
        (new / "ledger.db").write_text("half")
        raise RuntimeError


def test_a_demonstration_replaces_an_earlier_one_only_when_it_succeeds(tmp_path):
    """What fails half-way leaves the earlier demonstration as it was; what succeeds replaces its entries, and no others."""
    folder = tmp_path / "demo"
    with output.whole(folder) as new:
        output.mark(new)
        (new / "ledger.db").write_text("one")
    (folder / "mine.txt").write_text("kept")
    with pytest.raises(RuntimeError):
        _half(folder)
    assert "one" == (folder / "ledger.db").read_text()
    with output.whole(folder) as new:
        output.mark(new)
        (new / "ledger.db").write_text("two")
    assert "two" == (folder / "ledger.db").read_text()
    assert {".menshen-demo", "ledger.db", "mine.txt"} == {entry.name for entry in folder.iterdir()}


def test_nothing_stays_of_a_failed_first_demonstration(tmp_path):
    """Where there was no folder, a failure leaves none."""
    with pytest.raises(RuntimeError):
        _half(tmp_path / "demo")
    assert [] == list(tmp_path.iterdir())


def test_too_few_hosts_are_refused(known, tmp_path):
    """A site that could not hold one of each is refused."""
    with pytest.raises(TroubleError, match="at least 12"):
        make(known, Order(11, END, 1), tmp_path / "demo")


def test_the_last_morning_is_not_to_come():
    """Without --end the month ends at a 06:40 that has been."""
    now = datetime.now(UTC)
    assert 0 <= (now - _last_morning()).total_seconds() < DAY
