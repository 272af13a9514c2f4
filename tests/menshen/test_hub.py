# SPDX-License-Identifier: Apache-2.0
"""PCs that report by themselves: from enrolment over the real hub to findings in the ledger and the report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import jsonschema
import pytest
from commandline import ROOT
from fake_osqueryd import Osqueryd
from hub_site import Site, inventory, recorded

from reports.ledger import Ledger

WANTED = {"password_history": "pass", "secure_boot": "fail", "tpm_ready": "pass"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("hub"))
    pc = {"menshen_kind": "windows", "menshen_baselines": ["agent_pc"]}
    inventory(made.inventory, {f"pc-{number}": pc for number in range(1, 6)})
    return made


@pytest.fixture(scope="module")
def hub(site):
    with site.serving("--interval", "3600") as (address, _):
        yield address


@pytest.fixture(scope="module")
def secret(site, hub):
    assert hub
    return site.secret()


def pc(site, hub, secret, name, **changes):
    """Give an osqueryd on a recorded Windows PC."""
    options = {"kind": "windows", "tables": recorded("windows", WANTED), "now": int(time.time()), "context": site.trust, **changes}
    return Osqueryd(hub, secret, f"uuid-{name}", hostname=name.upper(), **options)


def verdicts(site, subject):
    """Give what stands in the ledger of a subject: control -> (verdict, reason, source)."""
    with Ledger(site.ledger, create=False) as ledger:
        standing = [one.finding for one in ledger.standings() if one.finding.subject == subject]
    return {one.control: (str(one.verdict), one.reason, one.source) for one in standing}


def test_a_pc_enrols_answers_and_stands_in_the_ledger(site, hub, secret):
    """Distributed answers become findings with the judge's verdicts; the source names the host's osqueryd."""
    host = pc(site, hub, secret, "pc-1")
    assert host.refresh()
    ran = host.distributed()
    host.close()

    assert len(ran) > 80
    assert 1 == site.settle()
    found = verdicts(site, "pc-1")
    assert WANTED == {control: found[control][0] for control in WANTED}
    assert "hub/osqueryd 5.23.1" == found["tpm_ready"][2]
    # Tables of ours were looked for by discovery, and not asked at all.
    assert any("Menshen's extension does not run beside it" in reason for _, reason, _ in found.values())


def test_scheduled_snapshots_are_judged_too(site, hub, secret):
    """The host's own schedule says the same, also with figures as texts and from an old client that has no header."""
    host = pc(site, hub, secret, "pc-2", version="5.0.1")
    assert host.refresh()
    host.run_schedule(texts=True)
    lines = len(host.buffered)

    assert 0 == host.flush()
    host.close()
    assert lines > 80
    assert site.settle() >= 1
    found = verdicts(site, "pc-2")
    assert WANTED == {control: found[control][0] for control in WANTED}


def test_three_connections_are_kept(site, hub, secret):
    """Each of the host's threads opens one connection, and uses it again."""
    host = pc(site, hub, secret, "pc-1")
    for _ in range(3):
        host.refresh()
        host.status_line(1, "a warning")
        host.flush()
        host.distributed()
    opened = {name: link.opened for name, link in host.links.items()}
    host.close()

    assert {"config": 1, "log": 1, "distributed": 1} == opened


def test_batches_and_long_lines_are_taken(site, hub, secret):
    """1,024 lines at once and a line of nearly 1 MiB are stored and settled."""
    host = pc(site, hub, secret, "pc-1")
    site.settle()
    host.buffered = [("status", {"message": str(number)}) for number in range(2500)]
    host.buffered.append(("result", {"name": "events", "columns": {"x": "y" * (1024 * 1024 - 64)}, "action": "added"}))

    assert 0 == host.flush()
    host.close()
    assert 4 == site.settle()


def test_a_lost_key_is_replaced(site, hub, secret):
    """A key nobody knows is answered with node_invalid, a bool: the host enrols again and is the same host."""
    host = pc(site, hub, secret, "pc-5")
    assert host.refresh()
    host.node_key = "x" * 43

    assert not host.refresh()
    assert host.refresh()
    host.close()
    assert 2 == host.enrolments
    known = json.loads(site.menshen("hub", "hosts", "--json").stdout)["hosts"]
    assert 1 == sum(one["subject"] == "pc-5" for one in known)


