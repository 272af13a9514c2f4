# SPDX-License-Identifier: Apache-2.0
"""What brings osqueryd to a PC: flags that name the hub's calls, a role that refuses another package, a script that parses."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest
import tree_sitter
import tree_sitter_pwsh
from commandline import ROOT, menshen

from agents.hub.app import LIMITS, PREFIXES
from policies.compile.osquery_deploy import STARTUP, flags

ANSIBLE = Path(sys.executable).with_name("ansible-playbook")


def read(text):
    return dict(line.removeprefix("--").split("=", 1) for line in text.splitlines())


@pytest.mark.parametrize("kind", ["linux", "windows"])
def test_flags_name_the_hubs_own_calls(kind):
    """Every endpoint of the flag file is one that the hub serves, no flag stands twice, and the batch fits the hub's limit."""
    text = flags(kind, "hub.example:8443")
    found = read(text)
    ends = {value for name, value in found.items() if name.endswith("endpoint")}

    assert text.count("\n") == len(found)
    assert {f"{PREFIXES[0]}/{call}" for call in LIMITS} == ends
    assert int(found["logger_tls_max_lines"]) < LIMITS["log"]
    assert ("0", "tls", "hub.example:8443") == (found["tls_enroll_max_attempts"], found["config_plugin"], found["tls_hostname"])


def test_the_roles_flag_file_is_the_compiled_one():
    """The role writes the very flags that `menshen compile osquery` writes, with the client certificate only where there is one."""
    source = (ROOT / "roles" / "osquery" / "templates" / "osquery.flags.j2").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, trim_blocks=True, keep_trailing_newline=True).from_string(source)
    plain = template.render(osquery_hub="hub.example:8443", osquery_client_cert="")

    assert flags("linux", "hub.example:8443") == plain
    assert "--tls_client_cert=" in template.render(osquery_hub="h:1", osquery_client_cert="x")


def test_the_start_up_script_is_powershell_and_speaks_no_language():
    """It parses without an error, is ASCII, pins the hash, and names accounts by SID alone."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))
    tree = parser.parse(STARTUP.encode("ascii"))

    assert not tree.root_node.has_error
    assert "Get-FileHash" in STARTUP
    assert {"*S-1-5-18:F", "*S-1-5-32-544:F"} == set(re.findall(r"'(\*S-[^']+)'", STARTUP))
    assert not re.search(r"(?i)administrators?'|everyone|downloadfile|invoke-webrequest|-skipcert", STARTUP)


def test_compile_writes_them(tmp_path):
    """Without a baseline each role gets its folder: packs, flags for both kinds, and the start-up script with Windows line ends."""
    menshen("compile", "osquery", "-o", tmp_path)

    assert flags("linux") == (tmp_path / "agent_pc" / "linux" / "osquery.flags").read_text(encoding="utf-8")
    script = (tmp_path / "agent_pc" / "windows" / "start-up.ps1").read_bytes()
    assert script.count(b"\r\n") == script.count(b"\n") == STARTUP.count("\n")
    assert list((tmp_path / "linux_server" / "linux" / "packs").glob("*.conf"))
    menshen("compile", "fleet", "-o", tmp_path / "fleet", "--kind", "linux")
    assert list((tmp_path / "fleet").glob("*/fleets/*.yml"))
    assert "--baseline" in menshen("compile", "reg", "-o", tmp_path / "x", expected=(2,)).stderr


def playbook(folder, sha, *options):
    package = folder / "osquery.deb"
    package.write_bytes(b"not really a package")
    variables = {
        "osquery_package": package,
        "osquery_sha256": sha or hashlib.sha256(package.read_bytes()).hexdigest(),
        "osquery_hub": "hub.example:8443",
        "osquery_ca": package,
        "osquery_secret": "s3cret-of-the-site",
        "ansible_become": "false",
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    words = " ".join(f"{name}={value}" for name, value in variables.items())
    command = [ANSIBLE, "-i", "localhost,", "-c", "local", "-e", words, *options, ROOT / "playbooks" / "osquery.yml"]
    environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_HOME": str(folder)}
    return subprocess.run(list(map(str, command)), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_role_refuses_a_package_that_is_not_the_pinned_one(tmp_path):
    """A wrong checksum ends the play before anything reaches a host, and no output holds the secret."""
    done = playbook(tmp_path, "0" * 64, "--check", "-vv")

    assert done.returncode
    assert "does not have the pinned SHA-256" in done.stdout
    assert "Make the folders" not in done.stdout
    assert "s3cret" not in done.stdout + done.stderr


def test_the_role_runs_in_check_mode(tmp_path):
    """With the pinned package the play goes through to its end, in check mode, and shows the flags but never the secret."""
    done = playbook(tmp_path, None, "--check", "--diff")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert "+--tls_hostname=hub.example:8443" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
