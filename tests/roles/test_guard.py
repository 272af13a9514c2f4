# SPDX-License-Identifier: Apache-2.0
"""The lock-out guard: what cuts the way to a host is taken back by the host itself."""

from __future__ import annotations

import sys

import pytest
from target import ROOT

from menshen.settings import ledger_path
from reports.chain import Chain

ARM = """
import sys
import ansible.module_utils
ansible.module_utils.__path__.append(sys.argv[1] + "/roles/enforce/module_utils")
from ansible.module_utils.menshen_enforce import guard
guard.arm(sys.argv[2], 600)
"""
pytestmark = [pytest.mark.system, pytest.mark.slow]


def remembered():
    """Give what the ledger knows of the newest apply."""
    with Chain(ledger_path(), create=False) as chain:
        return chain.last("apply").body


def test_a_firewall_that_cuts_ssh_takes_itself_back(box):
    """Rules without port 22 are gone again after the guard's time, apply and ledger say so, and the host answers."""
    box.describe(host_firewall={"allowed_inbound": ["tcp/2222"]})
    done = box.menshen("apply", "--limit", "box", "--yes", "--guard", "10", "--control", "host_firewall", code=3)

    assert "brought back its former state" in done["failed"]
    assert 0 == box.target.ssh("true").returncode
    assert "menshen_input" not in box.target.inside("nft", "list", "tables")
    assert "menshen" not in box.target.inside("cat", "/etc/nftables.conf")
    entry = remembered()
    assert ("restored", done["failed"]) == (entry["hosts"]["box"]["guard"], entry["hosts"]["box"]["failed"])
    assert ("root", "box", ["host_firewall"], 10) == (
        entry["by"]["user"],
        entry["limit"],
        entry["controls"],
        entry["guard_seconds"],
    )


def test_a_password_too_old_cuts_the_operator_and_is_taken_back(box):
    """An age that ends the operator's own password would lock them out: the ages are as before, and the host answers."""
    box.describe()
    box.target.inside("chage", "-d", "2024-01-01", "operator")
    planned = box.menshen("plan", "--limit", "box", "--control", "password_max_age", code=1)
    done = box.menshen("apply", "--limit", "box", "--yes", "--guard", "10", "--control", "password_max_age", code=3)

    assert any("its password is older" in one["after"] for one in planned["changes"])
    assert "brought back its former state" in done["failed"]
    assert 0 == box.target.ssh("true").returncode
    box.target.inside("chage", "-d", "2096-01-01", "operator")


def test_a_refused_configuration_is_never_read(box):
    """Settings that sshd refuses bring the former state back at once, before sshd has read them."""
    box.target.inside("sh", "-c", "echo 'Nonsense yes' >> /etc/ssh/sshd_config")
    done = box.menshen("apply", "--limit", "box", "--yes", "--guard", "10", "--control", "sshd_root_login_off", code=3)
    box.target.inside("sed", "-i", "/Nonsense/d", "/etc/ssh/sshd_config")

    assert "Nonsense" in done["failed"]
    assert "menshen" not in box.target.inside("ls", "/etc/ssh/sshd_config.d")


def test_what_keeps_the_way_open_stays(box):
    """A change after which the host is reached again is kept, and the guard does not fire later."""
    done = box.menshen("apply", "--limit", "box", "--yes", "--guard", "30", "--control", "host_firewall", code=0)
    box.target.inside("sleep", "31")

    entry = remembered()["hosts"]["box"]
    assert ("kept", "", done["changes"]) == (entry["guard"], entry["failed"], entry["changes"])
    assert "kept" == box.target.inside("cat", f"{done['former'][0]}/decided/how")
    assert "menshen_input" in box.target.inside("nft", "list", "tables")


def test_a_restart_before_anybody_came_back_restores(box):
    """What a guard left undecided is brought back by a unit that the next start would run, and the unit goes with it."""
    folder = "/var/lib/menshen/former/20261101T000000Z-test-1"
    box.target.inside("mkdir", "-p", folder)
    box.target.inside("sh", "-c", f"echo 'touch {folder}/back' > {folder}/restore")
    box.target.inside("env", "PYTHONDONTWRITEBYTECODE=1", sys.executable, "-c", ARM, str(ROOT), folder)
    wanted = "/etc/systemd/system/timers.target.wants/menshen-guard-boot.timer"
    assert wanted == box.target.inside("ls", wanted).strip()
    box.target.inside("systemctl", "daemon-reload")
    box.target.inside("systemctl", "start", "menshen-guard-boot.service")

    assert "restored" == box.target.inside("cat", f"{folder}/decided/how").strip()
    assert f"{folder}/back" == box.target.inside("ls", f"{folder}/back").strip()
    assert "guard-boot" not in box.target.inside("ls", "/etc/systemd/system", "/etc/systemd/system/timers.target.wants")
    box.target.inside("systemctl", "stop", f"menshen-guard-{folder.rpartition('/')[2]}.timer")
