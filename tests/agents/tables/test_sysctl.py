# SPDX-License-Identifier: Apache-2.0
import subprocess
from pathlib import Path

import pytest
from system import need

from agents.host import Host
from agents.source import NotObservedError

LIVE = Host()
# What the kernel counts for itself: another value at every look.
COUNTERS = {"fs.dentry-state", "fs.file-nr", "fs.inode-nr", "fs.inode-state", "kernel.ns_last_pid", "kernel.random.uuid"}


def test_values_are_those_of_sysctl(rows):
    """Every setting that sysctl prints is a row with the same value, but for those that change by themselves."""
    before = sysctl()
    found = {row["name"]: row["current_value"] for row in rows("system_controls", LIVE)}
    after = sysctl()
    steady = {name: value for name, value in before.items() if after.get(name) == value and name not in COUNTERS}
    assert len(steady) > 500
    assert steady == {name: found.get(name) for name in steady}


def test_a_kernel_setting_is_a_text_file(rows):
    """What reads configuration files reads the kernel's settings, too."""
    assert (
        rows("system_controls", LIVE, name="kernel.ostype")[0]["current_value"]
        == (LIVE.text("/proc/sys/kernel/ostype") or "").strip()
    )


def test_one_setting_is_asked_alone(rows):
    """Asked by name, one file is read; asked by subsystem, one folder; a name outside of the tree is none."""
    (row,) = rows("system_controls", LIVE, name="kernel.randomize_va_space")
    assert Path("/proc/sys/kernel/randomize_va_space").read_text().strip() == row["current_value"]
    assert {"vm"} == {row["subsystem"] for row in rows("system_controls", LIVE, subsystem="vm")}
    assert [[]] * 4 == [rows("system_controls", LIVE, name=name) for name in ("kernel", "//", "kernel./..version", "no.such")]
    assert [] == rows("system_controls", LIVE, subsystem="..")


def test_a_dot_in_a_name_is_a_slash(rows, record):
    """The settings of the interface eth0.5 are named as sysctl names them."""
    host = record({"/proc/sys/net/ipv4/conf/eth0.5/rp_filter": "2\n"})
    assert ["net.ipv4.conf.eth0/5.rp_filter"] == [row["name"] for row in rows("system_controls", host)]
    assert "2" == rows("system_controls", host, name="net.ipv4.conf.eth0/5.rp_filter")[0]["current_value"]


def test_the_configured_value_follows_the_order_of_the_folders(rows, record):
    """/etc hides a file of the same name, the last file wins; sysctl.conf counts only where it is linked."""
    files = {
        "/proc/sys/kernel/a": "1", "/proc/sys/kernel/b": "1", "/proc/sys/kernel/c": "1", "/proc/sys/net/ipv4/d": "1",
        "/usr/lib/sysctl.d/50-x.conf": "kernel.a = 5\nkernel.b = 5\n", "/etc/sysctl.d/50-x.conf": "kernel.a=7\n",
        "/run/sysctl.d/60.conf": "# kernel.b=6\n; kernel.b=6\n- kernel.c = 1 2\t3 \nnet/ipv4/d=4\n",
        "/etc/sysctl.conf": "kernel.a=9\n",
        "/etc/sysctl.d/README": "kernel.b=1\n",
    }  # fmt: skip
    assert {"kernel.a": "7", "kernel.b": None, "kernel.c": "1 2\t3", "net.ipv4.d": "4"} == configured(rows, record(files))
    linked = record({"/etc/sysctl.d/99-sysctl.conf": Path("../sysctl.conf")})
    assert "9" == configured(rows, linked)["kernel.a"]


def test_patterns_give_way_to_exact_settings(rows, record):
    """A pattern sets what nothing sets exactly, wherever it stands, and spares what is excluded."""
    tree = {f"/proc/sys/net/ipv4/conf/{name}/rp": "0" for name in ("all", "eth0", "eth1", "lo")}
    text = "net.ipv4.conf.all.rp = 1\nnet.ipv4.conf.*.rp = 2\n-net.ipv4.conf.lo.rp\n"
    found = configured(rows, record(tree | {"/etc/sysctl.d/a.conf": text}))
    assert ["1", "2", "2", None] == [found[f"net.ipv4.conf.{name}.rp"] for name in ("all", "eth0", "eth1", "lo")]


@pytest.mark.usefixtures("as_nobody")
def test_an_unreadable_setting_is_null(rows):
    """A setting that only root may read keeps its row without a value."""
    closed = [path for path in Path("/proc/sys/kernel").iterdir() if path.is_file() and not path.stat().st_mode & 0o004]
    if not closed:
        pytest.skip("this machine has no setting that only root reads")
    (row,) = rows("system_controls", LIVE, name=f"kernel.{closed[0].name}")
    assert row["current_value"] is None


def test_an_unreadable_configuration_is_not_observed(rows, record):
    """What the files set is not claimed where one of them cannot be read."""
    host = record({"/proc/sys/kernel/a": "1", "/etc/sysctl.d/a.conf": Path("a.conf")})
    with pytest.raises(NotObservedError, match="cannot read /etc/sysctl"):
        rows("system_controls", host)


def configured(rows, host):
    return {row["name"]: row["config_value"] for row in rows("system_controls", host)}


def sysctl():
    printed = subprocess.run([need("sysctl"), "-a"], capture_output=True, check=False, text=True).stdout
    found = {}
    for line in printed.splitlines():
        name, _, value = line.partition(" =")
        found.setdefault(name, []).append(value.removeprefix(" "))
    return {name: "\n".join(values).strip() for name, values in found.items()}
