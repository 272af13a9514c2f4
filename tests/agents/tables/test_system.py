# SPDX-License-Identifier: Apache-2.0
import os
import platform
import re
import socket
import subprocess

from agents.host import Host

LIVE = Host()


def test_os_version_is_what_others_read(rows):
    """Name, version, id and code name are those the shell and Python's own parser read."""
    other = platform.freedesktop_os_release()
    script = '. /etc/os-release; printf "%s|%s|%s" "$NAME" "$VERSION" "$VERSION_ID"'
    name, version, number = subprocess.run(["sh", "-c", script], capture_output=True, check=True, text=True).stdout.split("|")
    (row,) = rows("os_version", LIVE)
    assert (name, version or number, other["ID"]) == (row["name"], row["version"], row["platform"])
    assert (other.get("VERSION_CODENAME", ""), os.uname().machine) == (row["codename"], row["arch"])
    assert int(number.split(".")[0]) == row["major"]


def test_recorded_os_versions(rows, record):
    """Quotes, three numbers, a file only in /usr/lib and hostile lines are read as the manual says."""
    text = (
        '# x\nNAME=\'Rocky "Linux"\'\nVERSION_ID="9.4"\nID=rocky\nID_LIKE="rhel centos"\nBROKEN="open\n=x\n\x00\nBUILD_ID=a\\ b\n'
    )
    (row,) = rows("os_version", record({"/usr/lib/os-release": text}))
    assert ('Rocky "Linux"', "9.4", 9, 4, 0) == tuple(row[name] for name in ("name", "version", "major", "minor", "patch"))
    assert ("rocky", "rhel centos", "a b", None) == tuple(row[name] for name in ("platform", "platform_like", "build", "arch"))


def test_a_host_without_os_release_has_no_version(rows, record):
    """What no file tells is no row."""
    assert [] == rows("os_version", record({"/etc/passwd": ""}))


def test_system_info_is_that_of_the_machine(rows):
    """Name, cores and memory are those the C library gives."""
    (row,) = rows("system_info", LIVE)
    expected = (socket.gethostname(), os.cpu_count(), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), os.uname().machine)
    assert expected == tuple(row[name] for name in ("hostname", "cpu_logical_cores", "physical_memory", "cpu_type"))


def test_recorded_hardware(rows, record):
    """Two sockets of two cores with two threads each; the maker's texts come from the firmware."""
    blocks = [
        f"processor\t: {n}\nvendor_id\t: X\nmodel\t\t: 17\nmodel name\t: CPU X\n"
        f"physical id\t: {n // 4}\ncore id\t: {n // 2 % 2}\ncpu cores\t: 2\n"
        for n in range(8)
    ]
    host = record({
        "/proc/cpuinfo": "\n".join(blocks), "/etc/hostname": "pc-1\n", "/sys/class/dmi/id/sys_vendor": "LENOVO\n",
        "/sys/class/dmi/id/product_name": "20XX\n", "/proc/meminfo": "MemTotal:  1000 kB\n",
    })  # fmt: skip
    (row,) = rows("system_info", host)
    columns = (
        "hostname",
        "cpu_brand",
        "cpu_sockets",
        "cpu_physical_cores",
        "cpu_logical_cores",
        "physical_memory",
        "hardware_vendor",
    )
    assert ("pc-1", "CPU X", 2, 4, 8, 1_024_000, "LENOVO") == tuple(row[name] for name in columns)
    assert [("CPU0", 4, "2"), ("CPU1", 4, "2")] == [
        (row["device_id"], row["logical_processors"], row["number_of_cores"]) for row in rows("cpu_info", host)
    ]


def test_the_engine_names_the_osquery_it_follows(rows):
    """Queries that ask for at least a version of osquery find one of three numbers."""
    (row,) = rows("osquery_info", LIVE)
    assert re.fullmatch(r"5\.\d+\.\d+", row["version"])
    assert (os.getpid(), 9, 1) == (row["pid"], row["platform_mask"], row["config_valid"])
