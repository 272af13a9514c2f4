# SPDX-License-Identifier: Apache-2.0
"""PCs that cannot be planned for: each says its own reason, and a plan of the others is not held up by it."""

from __future__ import annotations

import json
import socket

import pytest
from commandline import menshen
from windows_site import SCRIPT
from wsman.machine import Done
from wsman.memory import MemoryPc
from wsman.server import Manners, Pc, serving

pytestmark = [pytest.mark.system]


def limited(_machine, _params, _stdin):
    """Answer as a PC on which the account is a plain user."""
    return Done(0, b"who.txt IlMtMS0xNi04MTkyIg==\r\ndone\r\n")


def talkative(_machine, _params, _stdin):
    """Answer as a PC whose profile prints what nobody asked for."""
    return Done(0, b"hives.txt not base64!\r\ndone\r\n")


def broken_off(_machine, _params, _stdin):
    """Answer as a PC that was switched off in the middle."""
    return Done(0, b"who.txt IlMtMS0xNi04MTkyIg==\r\n")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Plan for PCs with a fault each; gives what happened on each."""
    folder = tmp_path_factory.mktemp("faults")
    answers = {"limited": limited, "talkative": talkative, "broken-off": broken_off}
    pcs = {name: Pc(MemoryPc(scripts={SCRIPT: answer})) for name, answer in answers.items()}
    pcs["wrong-password"] = Pc(MemoryPc())
    pcs["rubbish"] = Pc(MemoryPc(), manners=Manners(rubbish=b"<html/>"))
    with serving(pcs) as server, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        hosts = {name: {"ansible_winrm_path": f"/{name}/wsman", "ansible_port": server.port} for name in pcs}
        hosts["wrong-password"]["ansible_password"] = "wrong-secret"
        hosts["off"] = {"ansible_port": closed.getsockname()[1]}
        common = {
            "menshen_kind": "windows",
            "menshen_baselines": ["agent_pc"],
            "ansible_connection": "winrm",
            "ansible_host": "127.0.0.1",
            "ansible_user": "admin",
            "ansible_password": "Correct-Horse-7",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
        }
        (folder / "hosts.yml").write_text(json.dumps({"windows": {"hosts": hosts, "vars": common}}), encoding="utf-8")
        done = menshen("plan", "-i", folder, "-l", "windows", "--json", expected=(3,))
    assert "wrong-secret" not in done.stdout + done.stderr
    return json.loads(done.stdout)["hosts"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("limited", "no administrator"),
        ("talkative", "something else than was asked"),
        ("broken-off", "did not carry out"),
        ("wrong-password", "credentials were rejected"),
        ("rubbish", ""),
        ("off", "refused"),
    ],
)
def test_each_fault_has_its_own_word(told, name, words):
    """A PC that cannot be looked at has nothing to change, and one sentence that says why."""
    assert [] == told[name]["changes"]
    assert told[name]["failed"] or told[name]["unreachable"]
    assert words in told[name]["failed"] + told[name]["unreachable"]
