# SPDX-License-Identifier: Apache-2.0
"""A fleet is audited over SSH: the findings are those of the hosts themselves, and one that is lost costs the others nothing."""

from __future__ import annotations

import getpass
import json
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sshd
from commandline import ROOT, menshen

from agents.connections.target import KNOWN_HOSTS, Target
from menshen import connect, looks
from menshen.audit import Audit
from menshen.fleet import Fleet
from menshen.inventory import read
from menshen.looks import Looks
from menshen.subject import LOCAL, Subject
from menshen.trouble import TroubleError
from policies.catalogue import load
from reports.ledger import Ledger

AT = "2026-11-22T00:00:00Z"
HOSTS = 31
HANGING = 5
HOST_SECONDS = 25
CONTROLS = ("password_hash_strong", "empty_passwords_absent", "usb_storage_blocked", "host_firewall", "ip_forwarding_off")


def write_inventory(folder, hosts, **variables):
    common = {"menshen_kind": "linux", "menshen_baselines": ["linux_server"], **variables}
    document = {"all": {"hosts": hosts, "vars": common}}
    (folder / "hosts.yml").write_text(f"# SPDX-License-Identifier: Apache-2.0\n{json.dumps(document)}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A host on the loopback, and an inventory that names it, one that refuses and one whose key is not known."""
    folder = tmp_path_factory.mktemp("fleet")
    public = sshd.key(folder / "user_key")
    with sshd.server(folder / "host", public) as server:
        (folder / "known_hosts").write_text(server.line, encoding="ascii")
        hosts = {
            "good": {"ansible_host": server.address, "ansible_port": server.port},
            "refusing": {"ansible_host": "127.0.0.1", "ansible_port": sshd.free_port()},
            "stranger": {
                "ansible_host": server.address,
                "ansible_port": server.port,
                "menshen_ssh_known_hosts": str(folder / "none"),
            },
        }
        yield write_inventory(
            folder,
            hosts,
            ansible_user=getpass.getuser(),
            ansible_ssh_private_key_file=str(folder / "user_key"),
            menshen_ssh_known_hosts=str(folder / "known_hosts"),
        )


def plain(findings):
    """Give findings as data, without the way by which they came."""
    return {one.control: {**one.to_json(), "source": ""} for one in findings}


def test_findings_are_those_of_the_machine(place):
    """Every finding that two local looks agree on is the same over SSH, with its evidence and reason."""
    catalogue = load()
    still = [
        name for name, one in catalogue.controls.items() if "linux" not in one.kinds or "/%%" not in one.kinds["linux"].observe
    ]
    audit = Audit(catalogue, (), connect.Evidence(), AT, tuple(still))
    far = read(place, "good")[0]
    near = replace(far, connection=LOCAL, target=None)
    before, over_ssh, after = (plain(audit.subject(subject)) for subject in (near, far, near))

    assert set(before) == set(over_ssh)
    steady = {name for name in before if before[name] == after[name]}
    assert len(steady) > 0.9 * len(before)
    assert {} == {name: (before[name], over_ssh[name]) for name in steady if before[name] != over_ssh[name]}


def test_an_audit_over_ssh_is_recorded_host_by_host(place, tmp_path):
    """Hosts that were not reached are unknown with the reason, and the ledger says of each whether it was reached."""
    arguments = ["-i", place, "--json", "--ledger", tmp_path / "l.db", *(word for name in CONTROLS for word in ("-c", name))]
    document = json.loads(menshen("audit", *arguments, expected=(1, 3)).stdout)
    findings = {name: [one for one in document["findings"] if one["subject"] == name] for name in ("good", "refusing", "stranger")}

    assert any(one["verdict"] in {"pass", "fail"} for one in findings["good"])
    assert {("unknown", "none/ssh")} == {(one["verdict"], one["source"]) for one in findings["refusing"] + findings["stranger"]}
    assert all("Connection refused" in one["reason"] for one in findings["refusing"])
    assert all("the host key of [127.0.0.1]" in one["reason"] for one in findings["stranger"])
    with Ledger(tmp_path / "l.db") as ledger:
        subjects = [one for entry in ledger.runs() for one in entry.body["subjects"]]
    assert {"good": True, "refusing": False, "stranger": False} == {one["name"]: one["reached"] for one in subjects}


def test_a_host_is_asked_in_sql_over_ssh(place):
    """`query --subject` asks the host, and says in one sentence why one cannot be asked."""
    shown = json.loads(menshen("query", "-i", place, "-s", "good", "--json", "SELECT pid FROM processes WHERE pid = 1").stdout)
    lost = menshen("query", "-i", place, "-s", "refusing", "SELECT 1 FROM users", expected=(2,))
    chinese = menshen("query", "-i", place, "-s", "refusing", "SELECT 1 FROM users", expected=(2,), LC_ALL="zh_CN.UTF-8")

    assert {"columns": ["pid"], "rows": [{"pid": 1}]} == shown
    assert lost.stderr.startswith("menshen: cannot connect to [127.0.0.1]:")
    assert "无法连接 [127.0.0.1]:" in chinese.stderr
    assert 1 == len(lost.stderr.splitlines())


def test_the_inventory_says_how_a_host_is_reached(tmp_path):
    """Ansible's own words are understood; without them the defaults of SSH hold, and another connection has no target."""
    full = {"ansible_host": "192.0.2.7", "ansible_port": "2222", "ansible_user": "ops", "ansible_become": "yes"}
    hosts = {
        "full": {**full, "ansible_ssh_private_key_file": "/k", "menshen_ssh_known_hosts": ["/a", "/b"]},
        "bare": {},
        "here": {"ansible_connection": "local"},
        "boxed": {"ansible_connection": "community.docker.docker"},
    }
    found = {one.name: one.target for one in read(write_inventory(tmp_path, hosts))}

    assert Target("192.0.2.7", 2222, "ops", Path("/k"), (Path("/a"), Path("/b")), as_root=True) == found["full"]
    assert Target("bare", 22, "", None, KNOWN_HOSTS) == found["bare"]
    assert (None, None) == (found["here"], found["boxed"])


@pytest.mark.parametrize("port", ["ssh", 0, 65536, "-1", "22 "])
def test_a_wrong_port_is_told(tmp_path, port):
    """A port that is no number of a port is said by host and value; blanks around one do no harm."""
    write_inventory(tmp_path, {"pc": {"ansible_port": port}})
    if port == "22 ":
        assert 22 == read(tmp_path)[0].target.port
        return
    with pytest.raises(TroubleError, match="pc: ansible_port is"):
        read(tmp_path)


def subjects(count):
    return [Subject(f"s{number}", "linux") for number in range(count)]


def test_looks_go_side_by_side_up_to_the_limit():
    """As many looks as allowed are under way at once, never more, and each subject is answered once."""
    together, most, lock = [0], [0], threading.Lock()

    def look(subject):
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        time.sleep(0.05)
        with lock:
            together[0] -= 1
        return subject.name

    found = [answer for _, answer in Looks(subjects(12), look, Fleet(parallel=4)).results(lambda _: "late")]

    assert sorted(one.name for one in subjects(12)) == sorted(found)
    assert 4 == most[0]


def test_a_look_that_never_ends_is_given_up(monkeypatch):
    """One that hangs beyond its time is answered by `late`, its place is given to the next, and its own answer is dropped."""
    monkeypatch.setattr(looks, "GRACE", 0.1)
    release = threading.Event()

    def look(subject):
        if subject.name == "s0":
            release.wait(20)
        return "seen"

    started = time.monotonic()
    found = {one.name: answer for one, answer in Looks(subjects(3), look, Fleet(parallel=1, seconds=0.1)).results(lambda _: "late")}
    release.set()

    assert {"s0": "late", "s1": "seen", "s2": "seen"} == found
    assert time.monotonic() - started < 5


def test_what_a_look_raises_is_raised():
    """A configuration error met in a thread reaches the user."""

    def look(_subject):
        raise TroubleError("no such baseline")

    with pytest.raises(TroubleError, match="no such baseline"):
        list(Looks(subjects(2), look, Fleet()).results(lambda _: None))


@pytest.fixture(scope="module")
def site_run():
    """One audit of thirty hosts, two dead ones and one that hangs, each in a network of its own."""
    with sshd.site(HOSTS, hanging=(HANGING,)) as site:
        hosts = {name: {"ansible_host": address} for name, address in site.hosts}
        hosts["dead-refusing"] = {"ansible_host": site.hosts[0][1], "ansible_port": 2222}
        hosts["dead-away"] = {"ansible_host": "10.77.9.9"}
        keys = {"ansible_ssh_private_key_file": str(site.key), "menshen_ssh_known_hosts": str(site.known_hosts)}
        write_inventory(site.folder, hosts, ansible_user="root", **keys)
        command = [*site.inside, sys.executable, "-m", "menshen"]
        audit = ["audit", "-i", site.folder, "--json", "--ledger", site.folder / "l.db", "--host-seconds", HOST_SECONDS]
        chosen = [word for name in CONTROLS for word in ("-c", name)]
        started = time.monotonic()
        done = subprocess.run(
            [*map(str, [*command, *audit, *chosen])], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )
        took = time.monotonic() - started
        left = "SELECT path FROM file WHERE path LIKE '/tmp/%%' OR path LIKE '/root/%%' OR path LIKE '/var/tmp/%%'"
        query = [*command, "query", "-i", str(site.folder), "-s", "host-00", "--json", left]
        files = subprocess.run(query, cwd=ROOT, capture_output=True, text=True, check=True)
        with Ledger(site.folder / "l.db") as ledger:
            reached = {one["name"]: one["reached"] for entry in ledger.runs() for one in entry.body["subjects"]}
        yield json.loads(done.stdout)["findings"], took, reached, json.loads(files.stdout)["rows"]


@pytest.mark.slow
@pytest.mark.system
def test_thirty_hosts_dead_and_hanging_ones_among_them(site_run):
    """A dead or hanging host is unknown with its reason and costs the others nothing; no host has a new file afterwards."""
    findings, took, reached, files = site_run
    lost = {
        "dead-refusing": "cannot connect to [10.77.1.1]:2222: Connection refused",
        "dead-away": "cannot connect to 10.77.9.9: No route to host",
        f"host-{HANGING:02}": "10.77.1.6 takes the connection but does not speak SSH within 10 seconds",
    }
    seen = {name: {one["control"]: one["verdict"] for one in findings if one["subject"] == name} for name in reached}
    reasons = {(one["subject"], one["reason"]) for one in findings if one["subject"] in lost}

    assert set(lost) == {name for name, was in reached.items() if not was}
    assert set(lost.items()) == reasons
    assert [dict.fromkeys(CONTROLS, "unknown")] * 3 == [seen[name] for name in lost]
    assert HOSTS + 2 == len(seen)
    assert all(seen[name] == seen["host-00"] for name in seen if name not in lost)
    assert {"pass", "fail"} & set(seen["host-00"].values())
    assert took < HOST_SECONDS + looks.GRACE
    assert [] == files
