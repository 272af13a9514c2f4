# SPDX-License-Identifier: Apache-2.0
"""The command line as users meet it: codes, errors that say what to do, both languages."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
import sshd
import system
from commandline import ROOT, menshen

COMMANDS = ("audit", "report", "drift", "query", "tables", "controls", "show", "lint", "coverage", "demo", "test", "verify")


@pytest.mark.parametrize(
    ("locale", "word"), [("zh_CN.UTF-8", "接下来可以"), ("en_GB.UTF-8", "What to do next"), ("C", "What to do next")]
)
def test_front_door_speaks_the_locale(locale, word):
    """Alone, the program says what it is and what to do next, in the language of the locale."""
    assert word in menshen(LC_ALL=locale).stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages(command):
    """Help exists for every command, and the Chinese one is Chinese."""
    english = menshen(command, "--help").stdout
    chinese = menshen(command, "--help", LC_ALL="zh_CN.UTF-8").stdout

    assert "Usage" in english
    assert not any("\u4e00" <= character <= "\u9fff" for character in english)
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["audit", "--baseline", "no_such"], "no such baseline: no_such; known are"),
        (["audit", "--bank", "no_such"], "no baseline of the bank no_such; known banks are"),
        (["audit", "--control", "no_such"], "no such control: no_such"),
        (["audit", "--limit", "nobody"], "matches 'nobody'"),
        (["audit", "--inventory", "/no/such"], "no inventory at /no/such"),
        (["audit", "--limit", "all", "--bank", "bank_north"], "menshen_banks"),
        (["show", "screen_lok"], "did you mean screen_lock"),
        (["drift", "--since", "yesterday"], "not a time"),
        (["report"], "-o FILE"),
        (["query"], "either"),
        (["query", "SELECT 1; SELECT 2"], "one statement"),
        (["query", "ATTACH 'x' AS y"], "menshen:"),
        (["query", "SELECT load_extension('/tmp/x.so')"], "menshen:"),
        (["query", "PRAGMA journal_mode = OFF"], "menshen:"),
        (["query", "SELECT * FROM docker_images"], "osquery table docker_images is not served by the embedded engine"),
        (["query", "SELECT * FROM user"], "did you mean users"),
        (["query", "--pack", "/no/such.conf"], "/no/such.conf"),
        (["tables", "--kind", "toaster"], "no such kind: toaster"),
        (["controls", "--area", "kitchen"], "kitchen"),
    ],
)
def test_user_errors_are_one_sentence(arguments, word, tmp_path):
    """What the user got wrong is said in a line on stderr, nothing is printed on stdout, and the code is 2."""
    if arguments[0] == "audit":
        arguments = [*arguments, "--ledger", tmp_path / "l.db"]
    elif arguments[0] == "drift":
        menshen("audit", "--control", "screen_lock", "--ledger", tmp_path / "l.db", expected=(0, 1, 3))
        arguments = [*arguments, "--ledger", tmp_path / "l.db"]
    done = menshen(*arguments, expected=(2,))

    assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_endless_query_stops():
    """A query without end is stopped by the time limit and named."""
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"

    assert "10 seconds" in menshen("query", endless, expected=(2,)).stderr


def test_report_as_json(tmp_path):
    """A report is also one JSON document, with all 47 items in the bank's order and no 5.4."""
    menshen("audit", "--control", "screen_lock", "--ledger", tmp_path / "l.db", expected=(0, 1, 3))
    document = json.loads(menshen("report", "--json", "--ledger", tmp_path / "l.db", expected=(0, 1, 3)).stdout)
    numbers = [item["number"] for section in document["sections"] for item in section["items"]]

    assert 47 == len(numbers)
    assert "5.4" not in numbers


def test_the_example_inventory_can_be_audited(tmp_path):
    """Every host of the example inventory is judged: what cannot be reached is not observed, with the reason.

    Its addresses are moved to a port of the loopback where nobody listens, so that no test knocks elsewhere.
    """
    folder = shutil.copytree(ROOT / "inventory", tmp_path / "inventory")
    hosts = folder / "hosts.yml"
    example = hosts.read_text(encoding="utf-8")
    hosts.write_text(example.replace("ansible_host: 192.0.2.", f"ansible_port: {sshd.free_port()}, ansible_host: 127.0.0."))
    done = menshen("audit", "--inventory", folder, "--json", "--ledger", tmp_path / "l.db", expected=(1, 3))
    findings = json.loads(done.stdout)["findings"]
    # That no drill is on record is known here, whoever can be reached.
    looked = [one for one in findings if not one["source"].startswith("none/")]
    reached = {one["subject"] for one in looked if one["verdict"] in {"pass", "fail"}}

    assert {"control-node"} == reached
    assert {"files-01", "pc-103", "ups-room", "head-office"} <= {one["subject"] for one in findings}
    assert all(one["reason"] for one in findings if one["verdict"] == "unknown")


