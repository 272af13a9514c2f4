# SPDX-License-Identifier: Apache-2.0
r"""Three PCs whose registries are Wine's, in three states, audited by the real command line over encrypted NTLM."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest
from commandline import menshen
from wsman import office
from wsman.server import Pc, serving
from wsman.wine import booted

from policies.formats import reg

PASSWORD = "Correct-Horse-7"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A bare PC, one that keeps the rules and one that keeps every other; gives the inventory and the PCs."""
    folder = tmp_path_factory.mktemp("wine")
    settings = [one for one in office.settings() if not one.key.startswith("HKEY_USERS\\S-1-5-21")]
    states = {"bare": [], "half": settings[::2], "whole": settings}
    with ExitStack() as stack:
        machines = {name: stack.enter_context(booted(folder, name)) for name in states}
        for name, machine in machines.items():
            office.recordings_for(machine)
            if states[name]:
                machine.load(reg.dump(reg.blocks_of(states[name])).decode("utf-16"))
        server = stack.enter_context(serving({name: Pc(machine) for name, machine in machines.items()}))
        common = {
            "ansible_connection": "winrm",
            "ansible_host": "127.0.0.1",
            "ansible_port": server.port,
            "ansible_user": "admin",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ansible_password": PASSWORD,
            "menshen_kind": "windows",
            "menshen_baselines": "agent_pc",
        }
        hosts = {name: {"ansible_winrm_path": f"{name}/wsman"} for name in machines}
        file = folder / "hosts.json"
        file.write_text(json.dumps({"all": {"children": {"windows": {"hosts": hosts, "vars": common}}}}), "utf-8")
        yield file, machines


def passed(inventory, ledger, *more):
    arguments = (
        "audit",
        "--inventory",
        inventory,
        "--limit",
        "windows",
        "--ledger",
        ledger,
        "--host-seconds",
        300,
        "--json",
        *more,
    )
    findings = json.loads(menshen(*arguments, expected=(1,)).stdout)["findings"]
    found = {}
    for one in findings:
        found.setdefault(one["subject"], {})[one["control"]] = one["verdict"]
    return found


def test_states_are_told_apart_and_one_tampered_value_is_found(site, tmp_path):
    """The bare PC fails what the whole one passes; one value changed by reg.exe is the one control that drift names."""
    inventory, machines = site
    ledger = tmp_path / "ledger.db"
    before = passed(inventory, ledger)
    counts = {name: sum(verdict == "pass" for verdict in verdicts.values()) for name, verdicts in before.items()}

    assert counts["bare"] < counts["half"] < counts["whole"]
    assert ("fail", "pass") == (before["bare"]["usb_storage_blocked"], before["whole"]["usb_storage_blocked"])
    assert "error" not in {verdict for verdicts in before.values() for verdict in verdicts.values()}

    key = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa"
    assert 0 == machines["whole"].native(f"reg add {key} /v RunAsPPL /t REG_DWORD /d 0 /f").code
    after = passed(inventory, ledger, "--limit", "whole")
    drift = json.dumps(json.loads(menshen("drift", "--ledger", ledger, "--json", expected=(0, 1, 3)).stdout))

    assert {"lsa_protected"} == {name for name in after["whole"] if after["whole"][name] != before["whole"][name]}
    assert "lsa_protected" in drift
    assert [] == [name for machine in machines.values() for name in machine.listed(r"C:\Temp")]
