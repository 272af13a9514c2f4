# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import winrm
import winrm.exceptions

from wsman import certificates, recordings
from wsman.door import Door
from wsman.machine import Call, Done, Machine, parts
from wsman.powershell import powershell
from wsman.server import Pc, serving, tls_context
from wsman.wine import booted

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Correct-Horse-7"
POLICIES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Menshen"


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    with booted(tmp_path_factory.mktemp("wine")) as machine:
        yield machine


def session(port, *, user="admin", password=PASSWORD, transport="ntlm"):
    where = f"http://127.0.0.1:{port}/wsman"
    return winrm.Session(where, auth=(user, password), transport=transport, proxy=None, ca_trust_path=None)


def test_ntlm_is_encrypted_and_reaches_the_registry(wine):
    """A value written by reg.exe over encrypted NTLM stands in Wine's registry, with its type and its Chinese text."""
    pc = Pc(wine)
    with serving({"": pc}) as server:
        done = session(server.port).run_cmd("reg", ["add", POLICIES, "/v", "Seconds", "/t", "REG_DWORD", "/d", "900", "/f"])

    assert 0 == done.status_code
    assert '"Seconds"=dword:00000384' in wine.export(POLICIES)
    assert pc.seen["requests"] - 3 == pc.seen["encrypted"]


def test_exit_code_comes_back(wine):
    """A key that does not exist ends with exit code 1."""
    with serving({"": Pc(wine)}) as server:
        assert 1 == session(server.port).run_cmd("reg", ["query", r"HKLM\SOFTWARE\Nowhere"]).status_code


def test_wrong_password_is_refused(wine):
    """Whoever has the wrong password gets in by no way."""
    with serving({"": Pc(wine)}) as server, pytest.raises(winrm.exceptions.InvalidCredentialsError):
        session(server.port, password="wrong").run_cmd("hostname")


@pytest.mark.parametrize(("basic", "code"), [(False, None), (True, 0)])
def test_basic_only_where_it_was_opened(wine, basic, code):
    """Basic is refused until the PC is set to take it."""
    with serving({"": Pc(wine, Door(basic=basic))}) as server:
        try:
            found = session(server.port, transport="basic").run_cmd("hostname").status_code
        except winrm.exceptions.InvalidCredentialsError:
            found = None

    assert code == found


def test_without_rights_no_shell():
    """An account that may not log on remotely is told so by the service's own fault."""
    machine = Machine(rights="none")
    with serving({"": Pc(machine)}) as server, pytest.raises(winrm.exceptions.WSManFaultError, match="Access is denied"):
        session(server.port).run_cmd("hostname")


def test_client_certificates(tmp_path):
    """A certificate of the authority opens the door, an expired one does not."""
    authority = certificates.Authority(tmp_path)
    own, good = authority.issue("localhost"), authority.issue("admin")
    old = authority.issue("admin", days=(-9, -2), file="old")
    found = []
    machine = Machine(programs={"hostname": lambda _machine, _call: Done(0, b"pc\r\n")})
    with serving({"": Pc(machine)}, tls_context(own.certificate, own.key, authority.certificate)) as server:
        for pair in (good, old):
            client = winrm.Session(
                f"https://127.0.0.1:{server.port}/wsman",
                auth=("", ""),
                transport="certificate",
                cert_pem=str(pair.certificate),
                cert_key_pem=str(pair.key),
                proxy=None,
                ca_trust_path=str(authority.certificate),
            )
            try:
                found.append(client.run_cmd("netsh").std_err[:30])
            except (OSError, winrm.exceptions.WinRMError):
                found.append("refused")
        machine.pretended.clear()

    assert [b"nothing on this test PC really", "refused"] == found


@pytest.mark.parametrize("line", ["netsh advfirewall show allprofiles", "secedit /export /cfg C:\\x.inf", "cmd /c schtasks /query"])
def test_pretended_commands_are_loud(line):
    """What Wine only pretends to run fails, and fails the test that asked for it."""
    with pytest.raises(AssertionError, match="nothing here really runs"), serving({"": Pc(Machine())}) as server:
        assert 1 == session(server.port).run_cmd(line).status_code


def test_recordings_answer_for_their_tool(wine):
    """A recorded policy is what secedit exports, between commands that are real."""
    wine.programs["secedit"] = recordings.secedit("[System Access]\r\nLockoutBadCount = 5\r\n".encode("utf-16"))
    line = r'mkdir %TEMP%\a & secedit /export /cfg "%TEMP%\a\p.inf" >nul & reg query HKCU & rmdir /s /q %TEMP%\a'
    with serving({"": Pc(wine)}) as server:
        done = session(server.port).run_cmd(line)

    assert (0, True) == (done.status_code, b"HKEY_CURRENT_USER\\Software" in done.std_out)
    assert [] == wine.listed(r"C:\Temp\a")


def test_lines_are_split_as_cmd_does():
    """Quotes, parentheses and redirections keep their ampersands."""
    assert [("", 'echo "a & b"'), ("&", "x >f 2>&1"), ("&&", "(y & z)")] == list(parts('echo "a & b" & x >f 2>&1 && (y & z)'))


def test_ansible_runs_and_copies(wine, tmp_path):
    """The real winrm connection runs a command, puts a file there and fetches it back unchanged."""
    content = os.urandom(300_000)
    (tmp_path / "there").write_bytes(content)
    (tmp_path / "play.yml").write_text(PLAY)
    with serving({"": Pc(wine)}) as server:
        variables = {
            "ansible_host": "127.0.0.1",
            "ansible_port": server.port,
            "ansible_connection": "winrm",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ansible_user": "admin",
            "ansible_password": "Correct-Horse-7",
        }
        (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": {"pc": variables}}}))
        (tmp_path / "action").mkdir()
        (tmp_path / "action/carry.py").write_text(CARRY)
        done = subprocess.run(
            [Path(sys.executable).parent / "ansible-playbook", "-i", "hosts.json", "play.yml"],
            cwd=tmp_path,
            env={**os.environ, "ANSIBLE_ACTION_PLUGINS": str(tmp_path / "action"), "ANSIBLE_LOCAL_TEMP": str(tmp_path / "t")},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert 0 == done.returncode, done.stdout + done.stderr
    assert content == (tmp_path / "back").read_bytes()
    assert '"By"="ansible"' in wine.export(POLICIES)


PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.raw: reg.exe add HKLM\\SOFTWARE\\Policies\\Menshen /v By /d ansible /f
    - carry:
"""
CARRY = """
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        self._connection.put_file("there", "C:\\\\Temp\\\\carried.bin")
        self._connection.fetch_file("C:\\\\Temp\\\\carried.bin", "back")
        return {"changed": False}
"""


def test_unknown_powershell_is_refused():
    """A script that no test answers for is refused and remembered."""
    machine = Machine()

    assert 1 == powershell(machine, Call("powershell", ["-Command", "Get-Process"], "powershell -Command Get-Process")).code
    assert ["powershell -Command Get-Process"] == machine.pretended