def test_a_misspelt_control_in_the_inventory_is_named(tmp_path):
    """A value for a control that does not exist is refused, not ignored."""
    hosts = tmp_path / "hosts.yml"
    host = {"menshen_kind": "linux", "menshen_baselines": ["agent_pc"], "ansible_connection": "local"}
    hosts.write_text(json.dumps({"all": {"hosts": {"pc": {**host, "menshen_parameters": {"screen_lok": {"idle_seconds": 60}}}}}}))
    done = menshen("audit", "--inventory", hosts, "--ledger", tmp_path / "l.db", expected=(2,))

    assert "did you mean screen_lock?" in done.stderr


def test_unreadable_ledger(tmp_path):
    """A file that is no ledger is named, with code 2, and left as it was."""
    broken = tmp_path / "ledger.db"
    broken.write_bytes(b"no database" * 1000)
    for command in (["audit"], ["drift"], ["report", "-o", tmp_path / "r.pdf"]):
        done = menshen(*command, "--ledger", broken, expected=(2,))
        assert str(broken) in done.stderr
        assert "Traceback" not in done.stderr
    assert broken.read_bytes() == b"no database" * 1000
    assert not (tmp_path / "r.pdf").exists()


def test_a_broken_catalogue_is_told_whole(tmp_path):
    """Lint names every problem of a catalogue with its place, and exits with 2."""
    copy = tmp_path / "policies"
    for part in ("controls", "baselines", "checklists"):
        shutil.copytree(ROOT / "policies" / part, copy / part)
    shutil.copy(ROOT / "policies" / "requirements.yml", copy)
    control = copy / "controls" / "workstation" / "screen_lock.yml"
    text = control.read_text(encoding="utf-8")
    control.write_text(text.replace("severity:", "severty:"), encoding="utf-8")
    (copy / "controls" / "workstation" / "daily_restart.yml").write_text("id: [", encoding="utf-8")
    found = json.loads(menshen("lint", copy, "--json", expected=(2,)).stdout)

    assert {"policies/controls/workstation/screen_lock.yml", "policies/controls/workstation/daily_restart.yml"} <= {
        one["path"] for one in found
    }
    assert all(one["line"] > 0 for one in found if one["path"].endswith("screen_lock.yml"))


def test_wrong_sql_in_a_control_is_told_with_its_line(tmp_path):
    """SQL that names a column the schema lacks is a problem at the rule's place."""
    copy = tmp_path / "policies"
    for part in ("controls", "baselines", "checklists"):
        shutil.copytree(ROOT / "policies" / part, copy / part)
    shutil.copy(ROOT / "policies" / "requirements.yml", copy)
    control = copy / "controls" / "workstation" / "daily_restart.yml"
    control.write_text(control.read_text(encoding="utf-8").replace("total_seconds", "total_secondz"), encoding="utf-8")
    found = json.loads(menshen("lint", copy, "--json", expected=(2,)).stdout)

    assert ["policies/controls/workstation/daily_restart.yml"] == sorted({one["path"] for one in found})
    assert "did you mean total_seconds?" in found[0]["message"]


def test_without_root_nothing_is_met_that_was_not_seen(tmp_path):
    """An ordinary user's audit says not observed, with the reason, where root is needed; it never says met instead."""
    system.need_root()
    system.need("setpriv")
    as_root = json.loads(menshen("audit", "--json", "--ledger", tmp_path / "root.db", expected=(1, 3)).stdout)
    with tempfile.TemporaryDirectory() as name:
        done = json.loads(_as_nobody(Path(name)))
    rooted = {(one["control"]): one for one in as_root["findings"]}
    blind = [one for one in done["findings"] if "root only" in one["reason"]]

    assert blind
    assert {"unknown"} == {one["verdict"] for one in blind}
    better = {
        one["control"]
        for one in done["findings"]
        if one["verdict"] == "pass" and rooted[one["control"]]["verdict"] in {"fail", "unknown"}
    }
    # What an ordinary user may see must not look better than what root sees.
    assert set() == better


def _as_nobody(folder):
    folder.chmod(0o755)
    (folder / "state").mkdir()
    (folder / "state").chmod(0o777)
    return system.as_nobody(folder, ROOT, "-m", "menshen", "audit", "--json", "--ledger", folder / "state" / "ledger.db")
