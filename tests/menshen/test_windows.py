# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from commandline import ROOT, menshen
from wsman import office
from wsman.server import Manners, Pc, serving

from agents.windows import scripts
from menshen.access import winrm

PASSWORD = "Correct-Horse-7"


@pytest.fixture
def site(tmp_path):
    """A site of PCs, each with its own fault but one, on one server; gives the inventory and the PCs."""
    pcs = {
        "good": Pc(office.in_memory()),
        "wrong-password": Pc(office.in_memory()),
        "rubbish": Pc(office.in_memory(), manners=Manners(rubbish=b"<html/>")),
        "no-rights": Pc(office.in_memory(rights="none")),
    }
    with serving(pcs) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        hosts = {
            **{name: {"ansible_winrm_path": f"{name}/wsman", "ansible_port": server.port} for name in pcs},
            "off": {"ansible_port": closed.getsockname()[1]},
        }
        hosts["wrong-password"]["ansible_password"] = "wrong-secret"
        common = {
            "ansible_connection": "winrm",
            "ansible_host": "127.0.0.1",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ansible_user": "admin",
            "ansible_password": "{{ lookup('env', 'MENSHEN_TEST_PASSWORD') }}",
            "menshen_kind": "windows",
            "menshen_baselines": "agent_pc",
        }
        file = tmp_path / "hosts.yml"
        file.write_text(json.dumps({"all": {"children": {"windows": {"hosts": hosts, "vars": common}}}}), "utf-8")
        yield file, pcs


def test_each_pc_has_its_own_verdict_and_the_others_go_on(site):
    """A password from the environment lets an audit in; every PC with a fault is unknown for its own reason."""
    inventory, pcs = site
    done = menshen(
        *("audit", "--inventory", inventory, "--limit", "windows", "--json"),
        expected=(0, 1, 3),
        MENSHEN_TEST_PASSWORD=PASSWORD,
    )
    found = {}
    for one in json.loads(done.stdout)["findings"]:
        found.setdefault(one["subject"], []).append(one)

    assert sum(one["verdict"] == "pass" for one in found["good"]) > 90
    # One visit of nine, and four for each place where files are searched.
    assert 9 + 3 * 4 == pcs["good"].seen["requests"]
    reasons = {name: {one["reason"] for one in ones if one["verdict"] != "pass"} for name, ones in found.items()}
    assert all({"unknown"} == {one["verdict"] for one in ones} for name, ones in found.items() if name != "good")
    assert all(1 == len(reasons[name]) for name in ("wrong-password", "rubbish", "no-rights", "off"))
    assert "wrong password" in next(iter(reasons["wrong-password"]))
    assert "not as WinRM does" in next(iter(reasons["rubbish"]))
    assert "no administrator there" in next(iter(reasons["no-rights"]))
    assert "is it on" in next(iter(reasons["off"]))
    assert "wrong-secret" not in done.stdout + done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_pc_answers_a_query(site):
    """A question to one PC of the inventory is answered in one visit, in SQL."""
    inventory, pcs = site
    key = r"HKEY_USERS\%\Software\Policies\Microsoft\Windows\Control Panel\Desktop"
    sql = f"SELECT data FROM registry WHERE key LIKE '{key}' AND name = 'ScreenSaveTimeOut'"
    done = menshen("query", "--inventory", inventory, "--subject", "good", sql, "--json", MENSHEN_TEST_PASSWORD=PASSWORD)

    assert [{"data": "600"}, {"data": "600"}] == json.loads(done.stdout)["rows"]
    assert 1 == len(pcs["good"].machine.lines)


def test_drift_finds_one_tampered_value(site, tmp_path):
    """One value changed by hand between two audits is what drift names, and nothing else."""
    inventory, pcs = site
    ledger = tmp_path / "ledger.db"
    arguments = ("audit", "--inventory", inventory, "--limit", "good", "--ledger", ledger, "--json")
    menshen(*arguments, expected=(0, 1, 3), MENSHEN_TEST_PASSWORD=PASSWORD)
    values = pcs["good"].machine.values
    place = next(place for place, one in values.items() if one.name == "Start" and one.key.endswith(r"\USBSTOR"))
    del values[place]
    menshen(*arguments, expected=(0, 1, 3), MENSHEN_TEST_PASSWORD=PASSWORD)
    drift = json.loads(menshen("drift", "--ledger", ledger, "--json", expected=(0, 1, 3)).stdout)

    assert "usb_storage_blocked" in json.dumps(drift)
    assert "lsa_protected" not in json.dumps(drift)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ansible_port": "x"}, "no port number"),
        ({"ansible_winrm_scheme": "ftp"}, "not http or https"),
        ({"ansible_winrm_transport": "credssp"}, "not one of ntlm"),
        ({"ansible_winrm_transport": "basic", "ansible_winrm_scheme": "http"}, "for all to read"),
    ],
)
def test_what_is_wrong_in_the_inventory_is_said(variables, words):
    """A wrong word of the inventory is named with its host before anything is reached."""
    problems = []
    winrm.target("pc-1", variables, problems)

    assert 1 == len(problems)
    assert words in problems[0]
    assert problems[0].startswith("pc-1: ")


