# SPDX-License-Identifier: Apache-2.0
"""Files for PCs that nobody may reach, imported into a real registry (Wine's) and taken back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
from commandline import ROOT, menshen
from wsman import batch, collect, recorded
from wsman.powershell import powershell
from wsman.server import Pc, serving
from wsman.tools import Tools
from wsman.wine import booted

from policies import catalogue
from policies.formats import lgpo, pol, reg
from policies.formats.reg import Block
from policies.formats.registry import Setting

# Their rules look at more than the registry: adapters, drives, disks.
SEEN_ELSEWHERE = {
    *("crash_faults_counted", "optical_drive_absent", "bluetooth_blocked", "infrared_blocked"),
    "name_broadcasts_off",
    # The hour of Defender's scan is judged, but not written yet.
    "antivirus_scan_schedule",
}
SAMBA = Path("/usr/lib/python3/dist-packages/samba")
REACHED = (r"HKLM\SOFTWARE", r"HKLM\SYSTEM\CurrentControlSet", r"HKCU\Software")
HAD = """Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\Explorer]
"NoAutoplayfornonVolume"=dword:00000000
"别的"="保留"
[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]
"AutoAdminLogon"="1"
"DefaultPassword"="secret"
[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\USBSTOR]
"Start"=hex(b):03,00,00,00,00,00,00,00
"""
# Reads a Registry.pol with Samba's own parser and tells what it holds.
ORACLE = """
import json, sys
from samba.dcerpc import preg
from samba.ndr import ndr_pack, ndr_unpack
content = sys.stdin.buffer.read()
found = ndr_unpack(preg.file, content)
assert ndr_pack(found) == content
print(json.dumps([[one.keyname, one.valuename, one.type, one.data if isinstance(one.data, (int, str)) else bytes(one.data).hex()]
                  for one in found.entries]))
