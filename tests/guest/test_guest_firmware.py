# SPDX-License-Identifier: Apache-2.0
"""A UEFI guest whose kernel brings up its own think-lmi from a small ACPI table: the tables meet a real sysfs tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from image import TOOLS, image, locked
from machine import Guest, overlay
from system import need, need_root

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.system, pytest.mark.slow]

OVMF = Path("/usr/share/OVMF")
DMI = (
    *("-smbios", "type=0,vendor=LENOVO,version=N3MET10W,date=10/18/2024"),
    *("-smbios", "type=1,manufacturer=LENOVO,product=21AH00BUMZ,version=ThinkPad T14 Gen 3,serial=PF0001"),
)


@pytest.fixture(scope="module")
def guest(tmp_path_factory):
    """Boot the guest's disk by UEFI with secure boot, as a Lenovo with a supervisor password."""
    need_root()
    for tool in (*TOOLS, "iasl"):
        need(tool)
    folder = tmp_path_factory.mktemp("uefi")
    subprocess.run(["iasl", "-p", folder / "thinklmi", Path(__file__).with_name("thinklmi.asl")], check=True, capture_output=True)
    shutil.copyfile(OVMF / "OVMF_VARS_4M.ms.fd", folder / "vars.fd")
    made = image()
    more = [
        *("-machine", "smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on", "-m", "1024"),
        *("-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={OVMF}/OVMF_CODE_4M.ms.fd"),
        *("-drive", f"if=pflash,format=raw,unit=1,file={folder}/vars.fd"),
        *("-acpitable", f"file={folder}/thinklmi.aml"),
        *DMI,
    ]
    with locked("qemu"):
        found = Guest(made, folder / "run", overlay(made / "base.qcow2", folder / "disk.qcow2"), *more)
        try:
            found.wait(400)
            found.run("modprobe think-lmi")
            yield found
        finally:
            found.stop()


@pytest.fixture(scope="module")
def site(guest, tmp_path_factory):
    """Give the command line at the other end of the wire."""
    folder = tmp_path_factory.mktemp("site")
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{guest.port} {guest.run('cat /etc/ssh/ssh_host_ed25519_key.pub')}")
    host = {
        "menshen_kind": "linux",
        "menshen_baselines": ["agent_pc"],
        "ansible_host": "127.0.0.1",
        "ansible_port": guest.port,
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(guest.key),
        "ansible_ssh_common_args": f"-o UserKnownHostsFile={known} -o IdentitiesOnly=yes",
        "menshen_ssh_known_hosts": str(known),
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    (folder / "hosts.yml").write_text(json.dumps({"all": {"hosts": {"laptop": host}}}))

    def run(*arguments):
        environment = {**os.environ, "MENSHEN_STATE": str(folder), "ANSIBLE_LOCAL_TEMP": str(folder / "local")}
        command = [sys.executable, "-m", "menshen", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
        return json.loads(done.stdout or "{}") or done.stderr

    run.inventory = str(folder / "hosts.yml")
    return run


def asked(site, sql):
    return site("query", "--subject", "laptop", "-i", site.inventory, "--json", sql)["rows"]


def test_the_tables_read_the_kernels_own_tree(site):
    """Secure boot, DMI, a set supervisor password by think-lmi's own file, settings by name."""
    (row,) = asked(
        site, "SELECT vendor, model, mode, secure_boot, setup_mode, admin_password_state AS state, evidence FROM firmware"
    )
    settings = {one["name"]: one["value"] for one in asked(site, "SELECT name, value FROM firmware_settings")}

    assert ("LENOVO", "ThinkPad T14 Gen 3", "uefi", 1, 0, "set") == tuple(row.values())[:6]
    assert "thinklmi/authentication/Admin/is_enabled" in row["evidence"]
    assert {"SecureBoot": "Enable", "USBBIOSSupport": "Enable", "BootOrder": "NVMe0"} == settings