@pytest.mark.parametrize(
    ("variables", "url", "transport"),
    [
        ({}, "https://pc-1:5986/wsman", "ntlm"),
        ({"ansible_port": 5985}, "http://pc-1:5985/wsman", "ntlm"),
        ({"ansible_winrm_scheme": "http"}, "http://pc-1:5985/wsman", "ntlm"),
        ({"ansible_user": "li@BANK.EXAMPLE"}, "https://pc-1:5986/wsman", "kerberos"),
        (
            {"ansible_winrm_transport": ["certificate"], "ansible_winrm_cert_pem": "/x.pem"},
            "https://pc-1:5986/wsman",
            "certificate",
        ),
        ({"ansible_host": "2001:db8::1"}, "https://[2001:db8::1]:5986/wsman", "ntlm"),
    ],
)
def test_the_inventory_speaks_ansibles_words(variables, url, transport):
    """Address, port, scheme and transport are read, and left out, as Ansible's own connection does."""
    problems = []
    found = winrm.target("pc-1", variables, problems)

    assert ([], url, transport) == (problems, found.url, found.transport)


def test_a_password_is_not_shown():
    """No printed form of a target holds its password."""
    assert PASSWORD not in repr(winrm.target("pc-1", {"ansible_password": PASSWORD}, []))


def test_a_password_comes_from_the_vault(tmp_path):
    """A vaulted password is read where Ansible's own setting names the file that opens the vault."""
    key, secret = tmp_path / "vault-key", tmp_path / "secret"
    key.write_text("open-sesame")
    secret.write_text(f"ansible_password: {PASSWORD}\n")
    vault = Path(sys.executable).with_name("ansible-vault")
    subprocess.run([vault, "encrypt", "--vault-password-file", key, secret], check=True, capture_output=True, timeout=60)
    with serving({"": Pc(office.in_memory())}) as server:
        host = {"menshen_kind": "windows", "menshen_baselines": "agent_pc", "ansible_connection": "winrm", "ansible_user": "admin"}
        where = {"ansible_host": "127.0.0.1", "ansible_port": server.port, "ansible_winrm_scheme": "http"}
        (tmp_path / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"pc": {**host, **where}}}}))
        (tmp_path / "host_vars").mkdir()
        secret.rename(tmp_path / "host_vars/pc.yml")
        asked = ("query", "--inventory", tmp_path, "--subject", "pc", "SELECT hostname FROM system_info", "--json")
        done = menshen(*asked, ANSIBLE_VAULT_PASSWORD_FILE=str(key))

    assert [{"hostname": "pc-17"}] == json.loads(done.stdout)["rows"]


def test_the_doctor_checks_one_pc_and_writes_a_report(site, tmp_path):
    """Every command, script and table is one point of the report, which has its schema and holds no secret."""
    inventory, pcs = site
    report = tmp_path / "report.json"
    arguments = ("doctor", "windows", "good", "--inventory", inventory, "-o", report, "--json")
    done = menshen(*arguments, expected=(0, 1, 3), MENSHEN_TEST_PASSWORD=PASSWORD)
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((ROOT / "docs/schemas/doctor.json").read_text()))
    found = {one["id"]: one for one in document["checks"]}

    assert document == json.loads(report.read_text("utf-8"))
    assert {f"script {name}" for name in scripts.OBJECTS - {"engine", "files"}} <= found.keys()
    assert {"pass"} == {
        found[name]["outcome"] for name in ("visit", "administrator", "powershell", "clean", "users", "twice", "policy")
    }
    # The recorded PC's clock stands where its recording was made.
    assert "fail" == found["clock"]["outcome"]
    assert PASSWORD not in report.read_text("utf-8")
    # Everything at once, one key by itself to compare, the tops of the hives, and a folder.
    assert 4 == len(pcs["good"].machine.lines)


def test_the_doctor_says_what_is_not_as_expected(site, tmp_path):
    """A PC that answers less is reported point by point, and one that cannot be reached in one sentence."""
    inventory, pcs = site
    pcs["good"].machine.rights = "user"
    report = tmp_path / "report.json"
    arguments = ("doctor", "windows", "good", "--inventory", inventory, "-o", report)
    done = menshen(*arguments, expected=(1,), MENSHEN_TEST_PASSWORD=PASSWORD, LC_ALL="zh_CN.UTF-8")
    off = menshen("doctor", "windows", "off", "--inventory", inventory, expected=(2,), MENSHEN_TEST_PASSWORD=PASSWORD)

    assert "该账户不是那里的管理员" in done.stdout
    assert "is it on" in off.stderr