"""


@pytest.fixture(scope="module")
def pc(tmp_path_factory):
    with booted(tmp_path_factory.mktemp("wine")) as machine:
        machine.programs["powershell"] = powershell
        Tools(audit={"{0CCE9245-69AE-11D9-BED3-505054503030}": 0}).install(machine, "")
        machine.load(HAD)
        yield machine


def compiled(folder, what, *more):
    told = json.loads(menshen("compile", what, "--baseline", "agent_pc", "-o", folder, "--json", *more).stdout)
    jsonschema.validate(told, json.loads((ROOT / "docs" / "schemas" / "compile.json").read_text(encoding="utf-8")))
    assert sorted(told["files"]) == sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return told


def exports(machine):
    return {key: machine.export(key) for key in REACHED}


def places(machine):
    return {one.place: one for key in REACHED for one in reg.settings(("\ufeff" + machine.export(key)).encode("utf-16-le"))}


def said(one):
    return one.place, one.type_name, one.data


def load(machine, content):
    machine.write(r"C:\Temp\file.reg", content)
    assert 0 == machine.native(r"reg import C:\Temp\file.reg").code


def test_reg_files_and_the_way_back(pc, tmp_path):
    """What a PC imports stands in its export, in value and type; the rollback from its first export restores it byte for byte."""
    before = exports(pc)
    compiled(tmp_path / "plain", "reg")
    pc.write(r"C:\Temp\stick\first.cmd", (tmp_path / "plain/first.cmd").read_bytes())
    batch.run(pc, r"C:\Temp\stick\first.cmd")
    first = tmp_path / "first"
    first.mkdir()
    for name in pc.listed(r"C:\Temp\stick\first"):
        (first / name).write_bytes(pc.read(rf"C:\Temp\stick\first\{name}"))
    compiled(tmp_path / "own", "reg", "--export", first)

    for name in ("agent_pc.reg", "agent_pc-user.reg"):
        content = (tmp_path / "own" / name).read_bytes()
        assert content == (tmp_path / "plain" / name).read_bytes()
        load(pc, content)
    found = places(pc)
    wanted = [block for name in ("agent_pc.reg", "agent_pc-user.reg") for block in reg.load((tmp_path / "own" / name).read_bytes())]
    values = [one for block in wanted for one in block.settings]
    assert len(values) > 150
    assert [said(one) for one in values] == [said(found[one.place]) for one in values]
    assert [] == [name for block in wanted for name in block.absent if (block.key.lower(), name.lower()) in found]

    for name in ("agent_pc-rollback.reg", "agent_pc-user-rollback.reg"):
        load(pc, (tmp_path / "own" / name).read_bytes())
    assert before == exports(pc)


def test_a_plain_rollback_deletes_and_breaks_no_service(tmp_path):
    """Without an export the rollback deletes every value written, but never the start number of a service, and says so."""
    compiled(tmp_path / "o", "reg")
    gone = {(block.key, name) for block in reg.load((tmp_path / "o/agent_pc-rollback.reg").read_bytes()) for name in block.absent}
    written = {(one.key, one.name) for one in reg.settings((tmp_path / "o/agent_pc.reg").read_bytes())}
    starts = {place for place in written if "\\Services\\" in place[0] and place[1] == "Start"}

    assert written - starts <= gone
    assert len(starts) > 20
    assert set() == starts & gone
    assert "first.cmd" in (tmp_path / "o/README.txt").read_text(encoding="utf-8")


def test_an_export_that_says_too_little_is_refused(tmp_path):
    """A rollback is never made of an export that does not know what stood in a key."""
    (tmp_path / "some.reg").write_bytes(reg.dump([Block(r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies")]))
    refused = menshen(
        "compile", "reg", "-b", "agent_pc", "-o", tmp_path / "o", "--export", tmp_path / "some.reg", expected=(2,), LC_ALL="C.UTF-8"
    )

    assert "says nothing of" in refused.stderr
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("content", [b"", b"REGEDIT4\r\n", b"\xff\xfex"])
def test_an_export_that_is_none_is_refused(tmp_path, content):
    """Rubbish in place of an export is named, and nothing is written."""
    (tmp_path / "bad.reg").write_bytes(content)
    menshen("compile", "reg", "-b", "agent_pc", "-o", tmp_path / "o", "--export", tmp_path / "bad.reg", expected=(2,))

    assert not (tmp_path / "o").exists()


def test_registry_pol_goes_through_samba_into_a_registry(pc, tmp_path):
    """Samba's parser writes the same bytes again; what it read, imported, is the same values as the .reg file's."""
    if not SAMBA.exists():
        pytest.skip("Samba's parser is not here: apt-get install python3-samba")
    compiled(tmp_path / "pol", "pol")
    compiled(tmp_path / "reg", "reg")
    blocks = []
    for folder, hive in (("Machine", "HKEY_LOCAL_MACHINE"), ("User", "HKEY_CURRENT_USER")):
        content = (tmp_path / "pol" / folder / "Registry.pol").read_bytes()
        done = subprocess.run(["/usr/bin/python3", "-c", ORACLE], input=content, capture_output=True, check=True, timeout=60)
        for key, name, number, data in json.loads(done.stdout):
            deleted = name.startswith("**del.")
            one = Setting(f"{hive}\\{key}", name.removeprefix("**del."), number, stored(number, data))
            blocks.append(Block(one.key, absent=(one.name,)) if deleted else Block(one.key, (one,)))
    load(pc, reg.dump(blocks))
    found = places(pc)

    for name in ("agent_pc.reg", "agent_pc-user.reg"):
        for one in reg.settings((tmp_path / "reg" / name).read_bytes()):
            assert said(one) == said(found[one.place])
    assert (r"hkey_local_machine\software\microsoft\windows nt\currentversion\winlogon", "defaultpassword") not in found
    assert_passes(pc, tmp_path)


def assert_passes(pc, folder):
    """Audit the PC by the same SQL: every rule of the machine's registry alone passes."""
    collect.install(pc, recorded.objects("en-US"))
    rules = {name: one.kinds["windows"].enforce for name, one in catalogue.load().controls.items() if "windows" in one.kinds}
    alone = {
        name for name, steps in rules.items() if steps and {step["mechanism"] for step in steps} <= {"registry", "firewall_rules"}
    }
    with serving({"": Pc(pc)}) as server:
        host = {
            "ansible_connection": "winrm",
            "ansible_host": "127.0.0.1",
            "ansible_port": server.port,
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ansible_user": "admin",
            "ansible_password": "Correct-Horse-7",
            "menshen_kind": "windows",
            "menshen_baselines": ["agent_pc"],
        }
        (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"pc": host}}}), encoding="utf-8")
        where = ("-i", folder / "hosts.yml", "-l", "pc", "--ledger", folder / "ledger", "--host-seconds", "300")
        told = menshen("audit", *where, "--json", expected=(1, 3))
    verdicts = {one["control"]: one["verdict"] for one in json.loads(told.stdout)["findings"] if one["control"] in alone}
    assert len(verdicts) > 50
    assert {} == {control: verdict for control, verdict in verdicts.items() if verdict != "pass" and control not in SEEN_ELSEWHERE}


def stored(number, data):
    if isinstance(data, int):
        return data.to_bytes(8 if number == 11 else 4, "little")
    return (data + "\0").encode("utf-16-le") if number in {1, 2} else bytes.fromhex(data)


def test_the_three_formats_say_the_same(tmp_path):
    """Registry.pol and LGPO text hold the places and values of the .reg files."""
    for what in ("reg", "lgpo", "pol"):
        compiled(tmp_path / what, what)
    values = [one for name in ("", "-user") for one in reg.settings((tmp_path / f"reg/agent_pc{name}.reg").read_bytes())]
    hives = {"Machine": "HKEY_LOCAL_MACHINE", "User": "HKEY_CURRENT_USER"}
    policies = {
        (f"{hive}\\{one.key}", one.name, one.type, one.data)
        for folder, hive in hives.items()
        for one in pol.load((tmp_path / f"pol/{folder}/Registry.pol").read_bytes())
        if not one.name.startswith("**")
    }
    texts = {(one.key, one.name) for one in lgpo.load((tmp_path / "lgpo/agent_pc.txt").read_bytes()) if one.action != lgpo.DELETE}

    assert {(one.key, one.name, one.type, one.data) for one in values} == policies
    assert {(one.key.partition("\\")[2], one.name) for one in values} == texts
