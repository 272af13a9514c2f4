# SPDX-License-Identifier: Apache-2.0
"""What goes wrong half-way: rules that cut the way, a restart before anybody came back, a power cut in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest
from conftest import ROOT

pytestmark = [pytest.mark.system, pytest.mark.slow]
WRONG = {"host_firewall": {"allowed_inbound": ["tcp/2222"]}}
POWER = ("kernel_network_hardening", "rare_filesystems_blocked", "firewire_blocked", "default_umask", "screen_lock", "sudo_logged")


@contextmanager
def begun(site, *arguments):
    """Start the command line and leave it running, at most as long as the context."""
    process = subprocess.Popen(
        site.command(*arguments), env=site.environment(fast=False), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def await_true(told, seconds):
    """Ask until it is so."""
    until = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < until, "it did not become so in time"
        time.sleep(0.2)


def test_a_firewall_that_cuts_ssh_is_taken_back_with_and_without_a_restart(site):
    """Rules without port 22: the host takes them back by its timer; after a power cut before that, soon after the start."""
    guest = site.guest
    site.describe(WRONG)
    cut = site.menshen("apply", "--limit", "guest", "--control", "host_firewall", "--yes", "--guard", "20", code=3)["hosts"][
        "guest"
    ]
    assert "brought back its former state" in cut["failed"]
    assert "menshen" not in guest.run("nft list tables; cat /etc/nftables.conf")

    # As after an earlier, right apply: rules are loaded at every start, so that a restart alone heals nothing.
    guest.run("systemctl enable nftables")
    with begun(site, "apply", "--limit", "guest", "--control", "host_firewall", "--yes", "--guard", "600") as running:
        # A connection that stands is let be by the firewall: it sees the rules come.
        await_true(lambda: "menshen_input" in guest.ssh("nft list tables").stdout, 300)
        assert not guest._greets()
        guest.reset()
        guest.wait()
        assert "menshen" not in guest.run("nft list tables; cat /etc/nftables.conf")
        assert "guard" not in guest.run("ls /etc/systemd/system /etc/systemd/system/timers.target.wants")
        said, complaint = running.communicate(timeout=300)
    assert 3 == running.returncode, said + complaint
    assert "brought back its former state" in said


def test_a_power_cut_in_the_middle_leaves_whole_files(site):
    """After a reset in the middle every file is as before or as wanted, the next apply completes, and nothing is left over."""
    guest = site.guest
    planned = site.plan(*POWER, code=1, fast=True)
    files = {one["before_header"]: (one["before"], one["after"]) for one in planned["diff"] if one["before_header"].startswith("/")}
    first = "/etc/sysctl.d/61-menshen-network.conf"
    assert first in files
    with begun(site, "apply", "--limit", "guest", *(part for one in POWER for part in ("--control", one)), "--yes"):
        await_true(lambda: guest.ssh(f"test -e {first}").returncode == 0, 300)
        guest.reset()
    guest.wait()
    found = {path: guest.ssh(f"cat {path}").stdout for path in files}
    assert {} == {path: text for path, text in found.items() if text not in files[path]}
    assert files[first][1] == found[first]

    after = site.apply(*POWER, code=0, fast=True)
    assert 0 < len(after["changes"]) < len(planned["changes"])
    assert {path: wanted for path, (_, wanted) in files.items()} == {path: guest.ssh(f"cat {path}").stdout for path in files}
    assert "" == guest.run("find /etc -name '*.menshen-new'")
    assert [] == site.plan(*POWER, code=0, fast=True)["changes"]