def test_a_live_query_is_answered_as_hosts_check_in(site, hub, secret):
    """A host that checks in answers, in the document's shape; those that do not are named; wrong SQL never leaves."""
    # A PC of its own: whoever enrols many times over is taken for two machines, and not asked.
    host = pc(site, hub, secret, "pc-4")
    assert host.refresh()
    sql = "SELECT tpm.activated FROM tpm_info AS tpm"
    command = ["query", "--subjects", "pc-4", sql, "-i", site.inventory, "--wait", "90", "--json"]
    environment = {**os.environ, **site.environment}
    arguments = [sys.executable, "-m", "menshen", *map(str, command)]
    with subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as asking:
        while asking.poll() is None:
            host.distributed()
            time.sleep(0.5)
        document = json.loads(asking.stdout.read())
    host.close()
    schema = json.loads((ROOT / "docs" / "schemas" / "live.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema, cls=jsonschema.Draft202012Validator)

    assert [{"subject": "pc-4", "activated": "1"}] == document["rows"]
    assert (0, ["pc-4"], []) == (asking.returncode, document["answered"], document["waiting"])
    silent = ("query", "--subjects", "pc-2:pc-3", sql, "-i", site.inventory, "--wait", "1", "--json")
    document = json.loads(site.menshen(*silent, expected=(3,)).stdout)
    assert {"pc-2", "pc-3"} == set(document["waiting"]) | {one["subject"] for one in document["errors"]}
    wrong = site.menshen("query", "--subjects", "all", "SELECT activatd FROM tpm_info", "-i", site.inventory, expected=(2,))
    assert "no such column: activatd; did you mean activated?" in wrong.stderr


def test_silence_turns_unknown_and_says_since_when(site, hub, secret):
    """A host that has not been heard of is unknown in the ledger, in an audit and in the report, with the time it last was."""
    host = pc(site, hub, secret, "pc-2")
    host.refresh()
    host.close()
    settle = ("hub", "settle", "--inventory", site.inventory, "--ledger", site.ledger)
    seen = next(one for one in json.loads(site.menshen("hub", "hosts", "--json").stdout)["hosts"] if one["subject"] == "pc-2")
    time.sleep(1.5)
    site.menshen(*settle, MENSHEN_HUB_SILENT_HOURS="0.0002")
    found = verdicts(site, "pc-2")
    report = site.folder / "report.pdf"
    arguments = ("-i", site.inventory, "--limit", "pc-2", "--ledger", site.ledger, "--json", "--report", report, "--lang", "en")
    audit = json.loads(site.menshen("audit", *arguments, expected=(1, 3), MENSHEN_HUB_SILENT_HOURS="0.0002").stdout)

    verdict, reason, source = found["tpm_ready"]
    assert ("unknown", "none/hub") == (verdict, source)
    assert f"no report from this host since {seen['seen_at']}" in reason
    assert {"unknown"} == {one["verdict"] for one in audit["findings"] if one["control"] == "tpm_ready"}
    assert report.read_bytes().startswith(b"%PDF")


def test_nobody_who_never_enrolled_is_met(site, hub, secret):
    """A PC of the inventory that never enrolled is unknown in an audit, with that reason."""
    assert hub
    assert secret
    arguments = ("-i", site.inventory, "--limit", "pc-3", "--ledger", site.ledger, "--json")
    findings = json.loads(site.menshen("audit", *arguments, expected=(3,)).stdout)["findings"]

    assert {"no osqueryd has enrolled as this host yet"} == {one["reason"] for one in findings if one["verdict"] == "unknown"}


def test_a_denylisted_query_is_unknown_not_failed(site, hub, secret):
    """A query that osqueryd refuses for a day after a watchdog kill is unobserved, and says why."""
    host = pc(site, hub, secret, "pc-3")
    assert host.refresh()
    found = host.authed("distributed", "distributed/read", {})
    name = next(name for name in found["queries"] if "/tpm_ready/" in name)
    written = {"queries": {}, "statuses": {}, "messages": {}, "stats": {}}
    host.run_one(name, found["queries"][name], written, killed=True)
    assert host.authed("distributed", "distributed/write", written) is not None
    host.close()
    site.settle()

    verdict, reason, _ = verdicts(site, "pc-3")["tpm_ready"]
    assert "unknown" == verdict
    assert "denylisted" in reason
